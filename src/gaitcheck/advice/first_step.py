"""What comes first for this person: one step of the plan, before all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaitcheck.advice.plan import Plan
from gaitcheck.advice.running_week import running_week
from gaitcheck.evidence import Evidence

Kind = Literal["professional", "run_walk", "walk", "more_runs", "week", "cue", "film_anew", "film_old", "film"]
TREATED = ("painful", "unknown")
"""Situations in which the plan treats: something hurts, or whether it does was not told."""


@dataclass(frozen=True)
class FirstStep:
    """A kind of step; ``drill`` names the cue of one that is a cue."""

    kind: Kind
    drill: str = ""


def _load(plan: Plan, evidence: Evidence) -> Kind | None:
    """Less running than now, where it hurts and the runner's own week or the rung gives a number."""
    rest = plan.relative_rest
    if rest is None or plan.situation not in TREATED:
        return None
    rung = evidence.ladder.rungs[rest.rung]
    if rest.own_week is None:
        return "run_walk" if rung.run_min else "walk" if rung.run_min == 0 else None
    share = running_week(rest.rung, rest.own_week, evidence).share
    return "walk" if share == 0 else "more_runs" if share == 1 else "week"


def first_step(plan: Plan, evidence: Evidence) -> FirstStep:
    """A professional where the plan is withheld, else less load where it hurts, else the cue, else the next film."""
    if plan.situation == "withheld":
        return FirstStep("professional")
    load = _load(plan, evidence)
    if load is not None:
        return FirstStep(load)
    drill = plan.retraining.drill if plan.retraining is not None else next(iter(plan.options), None)
    if drill is not None:
        return FirstStep("cue", drill)
    if plan.review.film_anew:
        return FirstStep("film_anew")
    return FirstStep("film_old" if plan.review.film_old else "film")
