"""What the report says: analysis and wording become sections with formatted numbers, once for PDF and HTML."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.analysis.document import Analysis, Clip, FindingValue, MetricValue
from gaitcheck.evidence import Drill, Evidence, load_evidence
from gaitcheck.wording import Wording, load_wording
from gaitcheck.wording.loader import decimals

KEY_NUMBERS = (
    "cadence",
    "frontal_plane_projection_angle",
    "foot_placement_offset",
    "tibia_inclination_at_contact",
    "contact_time",
)
LEADING_METRIC = {
    "knee_valgus": "frontal_plane_projection_angle",
    "crossover_gait": "foot_placement_offset",
    "contralateral_pelvic_drop": "contralateral_pelvic_drop",
    "hip_adduction": "hip_adduction",
    "overstride": "tibia_inclination_at_contact",
    "low_cadence": "cadence",
}  # fmt: skip
MOST_FINDINGS = 3


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
    rating_code: str
    shown: str
    norm: str
    sources: str
    direction: str
    clip: str


@dataclass(frozen=True)
class Told:
    """One finding in words."""

    title: str
    sentence: str
    number: str
    sure: str
    meaning: str
    rating: str
    rating_code: str
    side: str


@dataclass(frozen=True)
class DrillText:
    """One drill in words."""

    title: str
    cue: str
    how: str
    dose: str
    progression: str
    stop: str
    strength: str
    sources: str


@dataclass(frozen=True)
class Missing:
    """A reason, and the measures it takes away."""

    reason: str
    names: str


@dataclass(frozen=True)
class Content:
    """The whole report in words."""

    title: str
    athlete: str
    subtitle: str
    headline: str
    findings: list[Told]
    undecided: str
    drills: list[DrillText]
    load: str
    stop: str
    review: str
    key_numbers: list[Row]
    rows: list[Row]
    missing: list[Missing]
    symmetry: list[str]
    quality: list[str]
    method: str
    limits: str
    sources: list[str]
    labels: dict[str, str]


@dataclass(frozen=True)
class _Scale:
    """How a unit is printed: factor and name."""

    factor: float
    unit: str


class Writer:
    """Makes the content of one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording | None = None, evidence: Evidence | None = None) -> None:
        self.analysis = analysis
        self.wording = wording or load_wording()
        self.evidence = evidence or load_evidence()
        self._cited: list[str] = []

    def scale(self, unit: str, clip: Clip | None) -> _Scale:
        """Percent for shares; centimetres for lengths where body height is known."""
        units = self.wording.units
        if unit == "leg_length" and clip is not None and clip.leg_length_cm is not None:
            return _Scale(clip.leg_length_cm, units["cm"])
        if unit in ("leg_length", "fraction"):
            return _Scale(100.0, units[unit])
        return _Scale(1.0, units.get(unit, unit))

    def _number(self, key: str) -> int:
        """The printed number of a source; numbered as cited."""
        if key not in self._cited:
            self._cited.append(key)
        return self._cited.index(key) + 1

    def _cite(self, keys: list[str] | tuple[str, ...]) -> str:
        return ", ".join(str(self._number(key)) for key in keys)

    def row(self, metric: MetricValue) -> Row:
        """A metric's line."""
        words = self.wording.words
        clip = None if metric.clip is None else self.analysis.clips[metric.clip]
        scale = self.scale(metric.unit, clip)
        norm = self.evidence.norms.get(metric.norm or "")
        value = interval = direction = ""
        if metric.value is not None and metric.ci95_low is not None and metric.ci95_high is not None:
            half = scale.factor * (metric.ci95_high - metric.ci95_low) / 2
            digits = decimals(half)
            value = f"{scale.factor * metric.value:z.{digits}f}"
            interval = f"{scale.factor * metric.ci95_low:z.{digits}f} to {scale.factor * metric.ci95_high:z.{digits}f}"
            direction = self.wording.direction(metric.name, metric.value)
        elif metric.reason is not None:
            value = self.reason(metric)
        return Row(
            name=metric.name,
            title=self.wording.title(metric.name),
            side=words[metric.side],
            value=value,
            unit=scale.unit,
            interval=interval,
            strides=str(metric.n_strides),
            rating=words[metric.rating],
            rating_code=metric.rating,
            shown=with_unit(value, scale.unit),
            norm=norm.text if norm else "",
            sources=self._cite(metric.source_keys),
            direction=direction,
            clip=clip.view if clip else "",
        )

    def reason(self, metric: MetricValue) -> str:
        """Why a metric has no value, in words."""
        views = {clip.view for clip in self.analysis.clips}
        plane = "side" if views & {"rear", "front"} else "rear or front"
        text = self.wording.reasons.get(metric.reason or "", metric.reason or "")
        return text.format(plane=plane)

    def _lead(self, finding: FindingValue) -> MetricValue | None:
        name = LEADING_METRIC.get(finding.risk_factor, "")
        return self.analysis.metric(name, finding.side) or self.analysis.metric(name, "both")

    def told(self, finding: FindingValue) -> Told:
        """One finding in words, with its number and how sure it is."""
        table, words = self.wording.risk_factors[finding.risk_factor], self.wording.words
        number = sure = ""
        lead = self._lead(finding)
        if lead is not None and lead.value is not None:
            row = self.row(lead)
            number = f"{row.title}: {with_unit(_signless(row), row.unit)}" + (
                f", {row.direction}" if row.direction else ""
            )
            low, high = row.interval.split(" to ")
            sure = self.wording.report["how_sure"].format(
                confidence=words[finding.confidence],
                n=row.strides,
                low=low,
                high=high,
                unit=row.unit if row.unit == "°" else f" {row.unit}",
            )
        return Told(
            title=table["title"],
            sentence=table[finding.rating].format(side=words[finding.side]),
            number=number,
            sure=sure,
            meaning=table["meaning"],
            rating=words[finding.rating],
            rating_code=finding.rating,
            side=words[finding.side],
        )

    def drill(self, drill: Drill) -> DrillText:
        """One drill in words, with the cadence to aim at where it is known."""
        how = drill.how
        cadence = self.analysis.metric("cadence", "both")
        if drill.name == "step_rate" and cadence is not None and cadence.value is not None:
            how += f" For you that is {1.05 * cadence.value:.0f} to {1.10 * cadence.value:.0f} steps per minute."
        return DrillText(
            drill.title,
            drill.cue,
            how,
            drill.dose,
            drill.progression,
            drill.stop,
            drill.strength,
            self._cite(drill.sources),
        )

    def symmetry(self) -> list[str]:
        """Clear differences between the sides, in words."""
        lines = []
        for item in self.analysis.symmetry:
            if not item.clear:
                continue
            scale = self.scale(item.unit, self.analysis.clips[item.clip])
            half = scale.factor * (item.ci95_high - item.ci95_low) / 2
            digits = decimals(half)
            larger = self.wording.words["left" if item.difference > 0 else "right"]
            lines.append(
                f"{self.wording.title(item.name)}: {larger} larger by {scale.factor * abs(item.difference):.{digits}f} "
                f"± {with_unit(f'{half:.{digits}f}', scale.unit)}"
            )
        return lines

    def subtitle(self) -> str:
        """When, from where, how long, how fast."""
        parts = [f"Analysed {self.analysis.provenance.analysed_on}"]
        for clip in self.analysis.clips:
            parts.append(f"{clip.view} view, {clip.duration_s:.1f} s at {clip.capture_fps:.0f} fps")
        if self.analysis.athlete.speed_kmh is not None:
            parts.append(f"{self.analysis.athlete.speed_kmh:g} km/h")
        if self.analysis.athlete.height_cm is not None:
            parts.append(f"{self.analysis.athlete.height_cm:g} cm tall")
        return " · ".join(parts)

    def headline(self, found: list[Told]) -> str:
        """The first line a runner reads."""
        if found:
            return found[0].sentence
        ratings = {f.rating for f in self.analysis.risk_factors}
        if ratings == {"not_rated"}:
            return self.wording.report["nothing_measurable"]
        return self.wording.report["nothing_decided" if "borderline" in ratings else "nothing_found"]

    def undecided(self) -> str:
        """Risk factors whose interval spans a limit, in one sentence, or nothing."""
        words = self.wording.words
        sides: dict[str, list[str]] = {}
        for factor in self.analysis.risk_factors:
            if factor.explanation == "borderline_interval":
                sides.setdefault(factor.name, []).append(words[factor.side])
        names = [f"{self.wording.risk_factors[n]['title'].lower()} ({', '.join(s)})" for n, s in sides.items()]
        return self.wording.report["undecided"].format(names="; ".join(names)) if names else ""

    def write(self) -> Content:
        """The whole report."""
        report = self.wording.report
        analysis = self.analysis
        found = [self.told(finding) for finding in analysis.findings]
        by_name = {drill.name: drill for drill in self.evidence.drills}
        rows = [self.row(m) for m in analysis.metrics if m.value is not None]
        missing = _missing([self.row(m) for m in analysis.metrics if m.value is None])
        drills = [self.drill(by_name[name]) for name in analysis.plan.drills]
        detectors = {"frontal": "trunk's fall and toe's lowest point", "sagittal": "foot at belt speed"}
        method = report["method_text"].format(
            model=", ".join(dict.fromkeys(c.model for c in analysis.clips)),
            cutoff=analysis.provenance.settings["smoothing_cutoff_hz"],
            detector=", ".join(dict.fromkeys(detectors[c.detector] for c in analysis.clips)),
            version=analysis.provenance.error_model_version,
        )
        return Content(
            title=report["title"],
            athlete=analysis.athlete.name,
            subtitle=self.subtitle(),
            headline=self.headline(found),
            findings=found[:MOST_FINDINGS],
            undecided=self.undecided(),
            drills=drills,
            load=report[analysis.plan.load],
            stop=report["stop"],
            review=report["review"].format(date=analysis.plan.review_date),
            key_numbers=_key_numbers(rows),
            rows=rows,
            missing=missing,
            symmetry=self.symmetry(),
            quality=[self.wording.note(q.code, q.parameters) for q in analysis.quality],
            method=method,
            limits=report["not_a_diagnosis"],
            sources=[f"[{k + 1}] {self._source(key)}" for k, key in enumerate(self._cited)],
            labels=report,
        )

    def _source(self, key: str) -> str:
        source = self.evidence.sources.get(key)
        if source is None:
            return key
        doi = f", doi:{source.doi}" if source.doi else ""
        return f"{source.citation}{doi} (read: {source.read}; strength: {source.strength})"


def with_unit(value: str, unit: str) -> str:
    """A value with its unit; the degree sign stands close."""
    return f"{value}{unit}" if unit == "°" else f"{value} {unit}"


def _signless(row: Row) -> str:
    """The value without its sign where the direction is said in words."""
    return row.value.lstrip("-") if row.direction else row.value


def _missing(rows: list[Row]) -> list[Missing]:
    """What can't be measured, by reason; a measure missing on both sides is named once."""
    by_reason: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        by_reason.setdefault(row.value, {}).setdefault(row.title, []).append(row.side)
    return [
        Missing(
            reason, "; ".join(title if len(sides) == 2 else f"{title} ({sides[0]})" for title, sides in found.items())
        )
        for reason, found in by_reason.items()
    ]


def _key_numbers(rows: list[Row]) -> list[Row]:
    """Three numbers for the first page: the metrics that matter most, worst side first."""
    rank = {"of_concern": 0, "borderline": 1, "typical": 2, "not_rated": 3}
    chosen: list[Row] = []
    for name in KEY_NUMBERS:
        own = sorted((row for row in rows if row.name == name), key=lambda row: rank[row.rating_code])
        chosen += own[:1]
    return chosen[:3]
