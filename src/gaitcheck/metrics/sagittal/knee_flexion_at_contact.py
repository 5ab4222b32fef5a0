"""Knee flexion at initial contact.

How far hip, knee and ankle are from a straight line.

Drawing: hip o, knee o pushed forward, ankle o: straight is 0.
Unit: degrees.
Sign: flexion +.
Biased by: the instant of contact (the knee bends about 4 degrees in 10 ms); keypoints under-read the knee by
    several degrees.
Source of the definition: Bramah 2018 (norm, 3-D: another zero than a 2-D camera).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant, bend_deg
from gaitcheck.motion import Trajectories


def knee_flexion_at_contact(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Knee flexion at contact, degrees."""
    hip, knee, ankle = (trajectories.point(f"{stance.side}_{joint}") for joint in ("hip", "knee", "ankle"))
    return at_instant(trajectories, bend_deg(hip, knee, ankle), stance.initial_contact_s)


METRIC = Metric(
    name="knee_flexion_at_contact",
    plane="sagittal",
    unit="deg",
    compute=knee_flexion_at_contact,
    possible=(-15, 60),
    joints=("hip", "knee", "ankle"),
    order=32,
    source_keys=("bramah2018",),
)
