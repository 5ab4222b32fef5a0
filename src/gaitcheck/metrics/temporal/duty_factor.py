"""Duty factor: contact time over stride time of one foot.

Which share of its stride a foot spends on the belt.

Drawing: [====] | share of the span up to the next [.
Unit: fraction.
Sign: above 0.5 is walking.
Biased by: as contact_time.
Source of the definition: van Oeveren 2021.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.motion import Trajectories


def duty_factor(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Duty factor of one stride."""
    if stance.next_own_contact_s is None:
        return float("nan")
    stride = stance.next_own_contact_s - stance.initial_contact_s
    return (stance.toe_off_s - stance.initial_contact_s) / stride


METRIC = Metric(
    name="duty_factor",
    plane="any",
    unit="fraction",
    compute=duty_factor,
    possible=(0.12, 0.62),
    joints=(),
    order=4,
    source_keys=("vanoeveren2021",),
    most_oblique_deg=45.0,
    reads_toe_off=True,
)
