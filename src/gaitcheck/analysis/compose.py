"""What every stage found becomes the document: composing, never measuring."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitcheck.advice.judge import Judged
from gaitcheck.advice.risk_factors import RatedEstimate, RiskFactor
from gaitcheck.analysis import document as doc
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.in_picture import DrawnJoints
from gaitcheck.gait.strides import Stance
from gaitcheck.measure import constants
from gaitcheck.metrics import all_metrics
from gaitcheck.metrics.curves import StanceCurve
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.pose.models import model_sha256
from gaitcheck.quality import QualityNote
from gaitcheck.settings import Settings
from gaitcheck.uncertainty import Estimate, Steps, load_error_model
from gaitcheck.views import SeenView

if TYPE_CHECKING:
    from gaitcheck.video import ClipInfo

PACKAGES = ("mediapipe", "numpy", "scipy", "av")


@dataclass(frozen=True)
class Source:
    """Where in a clip a measurement comes from: playback s, how the picture was turned, which of its people."""

    start_s: float
    stop_s: float
    mirrored: bool
    quarter_turns: int
    people: int
    runner: int


@dataclass(frozen=True)
class Filmed:
    """A clip's file, and which part of it was read."""

    clip: ClipInfo
    source: Source


@dataclass(frozen=True)
class Measured:
    """One clip, measured. ``joints`` are those that pictures draw; ``motion`` is levelled."""

    landmarks: Landmarks
    joints: DrawnJoints
    seen: SeenView
    motion: Trajectories
    stances: list[Stance]
    calibration: Calibration
    swaps: int
    sides_probability: float
    estimates: list[Estimate]
    steps: list[Steps]
    curves: list[StanceCurve]
    notes: list[QualityNote]


def symmetry(rated: list[RatedEstimate]) -> list[doc.Symmetry]:
    """Left less right of every metric with two sides, for an interval from both sides' own."""
    by_key = {(r.estimate.metric, r.estimate.side): r for r in rated}
    found = []
    for (name, side), left in by_key.items():
        right = by_key.get((name, "right"))
        if side != "left" or right is None or left.clip != right.clip:
            continue
        a, b = left.estimate.interval, right.estimate.interval
        if a is None or b is None:
            continue
        difference, width = a.value - b.value, float(np.hypot(a.high - a.value, b.high - b.value))
        found.append(
            doc.Symmetry(
                name=name, unit=left.estimate.unit, difference=difference, ci95_low=difference - width,
                ci95_high=difference + width, clear=abs(difference) > width, clip=left.clip,
            )
        )  # fmt: skip
    return found


def measured_of_clip(one: Measured) -> dict[str, Any]:
    """The fields of a clip that measuring fills; its file and the part that was read fill the others."""
    leg_m = one.calibration.leg_length_m
    return {
        "duration_s": float(one.landmarks.times_s[-1]),
        "frames": len(one.landmarks.times_s),
        "view": one.seen.view.name,
        "view_confidence": one.seen.confidence,
        "view_given": one.seen.given,
        "oblique_deg": one.seen.oblique_deg,
        "detector": one.seen.view.plane,
        "leg_length_px": one.calibration.leg_length_px,
        "leg_length_cm": None if leg_m is None else 100 * leg_m,
        "camera_roll_deg": one.calibration.roll_deg,
        "camera_roll_sd_deg": one.calibration.roll_sd_deg,
        "camera_roll_source": one.calibration.roll_source,
        "legs_exchanged_frames": one.swaps,
        "sides_probability": one.sides_probability,
    }


def _clip_value(film: Filmed, one: Measured, model: Path) -> doc.Clip:
    return doc.Clip(
        file=film.clip.name,
        sha256=film.clip.sha256,
        size_bytes=film.clip.size_bytes,
        codec=film.clip.codec,
        width=one.landmarks.width,
        height=one.landmarks.height,
        fps=film.clip.fps,
        capture_fps=film.clip.capture_fps,
        model=model.stem,
        model_sha256=model_sha256(model),
        camera=film.clip.camera,
        slow_motion_source=film.clip.slow_motion_source,
        **measured_of_clip(one),
        **vars(film.source),
    )


