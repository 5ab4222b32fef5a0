"""The risk picture: four groups of causes side by side, each with what speaks for it and what was not asked.

Training errors, form, thigh strength, daily loads (Louw 2021). Video sees one of them.
"""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.findings import Finding
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake
from gaitcheck.advice.risk_factors import RiskFactor
from gaitcheck.advice.signs import holds
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Sign, Strength

Group = Literal["training", "form", "thigh_strength", "daily_load"]
Side = Literal["left", "right", "both"]
GROUPS: tuple[Group, ...] = ("training", "form", "thigh_strength", "daily_load")
COUNTED_BY_SPIKE = ("distance_jump",)
"""A jump in distance is not told twice where the single run already says it."""
SPIKE_ANSWERS = ("training.longest_before_km", "training.longest_lately_km")


class Speaks(Checked):
    """One thing that speaks for a group. ``code`` names a sentence; numbers are its parameters."""

    kind: Literal["finding", "answer", "test"]
    """A finding, an answer or a test."""
    code: str
    """Of its sentence."""
    side: Side | Literal[""]
    """left, right, both or empty."""
    parameters: dict[str, float | str]
    """Numbers of the sentence."""
    strength: Strength
    """How much it says."""
    sources: tuple[str, ...]
    """Where that comes from."""


class GroupPicture(Checked):
    """One group. ``not_asked`` are answers, tests or risk factors that are missing."""

    name: Group
    """form, load, strength or daily life."""
    level: Literal["speaks_for", "hints", "undecided", "nothing_found", "partly_asked", "not_asked"]
    """What all that speaks amounts to."""
    confidence: Literal["moderate", "low", "very low", "none"]
    """How good the studies behind it are."""
    speaks: tuple[Speaks, ...]
    """What speaks for it."""
    not_asked: tuple[str, ...]
    """Answers, tests or risk factors that are missing."""


def _spike(intake: Intake, evidence: Evidence) -> Speaks | None:
    """A single run beyond the longest of the 30 days before (Frandsen 2025)."""
    before, lately = intake.training.longest_before_km, intake.training.longest_lately_km
    if before is None or lately is None or lately <= 0:
        return None
    sources = evidence.load_spike.sources
    if before == 0:
        return Speaks(
            kind="answer",
            code="run_after_none",
            side="",
            parameters={"km": lately},
            strength="moderate",
            sources=sources,
        )
    rise = lately / before - 1.0
    step = max((s for s in evidence.load_spike.steps if rise > s[0]), default=None)
    if step is None:
        return None
    numbers = {
        "percent": 100 * rise,
        "hazard": step[1],
        "low": step[2],
        "high": step[3],
        "km": lately,
        "before": before,
    }
    return Speaks(
        kind="answer", code="single_run_spike", side="", parameters=dict(numbers), strength="moderate", sources=sources
    )


def _by_answer(sign: Sign, intake: Intake) -> list[Speaks]:
    value = intake.answer(sign.answer)
    if not holds(sign, value):
        return []
    shown: dict[str, float | str] = {"value": value}
    return [
        Speaks(kind="answer", code=sign.name, side="", parameters=shown, strength=sign.strength, sources=sign.sources)
    ]


def _by_test(sign: Sign, tests: list[TestResult]) -> list[Speaks]:
    return [
        Speaks(
            kind="test", code=sign.name, side=t.side, parameters={"value": t.value}, strength=sign.strength,
            sources=sign.sources,
        )
        for t in tests
        if t.name == sign.test and t.band == "low"
    ]  # fmt: skip


def _confidence(speaks: list[Speaks]) -> Literal["moderate", "low", "very low", "none"]:
    strengths = {item.strength for item in speaks}
    if strengths & {"high", "moderate"}:
        return "moderate"
    if "low" in strengths:
        return "low"
    return "very low" if strengths else "none"


def _group(name: Group, speaks: list[Speaks], asked: int, missing: list[str]) -> GroupPicture:
    confidence = _confidence(speaks)
    level: Literal["speaks_for", "hints", "nothing_found", "partly_asked", "not_asked"]
    if speaks:
        level = "hints" if confidence == "very low" else "speaks_for"
    elif not asked:
        level = "not_asked"
    else:
        level = "partly_asked" if missing else "nothing_found"
    return GroupPicture(
        name=name, level=level, confidence=confidence, speaks=tuple(speaks), not_asked=tuple(dict.fromkeys(missing))
    )


def _asked_group(name: Group, intake: Intake, tests: list[TestResult], evidence: Evidence) -> GroupPicture:
    speaks: list[Speaks] = []
    answered: set[str] = set()
    missing: list[str] = []
    if name == "training":
        spike = _spike(intake, evidence)
        speaks += [spike] if spike else []
        for path in SPIKE_ANSWERS:
            (missing.append(path) if intake.answer(path) is None else answered.add(path))
    done = {t.name for t in tests if t.band != "not_rated"}
    for sign in evidence.signs.values():
        if sign.group != name:
            continue
        if sign.answer:
            known = intake.answer(sign.answer) is not None
            counted = sign.name in COUNTED_BY_SPIKE and any(s.code == "single_run_spike" for s in speaks)
            speaks += [] if counted else _by_answer(sign, intake)
        else:
            known = sign.test in done
            speaks += _by_test(sign, tests)
        place = sign.answer or f"tests.{sign.test}"
        (answered.add(place) if known else missing.append(place))
    return _group(name, speaks, len(answered), missing)


def _form(findings: list[Finding], factors: list[RiskFactor], evidence: Evidence) -> GroupPicture:
    speaks = []
    for finding in findings:
        factor = finding.risk_factor
        strength: Strength = "very low"
        if (
            factor.rating.position == "clearly_outside"
            and factor.rating.certainty == "sure"
            and factor.confidence != "none"
        ):
            strength = factor.confidence
        rating: dict[str, float | str] = {"position": factor.rating.position, "certainty": factor.rating.certainty}
        speaks.append(
            Speaks(
                kind="finding",
                code=factor.name,
                side=factor.side,
                parameters=rating,
                strength=strength,
                sources=evidence.risk_factors[factor.name].sources,
            )
        )
    rated = {f.name for f in factors if f.rating.position != "not_rated"}
    unmeasured = [f.name for f in factors if f.name not in rated]
    group = _group("form", speaks, len(rated), unmeasured)
    undecided = any(f.rating.position == "cant_tell" for f in factors)
    return group.model_copy(update={"level": "undecided"}) if undecided and not speaks else group


def draw_picture(
    findings: list[Finding],
    factors: list[RiskFactor],
    tests: list[TestResult],
    intake: Intake | None,
    evidence: Evidence,
) -> list[GroupPicture]:
    """The four groups, always all of them, always in the same order."""
    answers = intake or Intake()
    return [
        _form(findings, factors, evidence) if name == "form" else _asked_group(name, answers, tests, evidence)
        for name in GROUPS
    ]
