"""What a board needs of one visit, made from its document and kept in the index."""

from __future__ import annotations

import datetime as dt

from gaitcheck.advice.first_step import first_step
from gaitcheck.advice.rating import Certainty, Position
from gaitcheck.advice.running_week import running_week
from gaitcheck.advice.situation import most_urgent
from gaitcheck.analysis.concerns import concerns_of
from gaitcheck.analysis.document import Analysis, MetricValue
from gaitcheck.analysis.review import Review
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Urgency


class Value(Checked):
    """One value of one side, in the metric's unit, with the limits it is held against."""

    metric: str
    side: str
    unit: str
    value: float
    low: float
    high: float
    n_strides: int
    position: Position
    certainty: Certainty
    typical_low: float | None
    typical_high: float | None


class Worry(Checked):
    """A concern as it stands in the index; see ``advice.attention``."""

    risk_factor: str
    metric: str
    side: str
    score: float
    certainty: float


class VisitSummary(Checked):
    """One visit. ``folder`` is told from the club's folder; ``order`` sorts visits of one athlete.

    ``week_km``: kilometres of the plan's week, and of the runner's own. ``rated``: at least one risk factor of a side
    could be rated; cadence alone says little.
    """

    folder: str
    athlete: str
    group: str
    note: str
    day: dt.date
    order: str
    views: tuple[str, ...]
    speed_kmh: float | None
    values: tuple[Value, ...]
    worries: tuple[Worry, ...]
    findings: tuple[tuple[str, str, str], ...]
    struck: tuple[tuple[str, str], ...]
    rated: bool
    flags: tuple[str, ...]
    urgency: Urgency | None
    pain: int | None
    running_pain: int | None
    pain_where: str
    pain_side: str
    first_step: str
    examine: bool
    drill: str
    week_km: tuple[float, float] | None
    quality: tuple[tuple[str, dict[str, float | str]], ...]
    checkin_on: str
    film_on: str
    signed_by: str
    signed_on: dt.date | None


def _value(metric: MetricValue, analysis: Analysis, evidence: Evidence) -> Value | None:
    norm = evidence.norms.get(metric.name)
    known = metric.interval
    if known is None:
        return None
    expected = analysis.context.of(norm.metric) if norm else None
    limits = norm.limits_for(analysis.athlete.sex, expected) if norm and metric.position != "not_rated" else None
    return Value(
        metric=metric.name,
        side=metric.side,
        unit=metric.unit,
        value=known.value,
        low=known.low,
        high=known.high,
        n_strides=metric.n_strides,
        position=metric.position,
        certainty=metric.certainty,
        typical_low=limits.borderline_low if limits else None,
        typical_high=limits.borderline_high if limits else None,
    )


def _week_km(analysis: Analysis, evidence: Evidence) -> tuple[float, float] | None:
    rest = analysis.plan.relative_rest
    if rest is None or rest.own_week is None:
        return None
    week = running_week(rest.rung, rest.own_week, evidence)
    return week.km, week.before_km


def summarise(analysis: Analysis, review: Review | None, folder: str, evidence: Evidence) -> VisitSummary:
    """What the board needs of a document; struck findings raise no concern."""
    struck = tuple((s.finding, s.side) for s in review.strike) if review is not None else ()
    pain = None if analysis.intake is None else analysis.intake.pain
    situation, step = analysis.situation, first_step(analysis.plan, evidence)
    return VisitSummary(
        folder=folder,
        athlete=analysis.athlete.name,
        group=analysis.visit.group,
        note=analysis.visit.note,
        day=analysis.day,
        order=f"{analysis.day} {folder}",
        views=tuple(clip.view for clip in analysis.clips),
        speed_kmh=analysis.athlete.speed_kmh,
        values=tuple(v for m in analysis.metrics if (v := _value(m, analysis, evidence)) is not None),
        worries=tuple(
            Worry(risk_factor=c.risk_factor, metric=c.metric, side=c.side, score=c.score, certainty=c.certainty)
            for c in concerns_of(analysis, evidence)
            if (c.risk_factor, c.side) not in struck
        ),
        findings=tuple(
            (f.risk_factor, f.side, f.position) for f in analysis.findings if (f.risk_factor, f.side) not in struck
        ),
        struck=struck,
        rated=any(f.position != "not_rated" and f.side != "both" for f in analysis.risk_factors),
        flags=tuple(flag.name for flag in situation.flags),
        urgency=most_urgent(flag.urgency for flag in situation.flags),
        pain=situation.worst,
        running_pain=situation.running,
        pain_where=(pain.where or "") if pain is not None else "",
        pain_side=(pain.side or "") if pain is not None else "",
        first_step=step.kind,
        examine="long_pain" in analysis.plan.notes,
        drill=step.drill,
        week_km=_week_km(analysis, evidence),
        quality=tuple((q.code, q.parameters) for q in analysis.quality if q.severity != "info"),
        checkin_on=analysis.plan.review.checkin_date or "",
        film_on=analysis.plan.review.date,
        signed_by=review.by if review is not None else "",
        signed_on=review.date if review is not None else None,
    )
