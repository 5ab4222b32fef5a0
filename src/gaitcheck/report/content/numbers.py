"""Numbers in print: unit, digits the interval deserves, the norm beside it, sides told apart."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.rating import RANK, Position, never_sure
from gaitcheck.analysis.document import Analysis, Clip, MetricValue
from gaitcheck.evidence import Evidence, Limits, Norm
from gaitcheck.metrics import in_order, shares_of_steps
from gaitcheck.report.content.citations import Citations
from gaitcheck.uncertainty.interval import Interval
from gaitcheck.wording import Wording
from gaitcheck.wording.loader import decimals

FAR_SPREADS = 5.0
"""A value so many standard deviations between people beyond their mean is looked at twice; heuristic."""
GROWN = 17
LEG_CM = 84.0
"""Thigh and shank of somebody 171 cm tall (gait.calibration.LEG_OF_HEIGHT)."""
OPEN_SHARE = 0.75
"""An interval of a share as wide as this says nothing; duty factors are never so wide."""
LOPSIDED = 0.1
"""How much longer one arm of an interval may be, of its half width, before both ends are printed."""


@dataclass(frozen=True)
class Row:
    """One line of the table of values; every field is ready to print."""

    name: str
    title: str
    side: str
    value: str
    unit: str
    interval: str
    strides: str
    rating: str
    rating_code: Position
    shown: str
    norm: str
    sources: str
    direction: str
    clip: str
    said: str
    brief: str
    likely: str
    compact: str


@dataclass(frozen=True)
class Part:
    """Where one interval comes from: its half width, and that of each cause, in the value's unit."""

    title: str
    side: str
    total: str
    steps: str
    landmarks: str
    camera: str
    contacts: str


@dataclass(frozen=True)
class Missing:
    """A reason, and the measures it takes away."""

    reason: str
    names: str


@dataclass(frozen=True)
class Scale:
    """How a unit is printed: factor and name."""

    factor: float
    unit: str


def assumed_leg_cm(analysis: Analysis) -> float | None:
    """The leg by which lengths are told to a grown runner whose height is not known; None where it is, or who is not.

    Adults' legs lie within a tenth of it, far within the intervals of lengths.
    """
    age = analysis.athlete.age
    if analysis.athlete.height_cm is not None or (age is not None and age < GROWN):
        return None
    return LEG_CM


def scale_of(unit: str, clip: Clip | None, wording: Wording, assumed_cm: float | None = None) -> Scale:
    """Percent for shares; centimetres for lengths where body height is known or a leg is assumed."""
    units = wording.units
    leg_cm = assumed_cm if clip is None or clip.leg_length_cm is None else clip.leg_length_cm
    if unit == "leg_length" and leg_cm is not None:
        return Scale(leg_cm, units["cm"])
    if unit in ("leg_length", "fraction"):
        return Scale(100.0, units[unit])
    return Scale(1.0, units.get(unit, unit))


def with_unit(value: str, unit: str) -> str:
    """A value with its unit; the degree sign stands close."""
    return f"{value}{unit}" if unit == "°" else f"{value} {unit}".rstrip()


def with_interval(value: float, low: float, high: float, scale: Scale) -> str:
    """A value with its 95 % interval: ``4.3 ± 4.1°``, or ``0 (0 to 19) %`` where the interval is lopsided."""
    value, low, high = (scale.factor * x for x in (value, low, high))
    half = (high - low) / 2
    digits = decimals(half)
    if abs((high - value) - (value - low)) > LOPSIDED * half:
        return with_unit(f"{value:z.{digits}f} ({low:z.{digits}f} to {high:z.{digits}f})", scale.unit)
    return with_unit(f"{value:z.{digits}f} ± {half:.{digits}f}", scale.unit)


def _limit(value: float, scale: Scale) -> str:
    text = f"{scale.factor * value:z.1f}"
    return text.removesuffix(".0")


def typical_text(limits: Limits, scale: Scale, wording: Wording) -> str:
    """What is typical in print, such as ``up to 5.6°``; empty without limits."""
    words, low, high = wording.report["norms"], limits.borderline_low, limits.borderline_high
    if low is not None and high is not None:
        return str(words["between"].format(low=_limit(low, scale), high=with_unit(_limit(high, scale), scale.unit)))
    if high is not None:
        return str(words["up_to"].format(high=with_unit(_limit(high, scale), scale.unit)))
    return str(words["at_least"].format(low=with_unit(_limit(low, scale), scale.unit))) if low is not None else ""


