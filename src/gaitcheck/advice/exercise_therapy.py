"""Exercise therapy: one exercise a group and more where a test was low, at levels that tests and pain allow."""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence, Exercise
from gaitcheck.evidence.schema import Band

GROUPS = ("thigh", "hip", "core", "calf", "balance")
ALWAYS = ("thigh", "hip", "core", "calf")
LEVEL_BY_TEST: dict[Band, int] = {"low": 1, "not_rated": 1, "fair": 2, "good": 3}
OFFERED = ("thigh", "hip", "calf")
OFFERED_DAYS = 2
"""An offer to runners whom nothing is known to hurt is kept short: three exercises, twice a week; heuristic."""
MOST_ADDED = 2
"""More than six exercises are seldom done; heuristic."""
HIGHEST_BY_PAIN = ((1, 3), (3, 2), (10, 1))
"""Up to this worst pain, at most this level; heuristic."""


class Prescribed(Checked):
    """An exercise, its level (1-3), and the codes of why it was chosen and why at that level."""

    name: str
    """Of the exercise."""
    level: Literal[1, 2, 3]
    """1 to 3."""
    chosen: Literal["low_test", "usual", "spares_the_knee", "offered"]
    """Code of why."""
    limited_by: Literal["test", "no_test", "no_test_exists", "pain", "pain_not_told", "flags_not_answered", "nothing"]
    """Code of what keeps the level there."""


def _bands(exercise: Exercise, tests: list[TestResult]) -> list[Band]:
    return [t.band for t in tests if t.name in exercise.for_tests]


def _level(exercise: Exercise, tests: list[TestResult], situation: Situation) -> tuple[int, str]:
    """Level and what holds it there: the lowest of what tests, pain and unanswered questions allow."""
    bands = _bands(exercise, tests)
    by_test = min((LEVEL_BY_TEST[band] for band in bands), default=1)
    worst = situation.worst if situation.status == "painful" and situation.worst_week_told else None
    by_pain = next(level for bound, level in HIGHEST_BY_PAIN if (10 if worst is None else worst) <= bound)
    caps = [
        (by_test, "test" if bands else "no_test" if exercise.for_tests else "no_test_exists"),
        (by_pain, "pain_not_told" if worst is None else "pain"),
        (3 if situation.all_flags_answered else 1, "flags_not_answered"),
    ]
    level, why = min(caps, key=lambda cap: cap[0])
    return level, why if level < 3 else "nothing"


def _prescribed(exercise: Exercise, chosen: str, tests: list[TestResult], situation: Situation) -> Prescribed:
    level, why = _level(exercise, tests, situation)
    return Prescribed.model_validate({"name": exercise.name, "level": level, "chosen": chosen, "limited_by": why})


def _allowed(group: str, situation: Situation, evidence: Evidence) -> tuple[list[Exercise], bool]:
    """Exercises of a group, the usual one first; and whether a sore knee rules some out."""
    own = sorted((e for e in evidence.exercises.values() if e.group == group), key=lambda e: e.order)
    bending = situation.bending if situation.bending is not None else 10
    too_sore = bending > evidence.pain_rule.exercise_highest
    allowed = [e for e in own if not (too_sore and e.bends_knee)]
    return allowed, len(allowed) < len(own)


def prescribe(tests: list[TestResult], situation: Situation, evidence: Evidence) -> tuple[Prescribed, ...]:
    """The usual exercise for thigh, hip, core and calf, and at most two more for tests that were low."""
    usual, more = [], []
    for group in GROUPS:
        allowed, spared = _allowed(group, situation, evidence)
        for k, exercise in enumerate(allowed):
            low = "low" in _bands(exercise, tests)
            if k == 0 and group in ALWAYS:
                chosen = "low_test" if low else "spares_the_knee" if spared else "usual"
                usual.append(_prescribed(exercise, chosen, tests, situation))
            elif low:
                more.append(_prescribed(exercise, "low_test", tests, situation))
    return (*usual, *more[:MOST_ADDED])


def offer(tests: list[TestResult], situation: Situation, evidence: Evidence) -> tuple[Prescribed, ...]:
    """Strength for whom nothing is known to hurt: the usual exercise of a few groups, to be taken or left."""
    first = [_allowed(group, situation, evidence)[0][0] for group in OFFERED]
    return tuple(_prescribed(exercise, "offered", tests, situation) for exercise in first)
