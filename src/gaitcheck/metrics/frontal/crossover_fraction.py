"""Share of steps whose foot stands across the midline.

1 for a stance whose ankle lies across the pelvis' midline at mid-stance, else 0; the mean is the share.

Drawing: midline | with the left ankle right of it: 1.
Unit: fraction of steps.
Sign: 0 never, 1 always.
Biased by: as foot_placement_offset: near the midline a degree of roll turns many steps over.
Source of the definition: Iskandar 2023 (13 of 44 healthy runners crossed at least once in 18 strides), on
    ankles instead of shoes.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.frontal.foot_placement_offset import METRIC as FOOT_PLACEMENT_OFFSET
from gaitcheck.metrics.geometry import at_midstance, foot_offset_px
from gaitcheck.motion import Trajectories


def crossover_fraction(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """1.0 if this stance crosses the midline, else 0.0."""
    values = foot_offset_px(trajectories, stance.side, stance.sign)
    offset = at_midstance(trajectories, stance, values)
    return float("nan") if np.isnan(offset) else float(offset < 0.0)


METRIC = Metric(
    name="crossover_fraction",
    plane="frontal",
    unit="fraction",
    compute=crossover_fraction,
    possible=(0, 1),
    joints=("hip", "ankle"),
    order=15,
    counts_negative=FOOT_PLACEMENT_OFFSET,
    source_keys=("iskandar2023",),
)
