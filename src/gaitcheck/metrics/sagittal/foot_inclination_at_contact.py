"""Inclination of the foot at initial contact.

The angle of the line heel to toe from where the same line lies at mid-stance, when the sole is flat.

Drawing: toe o higher than heel o: + (rearfoot strike).
Unit: degrees.
Sign: toe up +.
Biased by: the instant of contact (the foot turns 5 degrees in 10 ms); a foot that is not flat at mid-stance.
Source of the definition: Altman & Davis 2012 (strike type), referenced to mid-stance; no cut-off exists.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant, at_midstance, from_horizontal_deg
from gaitcheck.motion import Trajectories


def foot_inclination_at_contact(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Foot from its flat position at contact, degrees."""
    heel, toe = (trajectories.point(f"{stance.side}_{joint}") for joint in ("heel", "foot_index"))
    sole = from_horizontal_deg(heel, toe)
    flat = at_midstance(trajectories, stance, sole)
    return at_instant(trajectories, sole, stance.initial_contact_s) - flat


METRIC = Metric(
    name="foot_inclination_at_contact",
    plane="sagittal",
    unit="deg",
    compute=foot_inclination_at_contact,
    possible=(-50, 60),
    joints=("heel", "foot_index"),
    order=38,
    source_keys=("altman2012",),
)
