"""Step width.

Across the running direction, between the ankles of two successive stances, each at its own mid-stance.

Drawing: previous footprint o o this one, seen from behind.
Unit: fraction of leg length; centimetres where height is known.
Sign: + while each foot keeps its own side, - when they pass each other.
Biased by: little: camera roll and the midline cancel. Ankles, not heels or soles.
Source of the definition: Wang 2024 (mediolateral distance between heels at contact), on ankles at mid-stance.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant, at_midstance
from gaitcheck.motion import Trajectories


def step_width(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Distance across between this and the previous footprint, leg lengths."""
    before = stance.previous
    if before is None:
        return float("nan")
    here = at_midstance(trajectories, stance, trajectories.point(f"{stance.side}_ankle")[:, 0])
    there = at_instant(trajectories, trajectories.point(f"{before.side}_ankle")[:, 0], before.midstance_s)
    return calibration.length(stance.sign * (here - there))


METRIC = Metric(
    name="step_width",
    plane="frontal",
    unit="leg_length",
    compute=step_width,
    possible=(-0.3, 0.6),
    joints=("ankle",),
    order=16,
    source_keys=("wang2024",),
    sides="both",
)
