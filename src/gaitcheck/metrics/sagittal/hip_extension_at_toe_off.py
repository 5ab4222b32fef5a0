"""Thigh extension at toe-off.

The angle of the thigh from vertical; the pelvis, whose tilt a phone cannot see from the side, is left out.

Drawing: hip o above, knee o behind it: +.
Unit: degrees.
Sign: knee behind the hip +.
Biased by: it is thigh to vertical, not thigh to pelvis; the instant of toe-off; camera roll.
Source of the definition: Souza 2016; no norm exists.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant, from_vertical_deg
from gaitcheck.motion import Trajectories


def hip_extension_at_toe_off(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Thigh behind vertical at toe-off, degrees."""
    hip, knee = (trajectories.point(f"{stance.side}_{joint}") for joint in ("hip", "knee"))
    return at_instant(trajectories, -from_vertical_deg(hip, knee), stance.toe_off_s)


METRIC = Metric(
    name="hip_extension_at_toe_off",
    plane="sagittal",
    unit="deg",
    compute=hip_extension_at_toe_off,
    possible=(-45, 50),
    joints=("hip", "knee"),
    order=35,
    source_keys=("souza2016",),
    reads_toe_off=True,
)
