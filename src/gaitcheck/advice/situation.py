"""What the answers say about pain and warning signs, before anything is advised.

An unanswered question is never read as its harmless answer: unknown pain is not no pain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from gaitcheck.advice.intake import Intake, Problem, You
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Urgency

URGENCIES: tuple[Urgency, ...] = ("emergency", "urgent", "soon")
CHILD_BELOW_YEARS = 16
BONE_STRESS_WEEKS = 8
SEVERE_NOW = 7
SEVERE_IN_USE = 8
YEARS_OF_PAIN_WEEKS = 104
"""Bone stress: 3-8 weeks after a jump in load (PMC7049623). Severe pain and years of it: heuristics. A sore kneecap
begins slowly (Louw 2021), so what began suddenly is looked at first."""

KNEE_PLACES = ("around_kneecap", "below_kneecap", "inner_knee", "outer_knee")


def most_urgent(urgencies: Iterable[Urgency]) -> Urgency | None:
    """The most urgent of some; None of none."""
    return min(urgencies, key=URGENCIES.index, default=None)


class RaisedFlag(Checked):
    """A warning sign that is there."""

    name: str
    """Of the warning sign."""
    urgency: Urgency
    """How soon it wants a professional."""


class Situation(Checked):
    """Pain and warning signs, judged.

    ``running`` and ``bending`` are the worst pain (0-10) that running, and stairs and squatting, are known to
    give; None where neither the use nor the week's worst was told. ``worst`` is the highest told of all.
    ``silent``: no question was answered at all but who runs.
    ``all_flags_answered``: every warning sign was asked about and answered.
    """

    status: Literal["painful", "uninjured", "unknown"]
    """painful, uninjured or unknown."""
    flags: tuple[RaisedFlag, ...]
    """Warning signs that are there."""
    all_flags_answered: bool
    """Every warning sign was asked about and answered."""
    unreadable: bool
    """An answer that safety rests on could not be read."""
    elsewhere: bool
    """The pain is not at the kneecap."""
    running: int | None
    """Worst pain of running, 0-10; null where not told."""
    bending: int | None
    """Worst pain of stairs and squatting, 0-10."""
    worst: int | None
    """Highest pain told of all."""
    worst_week_told: bool
    """The week's worst pain was told."""
    silent: bool
    """Nothing was answered but who runs."""

    @property
    def urgency(self) -> Urgency | None:
        """The most urgent raised flag's urgency."""
        return most_urgent(flag.urgency for flag in self.flags)

    @property
    def in_running(self) -> int | None:
        """The pain that running gives, or the worst told where that was not."""
        return self.worst if self.running is None else self.running

    @property
    def withheld(self) -> tuple[str, ...]:
        """Why drills and loads are kept back; empty if they are not."""
        reasons = (
            ("red_flags", bool(self.flags)),
            ("answers_unreadable", self.unreadable),
            ("pain_elsewhere", self.elsewhere),
        )
        return tuple(name for name, holds in reasons if holds)


def _status(intake: Intake) -> Literal["painful", "uninjured", "unknown"]:
    pain = intake.pain
    told = [pain.now, pain.worst_week, pain.running, pain.stairs, pain.squatting, pain.sitting]
    if any(value for value in told if value is not None):
        return "painful"
    return "uninjured" if pain.worst_week == 0 else "unknown"


def _silent(intake: Intake) -> bool:
    """Whether nothing was told but who runs, so that neither pain nor its absence can be supposed."""
    return intake.model_copy(update={"you": You()}) == Intake()


def _highest(*values: int | None) -> int | None:
    return max((v for v in values if v is not None), default=None)


def _in_use(worst_week: int | None, *uses: int | None) -> int | None:
    """The worst of some uses; the week's worst stands in for one not told, None if that is missing too."""
    filled = [worst_week if use is None else use for use in uses]
    return None if None in filled else _highest(*filled)


def _derived(intake: Intake, status: str) -> list[str]:
    """Warning signs that follow from answers to other questions."""
    pain, training = intake.pain, intake.training
    jump = training.last_jump not in (None, "none") and (training.jump_weeks_ago or 0) <= BONE_STRESS_WEEKS
    found = {
        "child_with_pain": (intake.you.age or CHILD_BELOW_YEARS) < CHILD_BELOW_YEARS and status != "uninjured",
        "bone_stress_before_and_jump": bool(intake.past.bone_stress_injury) and jump and status != "uninjured",
        "severe_pain": (pain.now or 0) >= SEVERE_NOW
        or (_highest(pain.worst_week, pain.running, pain.stairs, pain.squatting) or 0) >= SEVERE_IN_USE,
        "sudden_start": pain.began == "suddenly" and status != "uninjured",
        "pain_for_years": (pain.since_weeks or 0) >= YEARS_OF_PAIN_WEEKS and status != "uninjured",
        "groin_or_deep_hip": pain.where == "hip_or_groin",
    }
    return [name for name, holds in found.items() if holds]


def judge_situation(intake: Intake | None, problems: list[Problem], evidence: Evidence) -> Situation:
    """Pain, warning signs, and whether the answers can be relied upon."""
    answers = intake or Intake()
    status = _status(answers)
    asked = evidence.asked_flags
    raised = {name for name, there in answers.red_flags.items() if there} | set(_derived(answers, status))
    pain = answers.pain
    return Situation(
        status=status,
        flags=tuple(
            RaisedFlag(name=name, urgency=flag.urgency) for name, flag in evidence.red_flags.items() if name in raised
        ),
        all_flags_answered=all(name in answers.red_flags for name in asked),
        unreadable=any(problem.guards_safety for problem in problems),
        elsewhere=status == "painful" and pain.where is not None and pain.where not in KNEE_PLACES,
        running=_in_use(pain.worst_week, pain.running),
        bending=_in_use(pain.worst_week, pain.stairs, pain.squatting),
        worst=_highest(pain.now, pain.worst_week, pain.running, pain.stairs, pain.squatting, pain.sitting),
        worst_week_told=pain.worst_week is not None,
        silent=_silent(answers),
    )
