"""What has changed between two visits of one runner: real change, within noise, or can't tell.

The difference of two values carries the errors of both; its 95 % interval is made from theirs side by side (MOVER,
Zou & Donner 2008), so that shares of steps with lopsided intervals are treated alike. The smallest change that this
pair of clips can show is the arm of that interval toward zero. Errors that both visits share (same body, same model)
would cancel; they are kept, so the threshold is on the safe side (benchmarks/retest.py measures by how much), but for
what is allowed for pictures of another kind than those learned from: both visits' are of the same kind. Where the
literature gives a smallest detectable difference, a change must pass that one as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from gaitcheck.advice.rating import TWO_SIDED_Z
from gaitcheck.analysis.document import Analysis, Clip, MetricValue
from gaitcheck.evidence import Evidence, Limits, load_evidence
from gaitcheck.metrics import Metric, all_metrics
from gaitcheck.uncertainty.interval import Interval

if TYPE_CHECKING:
    import pandas as pd

SAME_SPEED_KMH = 0.5
"""Belts show tenths and drift by about as much; heuristic."""
SAME_OBLIQUE_DEG = 8.0
SAME_SIZE = 1.25
"""Camera angle and size of the runner in the picture that count as the same place; heuristics."""
CHANCE = 0.05
WIDEST_SHARE = 0.5

Verdict = Literal["real", "noise", "open"]
Way = Literal["toward", "away", "neither"]


@dataclass(frozen=True)
class Pair:
    """One metric of one side in both visits, in the metric's unit."""

    metric: str
    old: Interval
    new: Interval


@dataclass(frozen=True)
class Difference:
    """New less old, its 95 % interval, and what decides.

    ``own`` is the smallest change these two clips can show, ``literature`` that of careful 2-D video, where one was
    found; ``threshold`` is the larger.
    """

    difference: float
    low: float
    high: float
    own: float
    literature: float | None
    threshold: float
    verdict: Verdict


@dataclass(frozen=True)
class Change:
    """One metric of one side in two visits. ``reasons`` are codes why nothing can be told."""

    metric: str
    side: str
    unit: str
    old: MetricValue
    new: MetricValue
    difference: Difference | None
    verdict: Verdict
    way: Way
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Confounder:
    """Something other than the runner that differs between the visits: a code and what both say."""

    code: str
    old: str
    new: str


