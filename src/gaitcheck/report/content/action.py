"""The one thing to do first, with one number to aim for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gaitcheck.advice.plan import NO_TREATMENT, Plan
from gaitcheck.advice.running_week import running_week
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence
from gaitcheck.report.content.plan import TREATED, day_text
from gaitcheck.wording import Wording


@dataclass(frozen=True)
class Action:
    """A number, what it counts, and the sentence; all empty where nothing may be advised. ``label`` heads them."""

    label: str
    number: str
    unit: str
    sentence: str


def _load(plan: Plan, evidence: Evidence, wording: Wording) -> Action | None:
    """Less running than now, where it hurts and the runner's own week or the step gives a number."""
    rest, words = plan.relative_rest, wording.report["action"]
    first = words["first"]
    if rest is None or plan.situation not in TREATED:
        return None
    step = evidence.ladder.rungs[rest.rung]
    if rest.own_week is None:
        if step.run_min:
            return Action(first, f"{step.run_min} / {step.walk_min} min", words["run_walk_unit"], words["run_walk"])
        return Action(first, f"{step.walk_min} min", words["walk_unit"], words["walk"]) if step.run_min == 0 else None
    week = running_week(rest.rung, rest.own_week, evidence)
    if week.share == 0:
        return Action(first, f"{step.walk_min} min", words["walk_unit"], words["walk"])
    if week.share == 1:
        return Action(first, f"{week.runs} × {week.run_km:.0f} km", words["more_runs_unit"], words["more_runs"])
    unit = words["week_unit"].format(before=f"{week.before_km:.0f}")
    return Action(first, f"{week.km:.0f} km", unit, words["week"].format(runs=week.runs))


def _cue(analysis: Analysis, drill: str, label: str, evidence: Evidence, wording: Wording) -> Action:
    """A way of running, with its target or its first minutes."""
    words, cue = wording.report["action"], wording.quoted(wording.drills.get(drill, {}).get("cue", ""))
    cadence, steps = analysis.metric("cadence", "both"), evidence.drills[drill].step_rate
    if steps is not None and cadence is not None and cadence.value is not None:
        target = steps[0] * cadence.value
        unit = words["steps_unit"].format(now=f"{cadence.value:.0f}")
        return Action(label, f"{target:.0f}", unit, words["steps"].format(cue=cue))
    minutes = evidence.retraining.sessions[0].minutes
    return Action(label, f"{minutes} min", words["minutes_unit"], words["minutes"].format(cue=cue))


def first_action(analysis: Analysis, evidence: Evidence, wording: Wording) -> Action:
    """What comes first: less load where it hurts, else the cue, else the day of the next film."""
    plan, words = analysis.plan, wording.report["action"]
    if plan.situation == "withheld":
        return Action("", "", "", "")
    load = _load(plan, evidence, wording)
    if load is not None:
        return load
    drill = plan.retraining.drill if plan.retraining is not None else next(iter(plan.options), None)
    if drill is not None:
        label = words["if_you_like" if plan.situation in NO_TREATMENT else "first"]
        return _cue(analysis, drill, label, evidence, wording)
    if plan.review.film_anew:
        return Action(words["first"], "", "", words["anew"])
    day = day_text(dt.date.fromisoformat(plan.review.date), wording, plan.made_on)
    return Action(words["next"], day, words["film_unit"], words["film"])
