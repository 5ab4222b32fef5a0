"""Possible causes of a form fault, told only where a finding and a test or an answer meet on the same leg."""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.findings import Finding
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Cause, Strength

TESTS_THAT_LEAVE_HABIT = 3
"""Habit is what is left where at least this many tests were done and none is low; heuristic."""


class PossibleCause(Checked):
    """A cause, the finding it may stand behind, and the tests and answers that speak for it."""

    name: str
    """Of the cause."""
    risk_factor: str
    """Finding it may stand behind."""
    side: Literal["left", "right", "both"]
    """left, right or both."""
    tests: tuple[str, ...]
    """Home tests that speak for it."""
    answers: tuple[str, ...]
    """Answers that speak for it."""
    strength: Strength
    """How much they say."""


def _meet(one: str, other: str) -> bool:
    return one == other or "both" in (one, other)


def _behind(cause: Cause, finding: Finding, tests: list[TestResult], intake: Intake) -> PossibleCause | None:
    factor = finding.risk_factor
    if factor.name not in cause.risk_factors:
        return None
    low = tuple(t.name for t in tests if t.name in cause.tests and t.band == "low" and _meet(t.side, factor.side))
    told = tuple(path for path in cause.answers if intake.answer(path) is True)
    rated = [t for t in tests if t.band != "not_rated"]
    if not cause.tests and not cause.answers:
        clear = len({t.name for t in rated}) >= TESTS_THAT_LEAVE_HABIT and all(t.band != "low" for t in rated)
        if not clear:
            return None
    elif not low and not told:
        return None
    return PossibleCause(
        name=cause.name, risk_factor=factor.name, side=factor.side, tests=low, answers=told, strength=cause.strength
    )


def find_causes(
    findings: list[Finding], tests: list[TestResult], intake: Intake | None, evidence: Evidence
) -> list[PossibleCause]:
    """Possible causes of every finding, in the order of the findings."""
    answers = intake or Intake()
    made = (_behind(c, f, tests, answers) for f in findings for c in evidence.causes.values())
    return [cause for cause in made if cause is not None]
