"""Running retraining: one cue at a time, chosen by the main finding and by what eased pain in a trial run."""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.findings import Finding
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Checked
from gaitcheck.evidence import Drill, Evidence

CADENCE_ALREADY_HIGH_PER_MIN = 180.0
"""Above it quicker steps have little left to give; heuristic (Thakkar 2019: knee force was lower from 178)."""
RUNS_ENOUGH = "run_4_walk_2_short"
"""A session needs minutes of running; from this rung of the ladder on."""


class RetrainingPlan(Checked):
    """The cue, why it, and where the programme begins.

    ``target_per_min`` (low, high) is given for a step-rate cue where cadence was measured. ``starts`` is
    ``later`` while the ladder is below four minutes of running at a time, or running hurts beyond the pain rule.
    """

    drill: str
    """Its name."""
    chosen_by: Literal["finding", "trial"]
    """A finding, or a trial run that eased the pain."""
    risk_factor: str | None
    """Finding it is for."""
    side: Literal["left", "right", "both"]
    """Leg it speaks of."""
    target_per_min: tuple[float, float] | None
    """Steps/min to aim at, from and to."""
    starts: Literal["now", "later"]
    """now, or later when enough is run."""
    block: int
    """Where the programme begins."""
    reserves: tuple[str, ...]
    """Drills to try if it does not help, by name."""


def runs_enough(rung: int, evidence: Evidence) -> bool:
    """Whether a rung of the ladder holds enough running at a time for a session with a cue."""
    return rung >= [r.name for r in evidence.ladder.rungs].index(RUNS_ENOUGH)


def _facts(intake: Intake, tests: list[TestResult], cadence: float | None) -> set[str]:
    """Facts that rule drills out. What was not answered counts as there."""
    past = intake.past
    facts = {
        "cadence_already_high": cadence is not None and cadence >= CADENCE_ALREADY_HIGH_PER_MIN,
        "calf_trouble": past.calf_or_achilles is not False
        or any(t.name == "heel_raises" and t.band == "low" for t in tests),
        "back_trouble": past.back_trouble is not False,
    }
    return {name for name, holds in facts.items() if holds}


def _by_study(drills: list[Drill], sex: str | None) -> list[Drill]:
    """Drills as they come, those studied only in the other sex last."""
    return sorted(drills, key=lambda d: d.studied_in is not None and sex is not None and d.studied_in != sex)


def possible_drills(
    findings: list[Finding],
    intake: Intake | None,
    tests: list[TestResult],
    cadence: float | None,
    sex: str | None,
    evidence: Evidence,
) -> list[tuple[Drill, Finding | None, bool]]:
    """Drills that may be used, best first: (drill, the finding it is for, whether a trial run chose it)."""
    answers = intake or Intake()
    facts = _facts(answers, tests, cadence)
    made: dict[str, tuple[Drill, Finding | None, bool]] = {}
    for finding in findings:
        for drill in _by_study([evidence.drills[name] for name in finding.drills], sex):
            name = drill.name
            if not facts & set(drill.not_with):
                made.setdefault(name, (drill, finding, False))
    for name, drill in evidence.drills.items():
        if answers.trial.get(name) is True and not facts & set(drill.not_with):
            made[name] = (drill, made[name][1] if name in made else None, True)
    tried_in_vain = {name for name in made if answers.trial.get(name) is False}
    return sorted(made.values(), key=lambda row: (not row[2], row[0].name in tried_in_vain))


def choose_cue(
    findings: list[Finding],
    intake: Intake | None,
    tests: list[TestResult],
    cadence: float | None,
    sex: str | None,
    situation: Situation,
    rung: int,
    evidence: Evidence,
) -> RetrainingPlan | None:
    """The one cue to begin with, or None where neither a finding nor a trial run speaks for any."""
    possible = possible_drills(findings, intake, tests, cadence, sex, evidence)
    if not possible:
        return None
    drill, finding, tried = possible[0]
    target = None
    if drill.step_rate is not None and cadence is not None:
        target = (drill.step_rate[0] * cadence, drill.step_rate[1] * cadence)
    within = situation.running is None or situation.running <= evidence.pain_rule.running_highest
    return RetrainingPlan(
        drill=drill.name,
        chosen_by="trial" if tried else "finding",
        risk_factor=finding.risk_factor.name if finding else None,
        side=finding.risk_factor.side if finding else "both",
        target_per_min=target,
        starts="now" if runs_enough(rung, evidence) and within else "later",
        block=0,
        reserves=tuple(row[0].name for row in possible[1:]),
    )
