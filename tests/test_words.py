"""Every sentence a user reads: no diagnosis, no promise, plain words, nothing but wording/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcheck.analysis.document import Analysis, FindingValue
from gaitcheck.evidence import load_evidence
from gaitcheck.report.content import Writer
from gaitcheck.wording import languages, load_wording
from tests import cases

WORDING = load_wording()
REFUSED = re.compile(
    r"you have|your injury|injur(y|ies) (is|are|was|were) caused|caused by|"
    r"diagnosed|we diagnose|you suffer|will (cure|heal|fix|prevent)|guarantees|cured|pain[- ]free in|"
    r"will be pain|is the reason (for|of) your pain|proven to|always works",
    re.IGNORECASE,
)


SPELLED_SO = {"MediaPipe"}


def texts(value: Any) -> Iterator[str]:
    """Every text in a nest of tables."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def test_wording_names_no_diagnosis_and_promises_nothing() -> None:
    for field in fields(WORDING):
        for text in texts(getattr(WORDING, field.name)):
            assert not REFUSED.search(text), text


@pytest.mark.parametrize("language", languages())
def test_no_sentence_holds_a_name_of_the_program_s(language: str) -> None:
    """A class once took the place of a German hand; people's names and journals' are spelled so too."""
    wording = load_wording(language)
    for field in fields(wording):
        for text in texts(getattr(wording, field.name)):
            odd = set(re.findall(r"\b\w*[a-zäöüß][A-ZÄÖÜ]\w*\b", re.sub(r"{[^}]*}", "", text))) - SPELLED_SO
            assert not odd, (field.name, text)


@pytest.mark.parametrize("name", list(cases.stories()))
def test_reports_name_no_diagnosis_and_promise_nothing(name: str) -> None:
    content = Writer(cases.visit(cases.stories()[name])).write()
    for text in cases.words(content):
        assert not REFUSED.search(text), text


def test_the_refusal_itself_works() -> None:
    for text in ("You have runner's knee.", "Your pain is caused by weak hips.", "This will cure it.", "diagnosed"):
        assert REFUSED.search(text)


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee")) and len(groups) > 1
    return max(1, len(groups) - silent)


def grade(text: str) -> float:
    """Flesch-Kincaid grade of a text: the American school year it suits; syllables are guessed by vowels."""
    sentences = [s for s in re.split(r"[.!?:;]+\s", text) if re.search(r"[a-z]", s)]
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def _runners_page(content: Any) -> str:
    plan = content.plan
    cue = f"{plan.cue.cue} {plan.cue.how} {plan.cue.starts} {plan.cue.stop}" if plan.cue else plan.no_cue
    exercises = " ".join(f"{e.how} {e.variant}" for e in plan.exercises)
    return " ".join(
        filter(
            None,
            (content.headline, *content.before_all, plan.opening,
             *(f.sentence for f in content.findings), plan.situation, *plan.load, cue,
             exercises, plan.pain_rule, content.stop, content.see, plan.recovery),
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", list(cases.stories()))
def test_the_runner_s_page_can_be_read_at_thirteen(name: str) -> None:
    """School year 8 is age 13 to 14."""
    page = re.sub(r"\[[0-9, ]+\]", "", _runners_page(Writer(cases.visit(cases.stories()[name])).write()))
    assert grade(page) <= 8.0, grade(page)


def test_the_grade_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat. It was a warm day. ") < 2
    assert grade("Heterogeneous methodological considerations necessitate multidisciplinary interpretation. ") > 15


RATED = {
    "frontal_plane_projection_angle": (-12.0, 28.0, 0.3, 8.0), "contralateral_pelvic_drop": (-3.0, 14.0, 0.3, 6.0),
    "hip_adduction": (-2.0, 26.0, 0.3, 8.0), "foot_placement_offset": (-0.09, 0.1, 0.002, 0.05),
    "crossover_fraction": (0.0, 1.0, 0.02, 0.6),
}  # fmt: skip
"""Least and largest value, least and largest half width of the numbers that sentences are made of."""


@st.composite
def measured_stories(draw: st.DrawFn) -> dict[str, Any]:
    """A story with numbers anywhere, and a woman, a man or nobody told."""
    told = [
        {"name": name, "side": side, "value": draw(st.floats(low, high)), "half": draw(st.floats(narrow, wide))}
        for name, (low, high, narrow, wide) in RATED.items()
        for side in ("left", "right")
    ]
    sex = draw(st.sampled_from([{}, {"sex": "F"}, {"sex": "M"}]))
    return {"poor_clip": False, "measured": told, "answers": {"red_flags": {}, "you": sex}}


@settings(max_examples=60, deadline=None)
@given(measured_stories())
def test_no_sentence_is_contradicted_by_its_number(story: dict[str, Any]) -> None:
    """Nothing is a little where it is 21 degrees, on a side where it is 0.0, likely where all or nothing is."""
    analysis = cases.visit(story)
    content = Writer(analysis).write()
    for finding, told in zip(analysis.findings, content.findings, strict=False):
        assert "a little" not in told.sentence and "may " not in told.sentence
        assert told.sentence in _borne(finding, told.lead, analysis)
    for row in content.rows:
        number = re.match(r"-?(\d+(?:\.\d+)?)", row.said)
        if row.name == "foot_placement_offset" and number and not float(number[1]):
            raise AssertionError(row.said)
        width = re.findall(r"-?\d+(?:\.\d+)?", row.interval)
        if row.unit == "%" and len(width) == 2 and float(width[1]) - float(width[0]) > 75:
            assert not re.search(r"\d", row.value), row.value
    for good in content.good:
        for metric in analysis.metrics:
            leads = metric.name in load_evidence().risk_factors[good.risk_factor].leading
            if leads and metric.value is not None and good.sentence == _both(good.risk_factor):
                limits = load_evidence().norms[metric.name].limits_for(analysis.athlete.sex, None)
                assert limits.holds(metric.value)


def _borne(finding: FindingValue, lead: str, analysis: Analysis) -> list[str]:
    """The sentences a number bears: of concern only where that is itself likely, without "probably" if sure."""
    table, side = WORDING.risk_factors[finding.risk_factor], WORDING.words[finding.side]
    metric = analysis.metric(lead, finding.side) or analysis.metric(lead, "both")
    assert metric is not None and metric.value is not None
    assert metric.ci95_low is not None and metric.ci95_high is not None
    keys = [f"{finding.position}_{finding.certainty}"]
    if finding.position == "clearly_outside" and metric.unit != "fraction":
        limits = load_evidence().norms[lead].limits_for(analysis.athlete.sex, None)
        limit = limits.concern_high if limits.concern_high is not None else limits.concern_low
        assert limit is not None
        nearest = metric.ci95_low if metric.value > limit else metric.ci95_high
        sd = abs(metric.value - nearest) / 1.96
        away = abs(metric.value - limit) / sd if sd else 9.0
        kept = "clearly_outside_sure" if away >= 1.645 else "clearly_outside_likely" if away >= 0.842 else ""
        keys = [kept or f"slightly_outside_{finding.certainty}"]
    norm = load_evidence().norms[lead]
    own = norm.reference_for(analysis.athlete.sex)
    mean, sd = (own.mean, own.sd) if own.mean is not None else (norm.reference.mean, norm.reference.sd)
    if mean is not None and sd is not None and abs(metric.value - mean) > 5 * sd:
        # What no study saw is told as probable at most.
        keys = [f"{finding.position}_likely"]
    return [table[key].format(side=side) for key in keys]


def _both(risk_factor: str) -> str:
    return str(WORDING.risk_factors[risk_factor]["good_both"])