FRAME_COLUMNS = (
    "metric", "side", "unit", "old", "new", "difference", "low", "high", "threshold", "verdict", "way", "reasons",
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Two visits side by side; ``by_chance`` is how many of the compared values chance alone would move."""

    old: Analysis
    new: Analysis
    changes: tuple[Change, ...]
    warnings: tuple[Confounder, ...]
    by_chance: float

    def __repr__(self) -> str:
        """How many values really changed, and what else differs; the table is ``to_frame``."""
        counts = ", ".join(f"{len(self.of(v))} {v}" for v in get_args(Verdict))
        also = f"; also differ: {', '.join(w.code for w in self.warnings)}" if self.warnings else ""
        return f"<Comparison of {self.old.day} and {self.new.day}: {counts}{also}>"

    def to_frame(self) -> pd.DataFrame:
        """Every value of both visits as a tidy table.

        Returns
        -------
        DataFrame
            One row a metric and side: ``metric``, ``side``, ``unit``, ``old``, ``new``, their ``difference`` with its
            95 % interval ``low`` to ``high``, the smallest that would be real (``threshold``), the ``verdict`` (real,
            noise, open), its ``way`` (toward or away from typical) and ``reasons`` why nothing can be told.
        """
        import pandas as pd

        rows = []
        for change in self.changes:
            told = change.difference
            row = (change.metric, change.side, change.unit, change.old.value, change.new.value)
            spread = (None,) * 4 if told is None else (told.difference, told.low, told.high, told.threshold)
            rows.append((*row, *spread, change.verdict, change.way, "; ".join(change.reasons)))
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS))

    def of(self, verdict: Verdict) -> list[Change]:
        """The changes with a verdict."""
        return [change for change in self.changes if change.verdict == verdict]


def judge_change(pair: Pair, evidence: Evidence) -> Difference:
    """The difference of one value between two visits that can be compared.

    Beyond what the clips can show but not beyond what a runner differs by between days is open, not noise.
    """
    (old, old_low, old_high), (new, new_low, new_high) = pair.old, pair.new
    difference = new - old
    low = difference - float(np.hypot(new - new_low, old_high - old))
    high = difference + float(np.hypot(new_high - new, old - old_low))
    own = difference - low if difference >= 0 else high - difference
    norm = evidence.norms.get(pair.metric)
    literature = norm.smallest_detectable_difference if norm is not None else None
    threshold = max(own, literature or 0.0)
    verdict: Verdict = "noise" if abs(difference) <= own else "real" if abs(difference) > threshold else "open"
    return Difference(difference, low, high, own, literature, threshold, verdict)


def _beyond(value: float, limits: Limits) -> float:
    """How far a value lies outside its typical range."""
    over = value - limits.borderline_high if limits.borderline_high is not None else 0.0
    under = limits.borderline_low - value if limits.borderline_low is not None else 0.0
    return max(over, under, 0.0)


def _way(pair: Pair, analysis: Analysis, evidence: Evidence) -> Way:
    """Toward what is typical, away from it, or neither: a value within its range has nowhere to go."""
    norm = evidence.norms.get(pair.metric)
    if norm is None:
        return "neither"
    limits = norm.limits_for(analysis.athlete.sex, analysis.context.of(norm.metric))
    moved = _beyond(pair.new[0], limits) - _beyond(pair.old[0], limits)
    return "neither" if moved == 0 else "away" if moved > 0 else "toward"


def _clip_of(analysis: Analysis, metric: MetricValue) -> Clip | None:
    return None if metric.clip is None else analysis.clips[metric.clip]


def _speeds_differ(old: Analysis, new: Analysis) -> bool:
    speeds = (old.athlete.speed_kmh, new.athlete.speed_kmh)
    return speeds[0] is not None and speeds[1] is not None and abs(speeds[0] - speeds[1]) > SAME_SPEED_KMH


def _spans_scale(share: MetricValue) -> bool:
    """Whether the interval of a share of steps takes more than half of all there could be."""
    return share.interval is None or 2 * share.interval.half > WIDEST_SHARE


def _reasons(
    old: Analysis, new: Analysis, before: MetricValue, after: MetricValue, metric: Metric | None
) -> tuple[str, ...]:
    """Why two values can't be compared, as codes; ``metric`` is None where no file declares it any more."""
    if before.value is None or after.value is None:
        both = before.value is None and after.value is None
        return ("missing_both" if both else "missing_old" if before.value is None else "missing_new",)
    clips = _clip_of(old, before), _clip_of(new, after)
    bound = metric is not None and metric.plane != "any"
    share = metric is not None and metric.counts_negative is not None
    found = {
        "view": bound and clips[0] is not None and clips[1] is not None and clips[0].view != clips[1].view,
        "speed": _speeds_differ(old, new),
        "version": old.provenance.error_model_version != new.provenance.error_model_version,
        "too_wide": share and any(_spans_scale(m) for m in (before, after)),
        "model": len({clip.model_sha256 for clip in clips if clip is not None}) > 1,
    }
    return tuple(code for code, holds in found.items() if holds)


def _own_part(metric: MetricValue) -> Interval | None:
    """A value with its interval, less what both visits share."""
    known = metric.interval
    if known is None:
        return None
    shared = TWO_SIDED_Z * metric.uncertainty.get("other_pictures", 0.0)
    arms = (known.value - known.low, known.high - known.value)
    below, above = (float(np.sqrt(max(arm**2 - shared**2, 0.0))) for arm in arms)
    return Interval(known.value, known.value - below, known.value + above)


def _change(
    old: Analysis, new: Analysis, before: MetricValue, after: MetricValue, metric: Metric | None, evidence: Evidence
) -> Change:
    reasons, values = _reasons(old, new, before, after, metric), (_own_part(before), _own_part(after))
    difference: Difference | None = None
    verdict: Verdict = "open"
    way: Way = "neither"
    if values[0] is not None and values[1] is not None:
        pair = Pair(after.name, values[0], values[1])
        difference = judge_change(pair, evidence)
        if difference.verdict == "open" and not reasons:
            reasons = ("below_literature",)
        if not reasons:
            verdict = difference.verdict
            way = _way(pair, new, evidence) if verdict == "real" else "neither"
    return Change(
        metric=after.name, side=after.side, unit=after.unit, old=before, new=after, difference=difference,
        verdict=verdict, way=way, reasons=reasons,
    )  # fmt: skip


def _cameras(old: Analysis, new: Analysis) -> Confounder | None:
    """Another phone, another picture, or another place of it."""

    views = {c.view for c in old.clips} & {c.view for c in new.clips}
    clips = [sorted((c for c in a.clips if c.view in views), key=lambda c: c.view) for a in (old, new)]
    said = [
        ", ".join(
            " ".join(filter(None, (c.camera, f"{c.width} x {c.height} px at {c.capture_fps:.0f} fps"))) for c in own
        )
        for own in clips
    ]
    if said[0] != said[1]:
        return Confounder("camera", said[0], said[1])
    sizes = [[c.leg_length_px / max(c.height, 1) for c in own] for own in clips]
    angles = [[c.oblique_deg for c in own] for own in clips]
    moved = any(abs(a - b) > SAME_OBLIQUE_DEG for a, b in zip(*angles, strict=False))
    nearer = any(max(a, b) > SAME_SIZE * min(a, b) for a, b in zip(*sizes, strict=False))
    return Confounder("camera_place", "", "") if moved or nearer else None


def _speed(old: Analysis, new: Analysis) -> Confounder | None:
    speeds = [a.athlete.speed_kmh for a in (old, new)]
    shown = ["" if s is None else f"{s:g} km/h" for s in speeds]
    if None in speeds:
        return Confounder("speed_unknown", *shown)
    return Confounder("speed", *shown) if _speeds_differ(old, new) else None


def _shoes(old: Analysis, new: Analysis) -> Confounder | None:
    shoes = old.visit.shoes, new.visit.shoes
    told = new.intake is not None and new.intake.shoes.changed_lately
    if told or (all(shoes) and shoes[0].casefold() != shoes[1].casefold()):
        return Confounder("shoes", *shoes)
    return None if all(shoes) else Confounder("shoes_unknown", *shoes)


def find_warnings(old: Analysis, new: Analysis) -> tuple[Confounder, ...]:
    """What besides the runner may differ between two visits."""
    views = [" and ".join(c.view for c in a.clips) for a in (old, new)]
    names = [a.athlete.name for a in (old, new)]
    same = {c.sha256 for c in old.clips} & {c.sha256 for c in new.clips}
    found = (
        Confounder("another_name", *names) if names[0] != names[1] else None,
        Confounder("same_clip", "", "") if same else None,
        Confounder("corrected", str(len(old.corrections)), str(len(new.corrections)))
        if old.corrections or new.corrections
        else None,
        Confounder("order", str(old.day), str(new.day)) if old.day > new.day else None,
        Confounder("same_day", str(old.day), str(new.day)) if old.day == new.day and not same else None,
        Confounder("view", *views) if sorted(c.view for c in old.clips) != sorted(c.view for c in new.clips) else None,
        _speed(old, new),
        _shoes(old, new),
        _cameras(old, new),
    )
    return tuple(warning for warning in found if warning is not None)


def compare_visits(old: Analysis, new: Analysis, evidence: Evidence) -> Comparison:
    """Every metric of every side that either visit holds, in the metrics' own order."""
    metrics = all_metrics()
    order = {metric.name: k for k, metric in enumerate(metrics)}
    by_name = {metric.name: metric for metric in metrics}
    keys = dict.fromkeys((m.name, m.side) for a in (new, old) for m in a.metrics)
    changes = []
    for name, side in sorted(keys, key=lambda key: (order.get(key[0], len(order)), key[0], key[1])):
        before, after = old.metric(name, side), new.metric(name, side)
        if before is not None and after is not None:
            changes.append(_change(old, new, before, after, by_name.get(name), evidence))
    tried = sum(not change.reasons or change.reasons == ("below_literature",) for change in changes)
    return Comparison(old, new, tuple(changes), find_warnings(old, new), CHANCE * tried)


def compare(old: Analysis, new: Analysis) -> Comparison:
    """Compare two visits of one runner against the evidence shipped with this version."""
    return compare_visits(old, new, load_evidence())
