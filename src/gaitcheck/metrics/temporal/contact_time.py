"""Contact time: initial contact to toe-off of one foot.

How long a foot stays on the belt.

Drawing: [====] on the time axis of one foot.
Unit: milliseconds.
Sign: +.
Biased by: both ends are estimates (docs/validation.md); low frame rates.
Source of the definition: usage; Malisoux 2023.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def contact_time(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Contact time of one stance, ms."""
    return 1000.0 * (stance.toe_off_s - stance.initial_contact_s)


METRIC = Metric(
    name="contact_time",
    plane="any",
    unit="ms",
    compute=contact_time,
    possible=(90, 480),
    joints=(),
    order=2,
    source_keys=("malisoux2023",),
    most_oblique_deg=45.0,
    reads_toe_off=True,
    headline=6,
)
