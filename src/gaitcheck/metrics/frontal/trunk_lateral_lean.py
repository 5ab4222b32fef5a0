"""Trunk lean to the side, peak in stance.

The angle of the line from the middle of the hips to the middle of the shoulders from vertical.

Drawing: shoulders o tilted over the standing foot: +.
Unit: degrees.
Sign: toward the stance side +.
Biased by: camera roll, one to one and with opposite sign on the two sides; a loose shirt.
Source of the definition: Bramah 2018 (norm, 3-D), Dingenen 2018 (2-D).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import from_vertical_deg, in_stance, peak
from gaitcheck.motion import Trajectories


def trunk_lateral_lean(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak trunk lean toward the standing side of one stance, degrees."""
    lean = -stance.sign * from_vertical_deg(trajectories.middle("shoulder"), trajectories.middle("hip"))
    return peak(in_stance(trajectories, stance, lean))


METRIC = Metric(
    name="trunk_lateral_lean",
    plane="frontal",
    unit="deg",
    compute=trunk_lateral_lean,
    possible=(-25, 30),
    joints=("hip", "shoulder"),
    order=18,
    source_keys=("bramah2018", "dingenen2018"),
)
