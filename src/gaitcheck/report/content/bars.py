"""The main measures as bars: value, interval and typical range of both sides on one axis, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.analysis.document import Analysis, MetricValue
from gaitcheck.evidence import Evidence, Limits
from gaitcheck.metrics import shares_of_steps
from gaitcheck.report.content.numbers import Numbers
from gaitcheck.report.range_bar import BROAD, Axis, Place, range_bar_svg
from gaitcheck.wording import Wording

ROOM = 0.08
MOST = 6
APART = 0.075
"""How far apart two numbers below a bar must stand to be read, of its width."""


@dataclass(frozen=True)
class BarSide:
    """One side in words, ready to print."""

    side: str
    side_code: str
    said: str
    likely: str
    compact: str
    strides: str
    rating: str
    rating_code: str


@dataclass(frozen=True)
class Tick:
    """A number below the bar: where it stands, from 0 to 1."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One measure. ``svg`` is the bar itself, ``ways`` what left and right mean on it, ``ticks`` its limits."""

    name: str
    title: str
    svg: str
    ways: str
    ticks: list[Tick]
    sides: list[BarSide]


def _axis(own: list[MetricValue], limits: Limits) -> Axis:
    """Both intervals and all limits lie on it, with some room."""
    ends = [end for m in own for end in (m.ci95_low, m.ci95_high) if end is not None]
    ends += [limit for limit in limits.model_dump().values() if limit is not None]
    room = ROOM * (max(ends) - min(ends)) or 1.0
    return Axis(min(ends) - room, max(ends) + room)


class Bars:
    """Bars of one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording, evidence: Evidence, numbers: Numbers) -> None:
        self._analysis, self._wording, self._evidence, self._numbers = analysis, wording, evidence, numbers

    def _ticks(self, metric: MetricValue, limits: Limits, axis: Axis) -> list[Tick]:
        """The limits of what is typical, then those of concern, then zero, as far as there is room for each."""
        found: list[Tick] = []
        zero = 0.0 if self._numbers.ways(metric, -1.0, 1.0) else None
        for limit in (limits.borderline_low, limits.borderline_high, limits.concern_low, limits.concern_high, zero):
            if limit is None or not axis.low < limit < axis.high:
                continue
            at = axis.at(limit)
            if all(abs(at - tick.at) >= APART for tick in found):
                found.append(Tick(at, self._numbers.limit(metric, limit)))
        return sorted(found, key=lambda tick: tick.at)

    def _bar(self, name: str, own: list[MetricValue]) -> Bar:
        context = self._analysis.context
        norm = self._evidence.norms[name]
        limits = norm.limits_for(self._analysis.athlete.sex, context.of(norm.metric))
        axis = _axis(own, limits)
        places, sides = [], []
        for metric in own:
            row = self._numbers.row(metric)
            assert metric.interval is not None
            places.append(Place(metric.side, *map(axis.at, metric.interval)))
            sides.append(
                BarSide(
                    row.side,
                    metric.side,
                    row.brief,
                    row.likely,
                    row.compact,
                    row.strides,
                    row.rating,
                    row.rating_code,
                )
            )
        concern = tuple(axis.at(x) for x in (limits.concern_low, limits.concern_high) if x is not None)
        return Bar(
            name=name,
            title=self._wording.short_title(name),
            svg=range_bar_svg(places, axis.typical(limits.borderline_low, limits.borderline_high), concern, BROAD),
            ways=self._numbers.ways(own[0], axis.low, axis.high),
            ticks=self._ticks(own[0], limits, axis),
            sides=sides,
        )

    def write(self, first: tuple[str, ...] = ()) -> list[Bar]:
        """Bars of ``first``, of the leading measures that have a value, then of others with a norm: a page's worth.

        Shares of steps are told by the value they count, a peak by its mid-stance value; what lies off the limbs in
        the picture is left out.
        """
        shares = shares_of_steps()
        found = []
        for name in dict.fromkeys((*first, *self._evidence.leading, *self._evidence.norms)):
            own = [m for m in self._analysis.metrics if m.name == name and m.value is not None and not m.off_the_limbs]
            if own and name not in shares and name in self._evidence.norms and not name.startswith("peak_"):
                found.append(self._bar(name, own))
        return found[:MOST]
