"""Stride time: two successive contacts of the same foot.

The length of one whole cycle.

Drawing: L . . L on the time axis.
Unit: milliseconds.
Sign: +.
Biased by: little.
Source of the definition: usage.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def stride_time(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Stride time of one foot, ms."""
    if stance.next_own_contact_s is None:
        return float("nan")
    return 1000.0 * (stance.next_own_contact_s - stance.initial_contact_s)


METRIC = Metric(
    name="stride_time",
    plane="any",
    unit="ms",
    compute=stride_time,
    possible=(460, 1150),
    joints=(),
    order=5,
    shifts_with_contact=False,
    source_keys=("malisoux2023",),
    most_oblique_deg=45.0,
)
