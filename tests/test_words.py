"""Every sentence a user reads: no diagnosis, no promise, plain words, nothing but wording/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from gaitcheck.report.content import Writer
from gaitcheck.wording import load_wording
from tests import cases

WORDING = load_wording()
REFUSED = re.compile(
    r"you have|your injury|injur(y|ies) (is|are|was|were) caused|caused by|"
    r"diagnosed|we diagnose|you suffer|will (cure|heal|fix|prevent)|guarantees|cured|pain[- ]free in|"
    r"will be pain|is the reason (for|of) your pain|proven to|always works",
    re.IGNORECASE,
)


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
            (content.headline, plan.opening, *(f.sentence for f in content.findings), plan.situation, *plan.load, cue,
             exercises, plan.pain_rule, content.stop, plan.recovery),
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
