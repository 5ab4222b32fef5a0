"""Everything judged about one visit, in one place and one order: numbers and answers become a plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gaitcheck.advice.attention import find_concerns, measures_of
from gaitcheck.advice.causes import PossibleCause, find_causes
from gaitcheck.advice.expectations import Context, Person, expect
from gaitcheck.advice.findings import Finding, find
from gaitcheck.advice.home_tests import TestResult, score_tests
from gaitcheck.advice.intake import Intake, Problem
from gaitcheck.advice.plan import Plan, make_plan
from gaitcheck.advice.rating import NOT_RATED, Rating, never_sure, rate, rate_share
from gaitcheck.advice.risk_factors import RatedEstimate, RiskFactor, judge
from gaitcheck.advice.risk_picture import GroupPicture, draw_picture
from gaitcheck.advice.situation import Situation, judge_situation
from gaitcheck.evidence import Evidence
from gaitcheck.metrics import shares_of_steps
from gaitcheck.uncertainty import Estimate


@dataclass(frozen=True)
class Judged:
    """What was made of the numbers and answers of a visit."""

    rated: list[RatedEstimate]
    factors: list[RiskFactor]
    findings: list[Finding]
    intake: Intake | None
    problems: list[Problem]
    situation: Situation
    tests: list[TestResult]
    context: Context
    causes: list[PossibleCause]
    picture: list[GroupPicture]
    plan: Plan


ADULT_YEARS = 16
"""Norms are adults'; nobody younger is rated by them."""


def rate_estimates(
    estimates: list[tuple[Estimate, int]], evidence: Evidence, person: Person, context: Context
) -> list[RatedEstimate]:
    """Every estimate, with the clip it comes from, against its norm; a child's against none."""
    rated = []
    shares = shares_of_steps()
    child = person.age is not None and person.age < ADULT_YEARS
    for estimate, clip in estimates:
        norm = evidence.norms.get(estimate.metric)
        value, low, high = estimate.value, estimate.ci95_low, estimate.ci95_high
        unrated = child or norm is None or not estimate.validated
        if unrated or norm is None or value is None or low is None or high is None:
            rated.append(RatedEstimate(estimate, NOT_RATED, clip))
        elif estimate.off_the_limbs:
            rated.append(RatedEstimate(estimate, Rating(position="cant_tell"), clip))
        else:
            how = rate_share if estimate.metric in shares else rate
            limits = norm.limits_for(person.sex, context.of(norm.metric))
            rating = how(value, low, high, limits)
            rated.append(RatedEstimate(estimate, never_sure(rating) if estimate.untested else rating, clip))
    return rated


def judge_visit(
    estimates: list[tuple[Estimate, int]],
    intake: Intake | None,
    problems: list[Problem],
    person: Person,
    evidence: Evidence,
    today: dt.date,
    struck: frozenset[tuple[str, str]] = frozenset(),
    filmed_on: dt.date | None = None,
) -> Judged:
    """Ratings, risk factors, findings, answers, tests, causes, the picture of all, and the plan.

    ``struck`` names findings (risk factor, side) that a coach does not share; nothing follows from them.
    """
    context = expect(person, evidence)
    rated = rate_estimates(estimates, evidence, person, context)
    factors = judge(rated, evidence)
    concerns = find_concerns(measures_of(rated), person.sex, context, evidence)
    findings = [f for f in find(factors, concerns, evidence) if (f.risk_factor.name, f.risk_factor.side) not in struck]
    situation = judge_situation(intake, problems, evidence)
    tests = score_tests(intake, evidence, person) if intake is not None else []
    cadence = next((e.value for e, _ in estimates if e.metric == "cadence"), None)
    return Judged(
        rated=rated,
        factors=factors,
        findings=findings,
        intake=intake,
        problems=problems,
        situation=situation,
        tests=tests,
        context=context,
        causes=find_causes(findings, tests, intake, evidence),
        picture=draw_picture(findings, factors, tests, intake, evidence),
        plan=make_plan(
            findings,
            factors,
            tests,
            intake,
            situation,
            cadence,
            person.sex,
            evidence,
            today,
            person.speed_kmh,
            filmed_on,
        ),
    )