def norm_text(norm: Norm, sex: str | None, scale: Scale, wording: Wording, expected: float | None = None) -> str:
    """A norm in print, such as ``up to 5.6° (3.7 ± 1.9°)``."""
    reference = norm.reference_for(sex)
    text = typical_text(norm.limits_for(sex, expected), scale, wording)
    if not text or reference.mean is None or reference.sd is None:
        return text
    spread = with_unit(f"{_limit(reference.mean, scale)} ± {_limit(reference.sd, scale)}", scale.unit)
    return f"{text} ({spread})"


def unit_alone(scale: Scale, wording: Wording) -> str:
    """A unit in as few letters as a bar bears; what a share is of stands beside the bar."""
    return "%" if scale.unit == wording.units["leg_length"] else scale.unit


class Numbers:
    """Rows of one analysis; lengths in centimetres of a leg of ``assumed_cm`` where the runner's is not known."""

    def __init__(
        self,
        analysis: Analysis,
        wording: Wording,
        evidence: Evidence,
        cite: Citations,
        assumed_cm: float | None = None,
    ) -> None:
        self._analysis, self._wording, self._evidence, self._cite = analysis, wording, evidence, cite
        self._assumed_cm = assumed_cm

    def _scale(self, metric: MetricValue) -> Scale:
        return scale_of(metric.unit, self.clip_of(metric), self._wording, self._assumed_cm)

    def clip_of(self, metric: MetricValue) -> Clip | None:
        """The clip a value comes from."""
        return None if metric.clip is None else self._analysis.clips[metric.clip]

    def row(self, metric: MetricValue) -> Row:
        """A metric's line."""
        words, clip = self._wording.words, self.clip_of(metric)
        scale = self._scale(metric)
        norm = self._evidence.norms.get(metric.norm or "")
        value = interval = direction = said = brief = likely = compact = ""
        known = metric.interval
        if known is not None:
            digits = decimals(scale.factor * known.half)
            value, low, high = (f"{x:z.{digits}f}" for x in known.scaled(scale.factor))
            interval = self._wording.report["said"]["range"].format(low=low, high=high)
            direction = self._wording.direction(metric.name, known.value, metric.side)
            said, likely = self._in_words(metric, known, scale, digits)
            brief = self._brief(metric, scale, digits, said)
            compact = self._compact(metric, known, scale, digits)
            if self.open_share(metric):
                value = said = brief = self._wording.report["said"]["open_share"]
        elif metric.reason is not None:
            value = self._reason(metric)
        return Row(
            name=metric.name,
            title=self._wording.title(metric.name),
            side=words[metric.side],
            value=value,
            unit=scale.unit,
            interval=interval,
            strides=str(metric.n_strides),
            rating=self._rating(metric),
            rating_code=metric.position,
            shown=value if self.open_share(metric) or metric.value is None else with_unit(value, scale.unit),
            norm=norm_text(
                norm, self._analysis.athlete.sex, scale, self._wording, self._analysis.context.of(norm.metric)
            )
            if norm
            else "",
            sources=self._cite.of(metric.source_keys),
            direction=direction,
            clip=self._wording.clip_of(clip.view) if clip else "",
            said=said,
            brief=brief,
            likely=likely,
            compact=compact,
        )

    def _compact(self, metric: MetricValue, known: Interval, scale: Scale, digits: int) -> str:
        """Value, half width of its interval and direction in one breath: ``1.9 ± 2.8 cm across``."""
        entry = self._wording.metrics.get(metric.name, {})
        unit = unit_alone(scale, self._wording)
        word = entry.get("short_plus" if known.value >= 0 else "short_minus")
        shown = known.scaled(scale.factor)
        if word is None or abs(shown.low + shown.half - shown.value) > LOPSIDED * shown.half / 2:
            return with_interval(*known, Scale(scale.factor, unit))
        return f"{with_unit(f'{abs(shown.value):.{digits}f} ± {shown.half:.{digits}f}', unit)} {word}".rstrip()

    def _in_words(self, metric: MetricValue, known: Interval, scale: Scale, digits: int) -> tuple[str, str]:
        """Value, and likely range, with signs in words where the metric has words for them."""
        central, low, high = known

        def way(x: float) -> str:
            return self._wording.direction(metric.name, x, metric.side)

        def number(x: float) -> str:
            return f"{scale.factor * (abs(x) if way(central) else x):z.{digits}f}"

        words = self._wording.report["said"]
        value = with_unit(number(central), scale.unit)
        said = words["value"].format(value=value, direction=way(central)) if way(central) else value
        zero = self._wording.metrics.get(metric.name, {}).get("zero")
        if zero and not float(number(central)):
            said = words["value"].format(value=zero, direction=f"({value})")
        if way(low) == way(high):
            near, far = sorted((low, high), key=abs) if way(low) else (low, high)
            return said, words["range"].format(low=number(near), high=with_unit(number(far), scale.unit))
        ends = [f"{with_unit(number(x), scale.unit)} {way(x)}" for x in (low, high)]
        return said, words["range"].format(low=ends[0], high=ends[1])

    def _rating(self, metric: MetricValue) -> str:
        """A rating, or why there is none; what no study saw is not told as sure."""
        words = self._wording.words
        if metric.off_the_limbs:
            return words["off_the_limbs"]
        if not metric.validated:
            return words["unvalidated"]
        told = self._wording.rating(never_sure(metric.rating) if self.far_beyond(metric) else metric.rating)
        words = self._wording.report["by_hand"]
        return str(words["rated"].format(rating=told)) if metric.corrected else told

    def by_hand(self) -> list[str]:
        """Every value that a hand changed, and what it was before."""
        words, found = self._wording.report["by_hand"], []
        for metric in self._analysis.metrics:
            if not metric.corrected:
                continue
            row, scale = self.row(metric), self._scale(metric)
            half = metric.interval.half if metric.interval is not None else 0.0
            digits = decimals(scale.factor * half) if half else 1
            first = metric.value_before
            before = words["no_value"] if first is None else f"{scale.factor * first:z.{digits}f}"
            now = words["no_value"] if metric.value is None else with_unit(row.value, row.unit)
            found.append(words["value"].format(title=row.title, side=row.side, before=before, now=now))
        return found

    def far_beyond(self, metric: MetricValue) -> bool:
        """Whether a value lies so far beyond what studies saw in runners that it is looked at twice."""
        norm = self._evidence.norms.get(metric.norm or "")
        if norm is None or metric.value is None or not metric.rating.outside:
            return False
        own, everybody = norm.reference_for(self._analysis.athlete.sex), norm.reference
        mean, sd = (own.mean, own.sd) if own.mean is not None else (everybody.mean, everybody.sd)
        return mean is not None and sd is not None and abs(metric.value - mean) > FAR_SPREADS * sd

    def ways(self, metric: MetricValue, low: float, high: float) -> str:
        """What going left and right on an axis means, in a word each, where the metric has words for its sign."""
        entry = self._wording.metrics.get(metric.name, {})
        minus, plus = entry.get("short_minus"), entry.get("short_plus")
        if minus is None or plus is None:
            return ""
        parts = [f"← {minus}" if low < 0 and minus else "", f"{plus} →" if high > 0 and plus else ""]
        return " · ".join(part for part in parts if part)

    def limit(self, metric: MetricValue, value: float) -> str:
        """A limit below a bar: its number without a sign where the bar says which way is which."""
        scale, word = self._scale(metric), self._wording.metrics.get(metric.name, {}).get("short_plus")
        unit = unit_alone(scale, self._wording)
        return with_unit(_limit(value if word is None else abs(value), scale), unit)

    def _brief(self, metric: MetricValue, scale: Scale, digits: int, said: str) -> str:
        """Value and direction in one word, where the metric has one; else as said."""
        entry = self._wording.metrics.get(metric.name, {})
        assert metric.value is not None
        word = entry.get("short_plus" if metric.value >= 0 else "short_minus")
        number = f"{scale.factor * abs(metric.value):.{digits}f}"
        if word is None or ("zero" in entry and not float(number)):
            return said
        unit = unit_alone(scale, self._wording)
        return f"{with_unit(number, unit)} {word}".rstrip()

    def open_share(self, metric: MetricValue) -> bool:
        """Whether a share of steps is so little known that its number would say what nobody knows."""
        low, high = metric.ci95_low, metric.ci95_high
        return metric.unit == "fraction" and low is not None and high is not None and high - low >= OPEN_SHARE

    def parts(self) -> list[Part]:
        """What each interval is made of, as half widths of 95 %."""
        found = []
        shares = shares_of_steps()
        for metric in self._analysis.metrics:
            known = metric.interval
            if known is None or metric.name in shares:
                continue
            scale = self._scale(metric)
            total = scale.factor * known.half
            digits, sds = decimals(total), metric.uncertainty

            def half(*names: str, scale: Scale = scale, sds: dict[str, float] = sds, digits: int = digits) -> str:
                value = 1.96 * scale.factor * sum(sds.get(name, 0.0) ** 2 for name in names) ** 0.5
                return f"{value:.{digits}f}"

            spread = 0.0 if metric.sd is None else 1.96 * scale.factor * metric.sd / metric.n_strides**0.5
            found.append(
                Part(
                    title=self._wording.title(metric.name),
                    side=self._wording.words[metric.side],
                    total=with_unit(f"± {total:.{digits}f}", scale.unit),
                    steps=f"{spread:.{digits}f}",
                    landmarks=half("landmarks", "other_pictures", "by_hand"),
                    camera=half("camera_roll", "camera_distance"),
                    contacts=half("initial_contact", "toe_off", "landing"),
                )
            )
        return found

    def _reason(self, metric: MetricValue) -> str:
        """Why a metric has no value, in words."""
        planes = {clip.detector for clip in self._analysis.clips}
        frontal, sagittal = "frontal" in planes, "sagittal" in planes
        if frontal and sagittal and metric.reason == "wrong_plane":
            return self._wording.reasons["other_side"]
        plane = self._wording.report["planes"]["sagittal" if frontal else "frontal"]
        return self._wording.reasons.get(metric.reason or "", metric.reason or "").format(plane=plane)

    def missing(self) -> list[Missing]:
        """What can't be measured, by reason; a measure missing on both sides is named once."""
        by_reason: dict[str, dict[str, list[str]]] = {}
        for m in self._analysis.metrics:
            if m.value is None:
                own = by_reason.setdefault(self._reason(m), {}).setdefault(self._wording.title(m.name), [])
                own.append(self._wording.words[m.side])
        if len(by_reason) == 1 and all(m.value is None for m in self._analysis.metrics):
            reason = next(iter(by_reason))
            return [Missing("", self._wording.report["report"]["nothing_for_one_reason"].format(reason=reason))]
        return [
            Missing(
                reason,
                "; ".join(title if len(sides) == 2 else f"{title} ({sides[0]})" for title, sides in found.items()),
            )
            for reason, found in by_reason.items()
        ]

    def references(self) -> list[str]:
        """Where each norm in use comes from, how its limits were made, and what to beware of."""
        used = dict.fromkeys(m.norm for m in self._analysis.metrics if m.value is not None and m.norm)
        lines = []
        for name in used:
            norm = self._evidence.norms[name]
            words = self._wording.norms[name]
            how = ", ".join(part for part in (words["method"], words["speed"]) if part)
            detectable = ""
            if norm.smallest_detectable_difference is not None:
                shown = with_unit(f"{norm.smallest_detectable_difference:g}", self._wording.units[norm.unit])
                detectable = " " + self._wording.report["norms"]["detectable"].format(
                    value=self._wording.numbered(shown)
                )
            cautions = " ".join(self._wording.cautions[code] for code in norm.cautions)
            lines.append(
                f"{self._wording.title(name)}: {words['population']}; {how}. "
                + self._wording.report["norms"]["derived"].format(how=words["derived"])
                + f"{detectable} {cautions}".rstrip()
                + f" [{self._cite.of(norm.sources)}]"
            )
        return lines


def key_numbers(rows: list[Row], told: set[str]) -> list[Row]:
    """Three numbers for the first page: what matters most and was not told as a finding, worst side first."""
    chosen: list[Row] = []
    for name in in_order("headline"):
        own = sorted(
            (row for row in rows if row.name == name and name not in told), key=lambda row: -RANK[row.rating_code]
        )
        chosen += own[:1]
    return chosen[:3]
