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
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import from_vertical_deg, in_stance, peak, pelvic_drop_deg
from gaitcheck.motion import Trajectories


def hip_adduction(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak hip adduction of one stance, degrees."""
    hip, knee = (trajectories.point(f"{stance.side}_{joint}") for joint in ("hip", "knee"))
    thigh = -stance.sign * from_vertical_deg(hip, knee)
    adduction = thigh + pelvic_drop_deg(trajectories, stance.sign)
    return peak(in_stance(trajectories, stance, adduction))


METRIC = Metric(
    name="hip_adduction",
    plane="frontal",
    unit="deg",
    compute=hip_adduction,
    possible=(-25, 40),
    joints=("hip", "knee"),
    order=13,
    source_keys=("dingenen2018", "bramah2018"),
)
