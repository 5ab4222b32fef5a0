"""Every value with left and right in one row, their difference, and whether it is beyond noise."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.landing import kind_of_landing
from gaitcheck.analysis.document import Analysis, MetricValue, Symmetry
from gaitcheck.evidence import Evidence
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

    def __init__(self, analysis: Analysis, wording: Wording, numbers: Numbers, evidence: Evidence) -> None:
        self._analysis, self._wording, self._numbers, self._evidence = analysis, wording, numbers, evidence

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

    def _landing(self, angle: SidesRow, own: dict[str, MetricValue]) -> SidesRow:
        """What the foot's angle says of the kind of landing, side by side."""
        words = self._wording.report["landing"]
        cells = {}
        for side, metric in own.items():
            assert metric.interval is not None
            told = kind_of_landing(*metric.interval, self._evidence)
            shown = words["cant_tell"] if told is None else words[told.kind]
            sure = "" if told is None else f"{self._wording.words[told.certainty]}, {100 * told.probability:.0f} %"
            cells[side] = Cell(shown, sure, self._wording.words["not_rated"], "not_rated", str(metric.n_strides))
        left, right = cells.get("left"), cells.get("right")
        norm = words["limits"].format(
            heel=f"{self._evidence.landing.heel_above:g}", forefoot=f"{self._evidence.landing.forefoot_below:g}"
        )
        return SidesRow("landing", words["title"], angle.view, left, right, None, "", "", norm, angle.sources)

    def write(self) -> list[SidesRow]:
        """One row a measure that has a value, and one more for what the foot's angle says of the landing."""
        found: dict[str, dict[str, MetricValue]] = {}
        for metric in self._analysis.metrics:
            if metric.value is not None:
                found.setdefault(metric.name, {})[metric.side] = metric
        rows = []
        for name, own in found.items():
            rows.append(self._row(name, own))
            if name == self._evidence.landing.metric:
                rows.append(self._landing(rows[-1], own))
        return rows
