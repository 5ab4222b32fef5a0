"""Largest knee flexion in the first two thirds of stance.

As knee_flexion_at_contact, its largest value before push-off bends the knee again.

Drawing: hip o, knee o pushed furthest forward, ankle o.
Unit: degrees.
Sign: flexion +.
Biased by: keypoints under-read the knee by several degrees; norms of different models differ by 10.
Source of the definition: Souza 2016, Bramah 2018.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import bend_deg, peak
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray


def knee_flexion_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """Knee flexion (T,), degrees."""
    hip, knee, ankle = (motion.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    return bend_deg(hip, knee, ankle)


def peak_knee_flexion_in_stance(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak knee flexion of one stance, degrees."""
    end = stance.initial_contact_s + (stance.toe_off_s - stance.initial_contact_s) * 2 / 3
    flexion = knee_flexion_over_time(trajectories, stance.side, calibration)
    return peak(flexion[trajectories.window(stance.initial_contact_s, end)])


METRIC = Metric(
    name="peak_knee_flexion_in_stance",
    plane="sagittal",
    unit="deg",
    compute=peak_knee_flexion_in_stance,
    possible=(5, 95),
    joints=("hip", "knee", "ankle"),
    order=33,
    source_keys=("souza2016", "bramah2018"),
    curve=Curve("knee_flexion", knee_flexion_over_time),
    headline=7,
)
