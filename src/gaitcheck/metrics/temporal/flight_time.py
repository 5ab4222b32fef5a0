"""Flight time: toe-off to the next contact of the other foot.

How long no foot is on the belt, a step.

Drawing: [====] gap [====]
Unit: milliseconds.
Sign: +; 0 or less is walking.
Biased by: as contact_time, with the opposite sign.
Source of the definition: van Oeveren 2021 (aerial time).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def flight_time(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Flight after one stance, ms."""
    if stance.next_contact_s is None:
        return float("nan")
    return 1000.0 * (stance.next_contact_s - stance.toe_off_s)


METRIC = Metric(
    name="flight_time",
    plane="any",
    unit="ms",
    compute=flight_time,
    possible=(-80, 320),
    joints=(),
    order=3,
    source_keys=("vanoeveren2021",),
    most_oblique_deg=45.0,
    reads_toe_off=True,
)
