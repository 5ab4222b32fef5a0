"""Every value with left and right in one row, their difference, and whether it is beyond noise."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.analysis.document import Analysis, MetricValue, Symmetry
from gaitcheck.report.content.numbers import Numbers, Row, scale_of, with_unit
from gaitcheck.wording import Wording
from gaitcheck.wording.loader import decimals


@dataclass(frozen=True)
class Cell:
    """One side's value with its interval, rating and steps."""

    shown: str
    interval: str
    rating: str
    rating_code: str
    strides: str


@dataclass(frozen=True)
class SidesRow:
    """One measure: ``both`` where it has no sides; ``clear`` says whether the difference is beyond noise."""

    name: str
    title: str
    view: str
    left: Cell | None
    right: Cell | None
    both: Cell | None
    difference: str
    clear: str
    norm: str
    sources: str


class SideBySide:
    """The rows of one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording, numbers: Numbers) -> None:
        self._analysis, self._wording, self._numbers = analysis, wording, numbers

    def _cell(self, row: Row) -> Cell:
        return Cell(row.shown, row.interval, row.rating, row.rating_code, row.strides)

    def _difference(self, item: Symmetry) -> tuple[str, str]:
        words = self._wording.report["difference"]
        scale = scale_of(item.unit, self._analysis.clips[item.clip], self._wording)
        half = scale.factor * (item.ci95_high - item.ci95_low) / 2
        digits = decimals(half)
        value = scale.factor * abs(item.difference)
        shown = with_unit(f"{value:.{digits}f} ± {half:.{digits}f}", scale.unit)
        larger = self._wording.words["left" if item.difference > 0 else "right"]
        return shown, words["clear"].format(side=larger) if item.clear else words["noise"]

    def _row(self, name: str, own: dict[str, MetricValue]) -> SidesRow:
        rows = {side: self._numbers.row(metric) for side, metric in own.items()}
        cells = {side: self._cell(row) for side, row in rows.items()}
        first = next(iter(rows.values()))
        compared = next((s for s in self._analysis.symmetry if s.name == name and len(rows) == 2), None)
        unclear = any(self._numbers.open_share(metric) for metric in own.values())
        difference, clear = self._difference(compared) if compared is not None and not unclear else ("", "")
        plus = self._wording.plus(name)
        return SidesRow(
            name=name,
            title=f"{first.title}; + {plus}" if plus else first.title,
            view=first.clip if len(self._analysis.clips) > 1 else "",
            left=cells.get("left"),
            right=cells.get("right"),
            both=cells.get("both"),
            difference=difference,
            clear=clear,
            norm=first.norm,
            sources=first.sources,
        )

    def write(self) -> list[SidesRow]:
        """One row a measure that has a value."""
        found: dict[str, dict[str, MetricValue]] = {}
        for metric in self._analysis.metrics:
            if metric.value is not None:
                found.setdefault(metric.name, {})[metric.side] = metric
        return [self._row(name, own) for name, own in found.items()]
