"""One value over the visits as SVG: both sides with their intervals, the typical range, what the plan did meanwhile."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitcheck.report.figures import BAND, FACE, INK, MARKER, SOFT, bare, own_face
from gaitcheck.report.range_bar import SHADE

OFFSET = {"left": -0.006, "right": 0.006}
"""Sides stand a little apart, as a share of the time shown, so that intervals don't hide each other."""


@dataclass(frozen=True)
class Point:
    """One side's value on one day with its 95 % interval, as printed."""

    day: dt.date
    side: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Event:
    """Something the plan did on a day."""

    day: dt.date
    text: str


@dataclass(frozen=True)
class Trend:
    """One value over time; ``low`` and ``high`` bound what is typical, ``axis`` the values there can be, if any do."""

    title: str
    unit: str
    points: tuple[Point, ...]
    low: float | None
    high: float | None
    axis: tuple[float, float] | None = None


EPOCH = dt.date(1970, 1, 1).toordinal()


def _number(day: dt.date) -> float:
    """A day as matplotlib counts it."""
    return float(day.toordinal() - EPOCH)


def write_trend(trend: Trend, events: list[Event], target: Path) -> None:
    """Draw a trend; events within its days are numbered dashed lines."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    dates: Any = importlib.import_module("matplotlib.dates")
    days = [point.day.toordinal() for point in trend.points]
    first, last = min(days), max([*days, *(event.day.toordinal() for event in events)])
    span = max(last - first, 7)
    own_face()
    with rc_context(FACE):
        figure = Figure(figsize=(3.55, 1.75), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for side in ("left", "right", "both"):
            own = sorted((p for p in trend.points if p.side == side), key=lambda p: p.day)
            if not own:
                continue
            colour, place = SHADE.get(side, INK), OFFSET.get(side, 0.0) * span
            at = [_number(p.day) + place for p in own]
            values = [p.value for p in own]
            arms = [[p.value - p.low for p in own], [p.high - p.value for p in own]]
            axes.errorbar(
                at, values, yerr=arms, color=colour, marker=MARKER.get(side, "o"), markersize=4, lw=1.0,
                elinewidth=1.3, capsize=0,
            )  # fmt: skip
        low, high = trend.axis or axes.get_ylim()
        room = 0.08 * (high - low)
        bottom = low - room if trend.low is None else trend.low
        top = high + room if trend.high is None else trend.high
        if trend.low is not None or trend.high is not None:
            axes.axhspan(max(bottom, low - room), min(top, high + room), color=BAND, lw=0, zorder=0)
        axes.set_ylim(low - room, high + room)
        for number, event in enumerate(events, 1):
            if first - 0.03 * span <= event.day.toordinal() <= last + 0.03 * span:
                x = _number(event.day)
                axes.axvline(x, color=SOFT, lw=0.7, linestyle=(0, (2, 2)), zorder=1)
                axes.annotate(str(number), (x, 1.0), xycoords=("data", "axes fraction"), xytext=(1.5, -7),
                              textcoords="offset points", fontsize=6.5, color=SOFT)  # fmt: skip
        start = float(first - EPOCH)
        axes.set_xlim(start - 0.05 * span, start + (last - first) + 0.05 * span)
        axes.xaxis_date()
        locator = dates.AutoDateLocator(minticks=2, maxticks=5)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
        axes.set_title(f"{trend.title} ({trend.unit})", fontsize=8, loc="left", color=INK, fontweight="bold")
        bare(axes)
        figure.savefig(target, format="svg", metadata={"Date": None})
