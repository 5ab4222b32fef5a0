"""Exercise therapy: one exercise a group, at a level that tests allow and pain permits."""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.situation import Situation
from gaitcheck.evidence import Evidence, Exercise
from gaitcheck.evidence.schema import Band, Frozen

GROUPS = ("thigh", "hip", "core", "calf", "balance")
ALWAYS = ("thigh", "hip", "core", "calf")
LEVEL_BY_TEST: dict[Band, int] = {"low": 1, "not_rated": 1, "fair": 2, "good": 3}
HIGHEST_BY_PAIN = ((1, 3), (3, 2), (10, 1))
"""Up to this worst pain, at most this level; heuristic."""


class Prescribed(Frozen):
    """An exercise, its level (1-3), and the codes of why it was chosen and why at that level."""

    name: str
    level: Literal[1, 2, 3]
    chosen: Literal["low_test", "usual", "spares_the_knee"]
    limited_by: Literal["test", "no_test", "no_test_exists", "pain", "pain_not_told", "flags_not_answered", "nothing"]


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


def _choose(group: str, tests: list[TestResult], situation: Situation, evidence: Evidence) -> Prescribed | None:
    own = sorted((e for e in evidence.exercises.values() if e.group == group), key=lambda e: e.order)
    bending = situation.bending if situation.bending is not None else 10
    too_sore = bending > evidence.pain_rule.exercise_highest
    allowed = [e for e in own if not (too_sore and e.bends_knee)]
    low = [e for e in allowed if "low" in _bands(e, tests)]
    if not allowed or (not low and group not in ALWAYS):
        return None
    exercise = (low or allowed)[0]
    level, why = _level(exercise, tests, situation)
    chosen = "low_test" if low else "spares_the_knee" if len(allowed) < len(own) else "usual"
    return Prescribed.model_validate({"name": exercise.name, "level": level, "chosen": chosen, "limited_by": why})


def prescribe(tests: list[TestResult], situation: Situation, evidence: Evidence) -> tuple[Prescribed, ...]:
    """Thigh, hip, core and calf always; balance where its test is low."""
    made = (_choose(group, tests, situation, evidence) for group in GROUPS)
    return tuple(one for one in made if one is not None)
