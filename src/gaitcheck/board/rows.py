"""A board's rows: one an athlete, and one a measure for the whole team."""

from __future__ import annotations

from pathlib import Path

from gaitcheck.advice.rating import Rating
from gaitcheck.analysis.store import LEADING_STILL
from gaitcheck.board.content import Line, Mark, Multiple, Since, TeamRow
from gaitcheck.board.phrases import Phrases
from gaitcheck.board.ranking import Spread, spread_of, tier
from gaitcheck.board.summary import VisitSummary
from gaitcheck.evidence import Evidence
from gaitcheck.metrics import all_metrics
from gaitcheck.report.content.numbers import with_unit
from gaitcheck.report.range_bar import Axis, Place, range_bar_svg


def axis_of(metric: str, visits: list[VisitSummary], evidence: Evidence) -> Axis | None:
    """The axis all athletes share for a metric: nine in ten intervals and the limits lie on it."""
    own = [v for visit in visits for v in visit.values if v.metric == metric]
    if not own:
        return None
    lows, highs = sorted(v.low for v in own), sorted(v.high for v in own)
    ends = [lows[len(lows) // 20], highs[-1 - len(highs) // 20]]
    norm = evidence.norms.get(metric)
    if norm is not None:
        ends += [limit for limit in norm.reference.limits.model_dump().values() if limit is not None]
    low, high = min(ends), max(ends)
    room = 0.06 * (high - low) or 1.0
    if own[0].unit == "fraction":
        return Axis(0.0, 1.0)
    return Axis(low - room, high + room)


def _multiple(metric: str, visit: VisitSummary, axis: Axis, say: Phrases) -> Multiple:
    own = [v for v in visit.values if v.metric == metric]
    if not own:
        return Multiple(metric, "", ())
    marks = tuple(
        Mark(
            v.side, v.position,
            say.wording.rating(Rating(position=v.position, certainty=v.certainty)),
            say.words["mark"].format(value=say.number_alone(v), n=v.n_strides),
        )
        for v in own
    )  # fmt: skip
    places = [Place(v.side, axis.at(v.value), axis.at(v.low), axis.at(v.high)) for v in own]
    return Multiple(metric, range_bar_svg(places, axis.typical(own[0].typical_low, own[0].typical_high)), marks)


def line_of(
    place: int,
    visit: VisitSummary,
    visits: int,
    since: Since,
    axes: dict[str, Axis],
    say: Phrases,
    evidence: Evidence,
    root: Path,
) -> Line:
    words = say.words
    return Line(
        place=place,
        athlete=visit.athlete or words["nameless"],
        group=visit.group,
        day=str(visit.day),
        day_said=say.wording.day(visit.day),
        tier=tier(visit, evidence),
        reason=say.reason(visit),
        action=say.action(visit),
        thumbnail=f"{visit.folder}/{LEADING_STILL}" if (root / visit.folder / LEADING_STILL).is_file() else "",
        also=say.also(visit),
        flags=say.flags(visit),
        pain=say.pain(visit),
        multiples=tuple(_multiple(name, visit, axis, say) for name, axis in axes.items()),
        changed=since.kind,
        change=say.change(since),
        quality=say.quality(visit),
        beware=say.quality(visit, only_first=True),
        note=visit.note,
        signed=words["signed"].format(by=visit.signed_by, day=say.wording.day(visit.signed_on))
        if visit.signed_by
        else "",
        report=f"{visit.folder}/report.html",
        next=say.next(visit),
        findings=tuple(dict.fromkeys(name for name, _, _ in visit.findings)),
        score=max((worry.score for worry in visit.worries), default=0.0),
        visits=visits,
    )


def ends(axis: Axis, unit: str, say: Phrases) -> tuple[str, str]:
    """What stands at an axis' ends."""
    scale = say.scale(unit)
    return f"{scale.factor * axis.low:z.0f}", with_unit(f"{scale.factor * axis.high:z.0f}", scale.unit)


def _team_row(spread: Spread, visits: list[VisitSummary], say: Phrases, evidence: Evidence) -> TeamRow | None:
    axis = axis_of(spread.metric, visits, evidence)
    if axis is None:
        return None
    norm = evidence.norms.get(spread.metric)
    limits = norm.reference.limits if norm else None
    scale = say.scale(spread.unit)
    digits = 0 if abs(scale.factor * spread.median) >= 50 else 1
    return TeamRow(
        metric=spread.metric,
        title=say.wording.title(spread.metric),
        axis=ends(axis, spread.unit, say),
        points=tuple((value.side, axis.at(value.value)) for _, value in spread.values),
        median=axis.at(spread.median),
        middle=with_unit(f"{scale.factor * spread.median:z.{digits}f}", scale.unit),
        typical=axis.typical(limits.borderline_low, limits.borderline_high) if limits else None,
        named=tuple(
            (o.athlete, axis.at(o.value.value), f"{say.wording.words[o.side]}, {say.number(o.value)}")
            for o in spread.outliers
        ),
        judged=spread.judged,
    )


def team_rows(visits: list[VisitSummary], say: Phrases, evidence: Evidence) -> list[TeamRow]:
    """One strip a measure that several athletes have."""
    rows = []
    for metric in all_metrics():
        own = [(visit.athlete, v) for visit in visits for v in visit.values if v.metric == metric.name]
        several = len({athlete for athlete, _ in own}) > 1
        row = _team_row(spread_of(metric.name, own, evidence), visits, say, evidence) if several else None
        rows += [row] if row is not None else []
    return rows
