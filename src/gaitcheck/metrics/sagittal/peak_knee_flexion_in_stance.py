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
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import bend_deg, peak
from gaitcheck.motion import Trajectories


def peak_knee_flexion_in_stance(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak knee flexion of one stance, degrees."""
    hip, knee, ankle = (trajectories.point(f"{stance.side}_{joint}") for joint in ("hip", "knee", "ankle"))
    end = stance.initial_contact_s + (stance.toe_off_s - stance.initial_contact_s) * 2 / 3
    return peak(bend_deg(hip, knee, ankle)[trajectories.window(stance.initial_contact_s, end)])


METRIC = Metric(
    name="peak_knee_flexion_in_stance",
    plane="sagittal",
    unit="deg",
    compute=peak_knee_flexion_in_stance,
    possible=(5, 95),
    joints=("hip", "knee", "ankle"),
    order=33,
    source_keys=("souza2016", "bramah2018"),
)
