"""Inclination of the shank at initial contact.

The angle of the line knee to ankle from vertical.

Drawing: ankle o in front of the knee o: + (the shank leans back).
Unit: degrees.
Sign: ankle ahead of the knee +.
Biased by: the instant of contact (the shank turns fast), camera roll.
Source of the definition: Souza 2016; Dingenen 2018 (reliability); no cut-off exists.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant, from_vertical_deg
from gaitcheck.motion import Trajectories


def tibia_inclination_at_contact(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Shank from vertical at contact, degrees."""
    knee, ankle = (trajectories.point(f"{stance.side}_{joint}") for joint in ("knee", "ankle"))
    return at_instant(trajectories, from_vertical_deg(knee, ankle), stance.initial_contact_s)


METRIC = Metric(
    name="tibia_inclination_at_contact",
    plane="sagittal",
    unit="deg",
    compute=tibia_inclination_at_contact,
    possible=(-30, 40),
    joints=("knee", "ankle"),
    order=31,
    source_keys=("souza2016", "dingenen2018"),
)
