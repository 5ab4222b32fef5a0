"""Cadence: steps a minute.

Two steps over the time between two successive contacts of the same foot, so that a left-right difference in
step time does not widen its spread.

Drawing: L . R . L along the time axis: two steps.
Unit: steps per minute.
Sign: +.
Biased by: a wrong slow-motion factor, one to one.
Source of the definition: usage; Malisoux 2023 (expected value).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def cadence(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Steps per minute of one stride."""
    if stance.next_own_contact_s is None:
        return float("nan")
    return 120.0 / (stance.next_own_contact_s - stance.initial_contact_s)


METRIC = Metric(
    name="cadence",
    plane="any",
    unit="per_min",
    compute=cadence,
    possible=(110, 250),
    joints=(),
    order=1,
    shifts_with_contact=False,
    source_keys=("malisoux2023",),
    sides="both",
    most_oblique_deg=45.0,
    headline=1,
)
