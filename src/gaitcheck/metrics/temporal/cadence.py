"""Cadence: steps a minute.

Sixty seconds over the time between two successive contacts of opposite feet.

Drawing: L . R . L . R along the time axis.
Unit: steps per minute. Sign: +. Biased by: a wrong slow-motion factor, one to one.
Source of the definition: usage; Malisoux 2023 (expected value).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def cadence(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Steps per minute of one step."""
    if stance.next_contact_s is None:
        return float("nan")
    return 60.0 / (stance.next_contact_s - stance.initial_contact_s)


METRIC = Metric(
    name="cadence",
    plane="any",
    unit="per_min",
    compute=cadence,
    joints=(),
    order=1,
    source_keys=("malisoux2023",),
    sides="both",
    most_oblique_deg=45.0,
)
