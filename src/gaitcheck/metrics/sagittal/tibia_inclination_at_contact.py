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
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import at_instant, from_vertical_deg
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray


def shank_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """Shank from vertical (T,), degrees."""
    return from_vertical_deg(motion.point(f"{side}_knee"), motion.point(f"{side}_ankle"))


def tibia_inclination_at_contact(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Shank from vertical at contact, degrees."""
    inclination = shank_over_time(trajectories, stance.side, calibration)
    return at_instant(trajectories, inclination, stance.initial_contact_s)


METRIC = Metric(
    name="tibia_inclination_at_contact",
    plane="sagittal",
    unit="deg",
    compute=tibia_inclination_at_contact,
    possible=(-30, 40),
    joints=("knee", "ankle"),
    order=31,
    source_keys=("souza2016", "dingenen2018"),
    curve=Curve("shank_inclination", shank_over_time),
    headline=4,
    board=4,
)
