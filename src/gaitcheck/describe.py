"""What a measurement of one clip becomes: what is drawn, noted, tabled and judged of it."""

from __future__ import annotations

from dataclasses import replace

from gaitcheck.analysis.compose import Measured
from gaitcheck.analysis.kept import ClipTracks, StrideValue
from gaitcheck.gait.in_picture import joints_in_picture
from gaitcheck.measure import Measurement, steps_of
from gaitcheck.metrics import all_metrics
from gaitcheck.metrics.curves import stance_curves
from gaitcheck.quality import QualityNote, clip_notes, gait_notes, joint_notes
from gaitcheck.settings import Settings
from gaitcheck.uncertainty import Estimate, load_error_model


def describe(reading: Measurement, model: str, film_notes: list[QualityNote], settings: Settings) -> Measured:
    """Everything that the document and its tables hold of one clip.

    Parameters
    ----------
    model
        The pose model's name.
    film_notes
        What is known of the film itself; what limits picture, gait and joints is added.
    """
    landmarks, seen, plane, stances = reading.landmarks, reading.seen, reading.plane, reading.stances
    sides = seen.view.visible_sides
    drawn = [c for side in sides for c in stance_curves(plane.motion, stances, side, plane.calibration)]
    # Values have their bias taken out; a curve drawn beside them says the same.
    errors, view = load_error_model(), seen.view.name
    curves = [replace(c, mean=c.mean - errors.bias(c.metric, view, plane.corrected)) for c in drawn]
    joints = joints_in_picture(landmarks, reading.motion, plane, stances, model, reading.shift_px)
    poor = joint_notes(joints.off_px, landmarks.times_s, stances, sides, plane.calibration.leg_length_px)
    notes = [
        *film_notes,
        *clip_notes(landmarks, seen, reading.facing, reading.swaps, settings),
        *gait_notes(stances, plane, settings),
        *poor,
    ]
    reads_joints = {metric.name for metric in all_metrics() if metric.joints}
    estimates = [replace(e, off_the_limbs=bool(poor) and e.metric in reads_joints) for e in reading.estimates]
    return Measured(
        landmarks=landmarks,
        joints=joints,
        seen=seen,
        motion=plane.motion,
        stances=stances,
        calibration=plane.calibration,
        swaps=reading.swaps,
        sides_probability=reading.sides_probability,
        estimates=estimates,
        steps=steps_of(estimates, plane, stances, errors),
        curves=curves,
        notes=notes,
    )


def best(measured: list[Measured]) -> list[tuple[Estimate, int]]:
    """For each metric and side the clip that measures it best: a value, then the narrowest interval."""
    chosen: dict[tuple[str, str], tuple[Estimate, int]] = {}

    def width(estimate: Estimate) -> float:
        return float("inf") if estimate.interval is None else 2 * estimate.interval.half

    for index, one in enumerate(measured):
        for estimate in one.estimates:
            key = (estimate.metric, estimate.side)
            if key not in chosen or width(estimate) < width(chosen[key][0]):
                chosen[key] = (estimate, index)
    return list(chosen.values())


def tracks(measured: list[Measured]) -> ClipTracks:
    """What tables beside the document are written from."""
    rows = []
    for clip, one in enumerate(measured):
        for steps in one.steps:
            for k, s in enumerate(steps.stances):
                rows.append(
                    StrideValue(
                        clip,
                        s.number,
                        s.side,
                        s.initial_contact_s,
                        s.toe_off_s,
                        steps.metric,
                        steps.unit,
                        float(steps.values[k]),
                        float(steps.raw[k]),
                        bool(steps.counted[k]),
                    )
                )
    return ClipTracks(tuple(rows), tuple(one.landmarks for one in measured), tuple(one.joints for one in measured))
