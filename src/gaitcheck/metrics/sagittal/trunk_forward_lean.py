"""Trunk lean forward, mean over stance.

The angle of the line from hip to shoulder from vertical.

Drawing: shoulder o in front of the hip o: +.
Unit: degrees.
Sign: forward +.
Biased by: camera roll, one to one; shoulder landmarks that follow the arm swing.
Source of the definition: Teng & Powers 2014 (mean over stance).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import from_vertical_deg, in_stance
from gaitcheck.motion import Trajectories


def trunk_forward_lean(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Mean forward lean of one stance, degrees."""
    lean = -from_vertical_deg(trajectories.middle("shoulder"), trajectories.middle("hip"))
    within = in_stance(trajectories, stance, lean)
    return float(within.mean()) if len(within) else float("nan")


METRIC = Metric(
    name="trunk_forward_lean",
    plane="sagittal",
    unit="deg",
    compute=trunk_forward_lean,
    possible=(-20, 45),
    joints=("hip", "shoulder"),
    order=36,
    source_keys=("teng2014",),
    sides="both",
)
