"""The one thing to do first, with one number to aim for."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.first_step import FirstStep, Kind, first_step
from gaitcheck.advice.plan import NO_TREATMENT, Plan
from gaitcheck.advice.running_week import running_week
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence
from gaitcheck.quality import joints_fit
from gaitcheck.wording import Wording


@dataclass(frozen=True)
class Action:
    """A number, what it counts, and the sentence; all empty where nothing may be advised. ``label`` heads them."""

    label: str
    number: str
    unit: str
    sentence: str


def _load(kind: Kind, plan: Plan, evidence: Evidence, wording: Wording) -> Action:
    """Less running than now."""
    rest, words = plan.relative_rest, wording.report["action"]
    assert rest is not None
    first, rung = words["first"], evidence.ladder.rungs[rest.rung]
    if kind == "run_walk":
        return Action(first, f"{rung.run_min} / {rung.walk_min} min", words["run_walk_unit"], words["run_walk"])
    if kind == "walk":
        unit = words["walk_unit"].format(sessions=evidence.ladder.sessions_per_week)
        return Action(first, f"{rung.walk_min} min", unit, words["walk"])
    assert rest.own_week is not None
    week = running_week(rest.rung, rest.own_week, evidence)
    if kind == "more_runs":
        return Action(first, f"{week.runs} × {week.run_km:.0f} km", words["more_runs_unit"], words["more_runs"])
    unit = words["week_unit_walks" if rung.run_min else "week_unit"].format(before=f"{week.before_km:.0f}")
    return Action(
        first,
        f"{week.km:.0f} km",
        unit,
        words["week" if rung.run_min else "week_runs"].format(runs=week.runs, minutes=week.minutes),
    )


def _cue(analysis: Analysis, drill: str, label: str, evidence: Evidence, wording: Wording) -> Action:
    """A way of running, with its target or its first minutes."""
    minutes = evidence.retraining.sessions[0].minutes
    words, cue = wording.report["action"], wording.quoted(wording.drills.get(drill, {}).get("cue", ""))
    cadence, steps = analysis.metric("cadence", "both"), evidence.drills[drill].step_rate
    if steps is not None and cadence is not None and cadence.value is not None:
        target = steps[0] * cadence.value
        unit = words["steps_unit"].format(now=f"{cadence.value:.0f}")
        return Action(label, f"{target:.0f}", unit, words["steps"].format(cue=cue, minutes=minutes))
    return Action(label, f"{minutes} min", words["minutes_unit"], words["minutes"].format(cue=cue))


def first_action(analysis: Analysis, evidence: Evidence, wording: Wording) -> Action:
    """The first step in words; empty where nothing may be advised."""
    plan = analysis.plan
    step = first_step(plan, evidence)
    if step.kind == "professional":
        return Action("", "", "", "")
    action = _first_action(step, analysis, evidence, wording)
    if "long_pain" not in plan.notes:
        return action
    # Whoever has hurt for months is examined first, whatever is done until then.
    until = f"{f'{action.number} {action.unit}. ' if action.number else ''}{action.sentence}"
    told = str(wording.plan["notes"]["long_pain"].format(until=until))
    return Action(action.label, str(wording.report["action"]["examine"]), "", told)


def films_first(analysis: Analysis, evidence: Evidence) -> bool:
    """Whether filming again is what to do first, since the clip showed too little or is too old."""
    kind = first_step(analysis.plan, evidence).kind
    reliable = joints_fit(note.code for note in analysis.quality)
    return kind in ("film_anew", "film_old") or (kind == "film" and not reliable)


def _first_action(step: FirstStep, analysis: Analysis, evidence: Evidence, wording: Wording) -> Action:
    plan, words = analysis.plan, wording.report["action"]
    if step.kind == "cue":
        label = words["if_you_like" if plan.situation in NO_TREATMENT else "first"]
        return _cue(analysis, step.drill, label, evidence, wording)
    if films_first(analysis, evidence):
        return Action(words["first"], "", "", words["film_anew" if step.kind == "film" else step.kind])
    if step.kind == "film":
        day = wording.day(plan.review.date, plan.made_on)
        kind = "film_unless" if plan.situation == "not_told" else "film"
        return Action(words["next"], day, words["film_unit"], words[kind])
    return _load(step.kind, plan, evidence, wording)
