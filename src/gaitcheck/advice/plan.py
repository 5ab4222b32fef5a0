"""The plan: relative rest, exercise, one running cue, other treatments, how long, when to look again.

A raised warning sign, answers that can't be relied on, or pain that is not the knee's keep drills and loads
back. An uninjured runner gets options and no treatment: changing healthy form has no evidence base. Who answered
nothing gets no rehabilitation either: what is for a sore knee is not laid upon everybody.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from gaitcheck.advice.exercise_therapy import Prescribed, offer, prescribe
from gaitcheck.advice.findings import Finding
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake
from gaitcheck.advice.relative_rest import RelativeRest, advise_rest
from gaitcheck.advice.retraining import RetrainingPlan, choose_cue, possible_drills
from gaitcheck.advice.risk_factors import RiskFactor
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.metrics import shares_of_steps

CHECKIN_WEEKS = 2
REVIEW_WEEKS = {"painful": 4, "unknown": 4, "uninjured": 12, "not_told": 12, "withheld": 4}
"""Four weeks is when first gains are expected (Louw 2021); the rest are heuristics."""
OLD_FILM_DAYS = 42
"""Older than the training that is asked about: how a runner ran then chooses no cue for now; heuristic."""

Kind = Literal["withheld", "painful", "uninjured", "unknown", "not_told"]
NO_TREATMENT: tuple[Kind, ...] = ("uninjured", "not_told")
MOST_OPTIONS_NOT_TOLD = 1


class Recovery(Checked):
    """How long it usually takes, weeks."""

    severity: str
    """Of the pain."""
    first_gain_weeks: int
    """Until something changes, weeks."""
    low_weeks: int
    """Until it is usually gone, at the earliest."""
    high_weeks: int
    """At the latest."""
    slower: bool
    """Something told makes it take longer."""


class Review(Checked):
    """When to check in, when to film again, and which metrics to look at; at once if nothing was measured.

    ``film_old``: the clip is too old to choose a way of running by.
    """

    checkin_date: str | None
    """When to check in; null where nothing is done that could be checked."""
    date: str
    """When to film again."""
    metrics: tuple[str, ...]
    """What to look at then."""
    film_anew: bool
    """Nothing could be measured: film again now."""
    film_old: bool = False
    """The clip is too old to choose a way of running by."""


class Plan(Checked):
    """What to do. Names are codes of the evidence; sentences are made in wording/."""

    made_on: dt.date
    """The day it was made."""
    situation: Kind
    """What it was made for."""
    withheld: tuple[str, ...]
    """Codes of what is not said, and why."""
    relative_rest: RelativeRest | None
    """How much to run; null where nothing hurts or it is not known."""
    exercises: tuple[Prescribed, ...]
    """Prescribed, with their levels."""
    offer: tuple[Prescribed, ...]
    """Offered where nothing hurts."""
    retraining: RetrainingPlan | None
    """One cue; null where none is given."""
    options: tuple[str, ...]
    """Other drills that would fit, by name."""
    treatments: tuple[str, ...]
    """Treatments that are spoken of, by name."""
    recovery: Recovery | None
    """How long it usually takes."""
    statements: tuple[str, ...]
    """Sentences of evidence, by name."""
    notes: tuple[str, ...]
    """Codes of further notes."""
    review: Review
    """When to look again."""


def _recovery(intake: Intake | None, situation: Situation, evidence: Evidence) -> Recovery | None:
    if situation.status != "painful" or situation.worst is None:
        return None
    course = evidence.time_course
    name, _, low, high = next(row for row in course.severities if situation.worst <= row[1])
    weeks = intake.pain.since_weeks if intake is not None else None
    slower = weeks is not None and weeks > course.slow_after_weeks
    return Recovery(
        severity=name, first_gain_weeks=course.first_gain_weeks, low_weeks=low, high_weeks=high, slower=slower
    )


def _statements(situation: Situation, recovery: Recovery | None) -> tuple[str, ...]:
    always = ("four_groups", "form_predicts_little")
    if situation.status == "uninjured" or situation.silent:
        return (*always, "healthy_form")
    hurt = ("cause_is_open", "education_alone_did_as_well", "strength_alone_leaves_form", "pain_change_that_matters")
    slow = ("longer_pain_heals_slower",) if recovery is not None and recovery.slower else ()
    return (*always, *hurt, *slow, *(("healthy_form",) if situation.status == "unknown" else ()))


def _notes(findings: list[Finding], intake: Intake | None, recovery: Recovery | None) -> tuple[str, ...]:
    """What has to be said of this runner's pain: long pain, an unusual place, a finding on the other leg."""
    if intake is None:
        return ()
    pain = intake.pain
    sides = {finding.risk_factor.side for finding in findings}
    notes = {
        "long_pain": recovery is not None and recovery.slower,
        "another_place": pain.where not in (None, "around_kneecap"),
        "other_leg": pain.side in ("left", "right") and bool(sides) and not sides & {pain.side, "both"},
    }
    return tuple(name for name, holds in notes.items() if holds)


