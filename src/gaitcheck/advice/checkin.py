"""Two weeks later: every exercise, the running cue and the load move up, stay or go down by stated rules.

Rules are data (``evidence/checkin_rules.toml``), the first that applies decides, and nothing moves more than one
level at a time. A warning sign pauses everything.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from gaitcheck.advice.plan import CHECKIN_WEEKS, Plan
from gaitcheck.advice.retraining import runs_enough
from gaitcheck.advice.situation import most_urgent
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import CheckinRule, Move, Urgency

HIGHEST_LEVEL = 3
WAITS = "runs_too_little"
"""The cue's own reason to stay: its sessions need four minutes of running at a time."""
Held = Literal["", "too_soon", "sore_elsewhere"]
"""What keeps everything from going up, if anything does."""
STEP: dict[Move, int] = {"up": 1, "keep": 0, "down": -1, "pause": 0}


class Report(Checked):
    """What the runner reports of two weeks; None: not told. ``done`` in percent, ``pain`` and ``effort`` 0-10."""

    pain: int | None = None
    done: int | None = None
    effort: int | None = None
    settled: bool | None = None
    morning_worse: bool | None = None


class State(Checked):
    """Where the plan stands: exercise levels 1-3, retraining block (None: no cue), rung of the ladder."""

    exercises: dict[str, int]
    drill: str | None
    block: int | None
    rung: int
    paused: bool


class Step(Checked):
    """One move: of an exercise by name, of ``retraining`` or of ``load``; the rule that made it."""

    what: str
    move: Move
    rule: str
    before: int
    after: int


class Checkin(Checked):
    """The next two weeks and why. ``pain_before`` is the pain ``days`` ago, at the plan or the last check-in."""

    date: dt.date
    next_date: dt.date
    number: int
    plan_sha256: str
    report: Report
    own: dict[str, Report]
    flags: tuple[str, ...]
    urgency: Urgency | None
    steps: tuple[Step, ...]
    state: State
    sources: tuple[str, ...]
    pain_before: int | None = None
    days: int = 0


def starting_state(plan: Plan) -> State:
    """Where a plan begins."""
    return State(
        exercises={p.name: p.level for p in plan.exercises},
        drill=plan.retraining.drill if plan.retraining else None,
        block=plan.retraining.block if plan.retraining else None,
        rung=plan.relative_rest.rung if plan.relative_rest else 0,
        paused=False,
    )


def _within(bounds: tuple[int, int] | None, value: int | None) -> bool:
    return bounds is None or (value is not None and bounds[0] <= value <= bounds[1])


def _answer_holds(rule: CheckinRule, report: Report, flagged: bool, held: Held) -> bool:
    match rule.answer:
        case "too_soon" | "sore_elsewhere":
            return rule.answer == held
        case "red_flag":
            return flagged
        case "not_settled":
            return report.settled is False
        case "worse_next_morning":
            return report.morning_worse is True
        case "something_missing":
            return None in (report.pain, report.done, report.effort)
        case _:
            return True


def decide(report: Report, flagged: bool, held: Held, evidence: Evidence) -> CheckinRule:
    """The first rule that applies; the shipped rules leave no case open (a test goes through all)."""
    for rule in evidence.checkin_rules.rules:
        fits = _within(rule.pain, report.pain) and _within(rule.done, report.done)
        if fits and _within(rule.effort, report.effort) and _answer_holds(rule, report, flagged, held):
            return rule
    raise AssertionError("the rules leave a case undecided")


def _move(what: str, before: int, move: Move, rule: str, lowest: int, highest: int) -> Step:
    return Step(what=what, move=move, rule=rule, before=before, after=min(max(before + STEP[move], lowest), highest))


def _merged(own: Report | None, general: Report) -> Report:
    """An exercise's own report, completed by the general one."""
    if own is None:
        return general
    told = {name: value for name, value in own.model_dump().items() if value is not None}
    return general.model_copy(update=told)


def _hurts(report: Report, evidence: Evidence) -> bool:
    """Pain beyond what running may give: nothing goes up then, however easy it was."""
    return report.pain is not None and report.pain > evidence.pain_rule.running_highest


def _sore(own: dict[str, Report], evidence: Evidence) -> bool:
    """Whether any exercise hurt beyond the exercise limit: running does not go up then either."""
    return any(r.pain is not None and r.pain > evidence.pain_rule.exercise_highest for r in own.values())


def check_in(
    state: State,
    report: Report,
    own: dict[str, Report],
    flags: tuple[str, ...],
    number: int,
    days_since: int,
    plan_sha256: str,
    evidence: Evidence,
    today: dt.date,
    pain_before: int | None = None,
) -> Checkin:
    """Move the state by the rules.

    Parameters
    ----------
    own
        Reports of single exercises, by name; what they leave open is taken from ``report``.
    flags
        Warning signs that are there now.
    days_since
        Days since the plan or the last check-in; too few, or a pause just ended, and nothing goes up.
    """
    too_soon = state.paused or days_since < evidence.checkin_rules.fewest_days
    held: Held = "too_soon" if too_soon else "sore_elsewhere" if _sore(own, evidence) else ""
    general = decide(report, bool(flags), held, evidence)
    steps = []
    for name, level in state.exercises.items():
        rule = decide(_merged(own.get(name), report), bool(flags), "too_soon" if too_soon else "", evidence)
        rule = general if STEP[rule.exercise] > 0 and _hurts(report, evidence) else rule
        steps.append(_move(name, level, rule.exercise, rule.name, 1, HIGHEST_LEVEL))
    per_block = evidence.retraining.sessions_per_week * CHECKIN_WEEKS
    last_block = -(-len(evidence.retraining.sessions) // per_block)
    if state.block is not None:
        waits = general.retraining == "up" and not runs_enough(state.rung, evidence)
        move: Move = "keep" if waits else general.retraining
        steps.append(_move("retraining", state.block, move, WAITS if waits else general.name, 0, last_block))
    steps.append(_move("load", state.rung, general.load, general.name, 0, len(evidence.ladder.rungs) - 1))
    after = {step.what: step.after for step in steps}
    return Checkin(
        date=today,
        next_date=today + dt.timedelta(weeks=CHECKIN_WEEKS),
        number=number,
        plan_sha256=plan_sha256,
        report=report,
        own=own,
        flags=flags,
        urgency=most_urgent(evidence.red_flags[name].urgency for name in flags),
        steps=tuple(steps),
        state=State(
            exercises={name: after[name] for name in state.exercises},
            drill=state.drill,
            block=None if state.block is None else after["retraining"],
            rung=after["load"],
            paused=bool(flags),
        ),
        sources=evidence.checkin_rules.sources,
        pain_before=pain_before,
        days=days_since,
    )
