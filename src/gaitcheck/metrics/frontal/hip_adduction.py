"""Hip adduction, peak in stance.

The angle of the thigh from the perpendicular to the hip line, as seen along the running direction.

Drawing: hip line -----; the thigh hangs from its end; 90 degrees to the line is 0, thigh toward the midline
    is +.
Unit: degrees.
Sign: adduction +.
Biased by: everything that biases the tilt of the hip line and the hip landmark.
Source of the definition: Dingenen 2018 (2-D hip adduction relates to 3-D), Bramah 2018 (norm, 3-D).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import from_vertical_deg, in_stance, peak, pelvic_drop_deg
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.typing import FloatArray


def adduction_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """Hip adduction (T,), degrees."""
    sign = SIDE_SIGN[side]
    thigh = -sign * from_vertical_deg(motion.point(f"{side}_hip"), motion.point(f"{side}_knee"))
    return thigh + pelvic_drop_deg(motion, sign)


def hip_adduction(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak hip adduction of one stance, degrees."""
    return peak(in_stance(trajectories, stance, adduction_over_time(trajectories, stance.side, calibration)))


METRIC = Metric(
    name="hip_adduction",
    plane="frontal",
    unit="deg",
    compute=hip_adduction,
    possible=(-25, 40),
    joints=("hip", "knee"),
    order=13,
    source_keys=("dingenen2018", "bramah2018"),
    curve=Curve("hip_adduction", adduction_over_time),
)
