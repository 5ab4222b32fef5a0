"""Contralateral pelvic drop, peak in stance.

How far the hip of the swinging leg sinks below the hip of the standing leg: the tilt of the line between the
hip joint centres, roll of the camera taken out.

Drawing: standing hip o___ swinging hip o lower: +.
Unit: degrees.
Sign: swing side lower +.
Biased by: camera roll, one to one and with opposite sign on the two sides; landmarks that do not follow the
    pelvis (raw MediaPipe hips: r = 0.1-0.3 with the truth): what is shown is read from the whole body, and drawn toward
    the middle of what was learned. The hip-centre line is not the line of the iliac
    spines: on three mocap runners the two differ by up to 3 degrees.
Source of the definition: Bramah 2018 (norm, 3-D), Dingenen 2018 (2-D).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import in_stance, peak, pelvic_drop_deg
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.typing import FloatArray


def contralateral_pelvic_drop(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak contralateral pelvic drop of one stance, degrees."""
    values = pelvic_drop_deg(trajectories, stance.sign)
    return peak(in_stance(trajectories, stance, values))


def drop_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """Contralateral pelvic drop (T,) as if ``side`` stood, degrees."""
    return pelvic_drop_deg(motion, SIDE_SIGN[side])


METRIC = Metric(
    name="contralateral_pelvic_drop",
    plane="frontal",
    unit="deg",
    compute=contralateral_pelvic_drop,
    possible=(-20, 25),
    joints=("hip",),
    order=12,
    source_keys=("bramah2018", "dingenen2018"),
    curve=Curve("contralateral_pelvic_drop", drop_over_time),
    headline=5,
    board=1,
)