def _metric_value(item: RatedEstimate, evidence: Evidence, keys: dict[str, tuple[str, ...]]) -> doc.MetricValue:
    estimate = item.estimate
    norm = evidence.norms.get(estimate.metric)
    sources = [*keys.get(estimate.metric, ()), *(norm.sources if norm else ())]
    return doc.MetricValue(
        name=estimate.metric,
        side=estimate.side,
        unit=estimate.unit,
        value=estimate.value,
        sd=estimate.sd,
        ci95_low=estimate.ci95_low,
        ci95_high=estimate.ci95_high,
        n_strides=estimate.n_strides,
        reason=estimate.reason,
        **dict(item.rating),
        norm=norm.metric if norm else None,
        source_keys=list(dict.fromkeys(sources)),
        clip=item.clip if estimate.value is not None else None,
        uncertainty=estimate.parts,
        untested=estimate.untested,
        off_the_limbs=estimate.off_the_limbs,
        validated=estimate.validated,
        corrected=estimate.corrected,
        value_before=estimate.value_before,
    )


def _factor_value(factor: RiskFactor) -> doc.RiskFactorValue:
    return doc.RiskFactorValue(
        name=factor.name,
        side=factor.side,
        **dict(factor.rating),
        confidence=factor.confidence,
        evidence=list(factor.evidence),
        explanation=factor.explanation,
    )


def judged_fields(judged: Judged) -> dict[str, Any]:
    """The fields of the document that judging fills; measuring fills the others."""
    evidence = load_evidence()
    keys = {metric.name: metric.source_keys for metric in all_metrics()}
    return {
        "metrics": [_metric_value(item, evidence, keys) for item in judged.rated],
        "symmetry": symmetry(judged.rated),
        "risk_factors": [_factor_value(f) for f in judged.factors],
        "findings": [
            doc.FindingValue(
                priority=f.priority,
                risk_factor=f.risk_factor.name,
                side=f.risk_factor.side,
                **dict(f.risk_factor.rating),
                confidence=f.risk_factor.confidence,
                drills=list(f.drills),
            )
            for f in judged.findings
        ],
        "intake": judged.intake,
        "intake_problems": judged.problems,
        "situation": judged.situation,
        "home_tests": judged.tests,
        "context": judged.context,
        "causes": judged.causes,
        "risk_picture": judged.picture,
        "plan": judged.plan,
    }


def estimates_of(metrics: list[doc.MetricValue]) -> list[tuple[Estimate, int]]:
    """The estimates a document was made from, with their clips, so that it can be judged again."""
    return [
        (
            Estimate(
                m.name,
                m.side,
                m.unit,
                m.value,
                m.sd,
                m.ci95_low,
                m.ci95_high,
                m.n_strides,
                m.reason,
                m.uncertainty,
                m.untested,
                m.off_the_limbs,
                m.validated,
                m.corrected,
                m.value_before,
            ),
            0 if m.clip is None else m.clip,
        )
        for m in metrics
    ]


def measured_fields(measured: list[Measured]) -> dict[str, Any]:
    """The fields of the document that follow from measuring alone, without being judged."""
    return {
        "stances": [
            doc.StancePhase(
                clip=k,
                number=s.number,
                side=s.side,
                initial_contact_s=s.initial_contact_s,
                toe_off_s=s.toe_off_s,
                rejected=s.rejected,
            )
            for k, one in enumerate(measured)
            for s in one.stances
        ],
        "curves": [
            doc.CurveValue(
                name=c.name, metric=c.metric, side=c.side, unit=c.unit, mean=c.mean.tolist(), sd=c.sd.tolist(),
                n_strides=c.n_strides, clip=k,
            )
            for k, one in enumerate(measured)
            for c in one.curves
        ],
    }  # fmt: skip


def compose(
    athlete: doc.Athlete,
    visit: doc.Visit,
    films: list[Filmed],
    measured: list[Measured],
    model: Path,
    judged: Judged,
    settings: Settings,
    work_sha256: str,
    presentation: doc.Presentation,
) -> doc.Analysis:
    """The document of one visit."""
    return doc.Analysis(
        schema_version=doc.SCHEMA_VERSION,
        athlete=athlete,
        visit=visit,
        clips=[_clip_value(film, one, model) for film, one in zip(films, measured, strict=True)],
        quality=[doc.Quality(**vars(note), clip=k) for k, one in enumerate(measured) for note in one.notes],
        **judged_fields(judged),
        **measured_fields(measured),
        presentation=presentation,
        provenance=doc.Provenance(
            gaitcheck=version("gaitcheck"),
            analysed_on=dt.date.today(),
            error_model_version=load_error_model().version,
            settings=settings.as_dict(),
            constants=constants(),
            packages={name: version(name) for name in PACKAGES},
            work_sha256=work_sha256,
        ),
    )
