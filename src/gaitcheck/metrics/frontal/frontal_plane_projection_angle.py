"""Frontal-plane projection angle (FPPA) at mid-stance.

The angle between thigh and shank as seen along the running direction, perspective taken out, mean of the
middle fifth of stance.

Drawing: hip o-- down to knee o-- down to ankle; straight is 0, knee inside the hip-ankle line is valgus.
Unit: degrees.
Sign: valgus +, varus -.
Biased by: turning of thigh and foot (it is a projection, not knee abduction), an oblique camera, and
    landmarks off the joint centres by a few degrees of varus (see error_model.toml).
Source of the definition: de Vasconcelos 2022 (running), Dingenen 2018 (mid-stance, 2-D).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import at_midstance, frontal_plane_projection_deg
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.typing import FloatArray


def frontal_plane_projection_angle(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """FPPA of one stance, degrees, valgus +."""
    values = frontal_plane_projection_deg(trajectories, stance.side, stance.sign)
    return at_midstance(trajectories, stance, values)


def angle_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """FPPA (T,), degrees, valgus +."""
    return frontal_plane_projection_deg(motion, side, SIDE_SIGN[side])


METRIC = Metric(
    name="frontal_plane_projection_angle",
    plane="frontal",
    unit="deg",
    compute=frontal_plane_projection_angle,
    possible=(-45, 45),
    joints=("hip", "knee", "ankle"),
    order=10,
    source_keys=("vasconcelos2022", "dingenen2018"),
    curve=Curve("frontal_plane_projection_angle", angle_over_time),
    headline=2,
    board=2,
)