def _of_sore_leg(findings: list[Finding], intake: Intake | None) -> list[Finding]:
    """Findings that may have to do with the pain: not those of the leg that does not hurt."""
    side = None if intake is None else intake.pain.side
    return [f for f in findings if side not in ("left", "right") or f.risk_factor.side in (side, "both")]


def _review(
    kind: str, findings: list[Finding], factors: list[RiskFactor], evidence: Evidence, today: dt.date, old: bool
) -> Review:
    names = [f.risk_factor.name for f in findings] or [f.name for f in factors if f.rating.position != "not_rated"]
    shares = shares_of_steps()
    metrics = dict.fromkeys(m for name in names for m in evidence.risk_factors[name].leading if m not in shares)
    unmeasured = all(f.rating.position == "not_rated" for f in factors)
    checkin = None if kind in (*NO_TREATMENT, "withheld") else (today + dt.timedelta(weeks=CHECKIN_WEEKS)).isoformat()
    date = (today if old else today + dt.timedelta(weeks=REVIEW_WEEKS[kind])).isoformat()
    return Review(checkin_date=checkin, date=date, metrics=tuple(metrics), film_anew=unmeasured, film_old=old)


def _kind(situation: Situation) -> Kind:
    if situation.withheld:
        return "withheld"
    return "not_told" if situation.silent else situation.status


def make_plan(
    findings: list[Finding],
    factors: list[RiskFactor],
    tests: list[TestResult],
    intake: Intake | None,
    situation: Situation,
    cadence: float | None,
    sex: str | None,
    evidence: Evidence,
    today: dt.date,
    speed_kmh: float | None = None,
    filmed_on: dt.date | None = None,
) -> Plan:
    """Put the plan together; see the module for what keeps it back.

    An old film and the leg that does not hurt choose no running cue; a trial run may.
    """
    withheld = situation.withheld
    kind = _kind(situation)
    old = filmed_on is not None and (today - filmed_on).days > OLD_FILM_DAYS
    review = _review(kind, findings, factors, evidence, today, old)
    if withheld:
        return Plan(
            made_on=today, situation=kind, withheld=withheld, relative_rest=None,
            exercises=(), offer=(), retraining=None, options=(),
            treatments=(), recovery=None, statements=(), notes=(), review=review,
        )  # fmt: skip
    rest = advise_rest(intake, situation, evidence, speed_kmh)
    recovery = _recovery(intake, situation, evidence)
    hurt = kind not in NO_TREATMENT
    shown = [] if old else _of_sore_leg(findings, intake)
    retraining = choose_cue(shown, intake, tests, cadence, sex, situation, rest.rung, evidence) if hurt else None
    options = [] if hurt or old else possible_drills(findings, intake, tests, cadence, sex, evidence)
    return Plan(
        made_on=today,
        situation=kind,
        withheld=(),
        relative_rest=None if kind == "not_told" else rest,
        exercises=prescribe(tests, situation, evidence) if hurt else (),
        offer=() if hurt else offer(tests, situation, evidence),
        retraining=retraining,
        options=tuple(drill.name for drill, _, _ in options)[: MOST_OPTIONS_NOT_TOLD if kind == "not_told" else None],
        treatments=tuple(evidence.treatments) if hurt else (),
        recovery=recovery,
        statements=_statements(situation, recovery),
        notes=_notes(findings, intake, recovery) if hurt else (),
        review=review,
    )
