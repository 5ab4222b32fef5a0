"""Knee separation ("knee window") at mid-stance.

The gap between the knee landmarks across the running direction.

Drawing: from behind: o o, the daylight between the knees, centre to centre.
Unit: fraction of leg length; centimetres where height is known.
Sign: + while the knees keep their sides.
Biased by: turning thighs, wide thighs (centres, not skin), an oblique camera.
Source of the definition: clinic pages only, no numeric norm found; heuristic.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_midstance
from gaitcheck.motion import Trajectories


def knee_separation(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Gap between the knees at mid-stance of one stance, leg lengths."""
    gap = trajectories.point("left_knee")[:, 0] - trajectories.point("right_knee")[:, 0]
    return calibration.length(at_midstance(trajectories, stance, gap))


METRIC = Metric(
    name="knee_separation",
    plane="frontal",
    unit="leg_length",
    compute=knee_separation,
    possible=(-0.2, 0.7),
    joints=("knee",),
    order=17,
    source_keys=("heuristic",),
)
