"""Vertical oscillation of the trunk over a step.

Highest less lowest middle of hips and shoulders between two contacts.

Drawing: trunk o at the top of flight, o at the bottom of stance: the gap.
Unit: fraction of leg length; centimetres where height is known.
Sign: +.
Biased by: trunk landmarks are not the centre of mass; a camera close by and below looks up.
Source of the definition: van Oeveren 2021.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import peak
from gaitcheck.motion import Trajectories


def vertical_oscillation(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Rise and fall of the trunk over one step, leg lengths."""
    if stance.next_contact_s is None:
        return float("nan")
    height = 0.5 * (trajectories.middle("hip")[:, 1] + trajectories.middle("shoulder")[:, 1])
    step = height[trajectories.window(stance.initial_contact_s, stance.next_contact_s)]
    return calibration.length(peak(step) + peak(-step))


METRIC = Metric(
    name="vertical_oscillation",
    plane="any",
    unit="leg_length",
    compute=vertical_oscillation,
    possible=(0.01, 0.3),
    joints=("hip", "shoulder"),
    order=37,
    source_keys=("vanoeveren2021",),
    sides="both",
    most_oblique_deg=45.0,
)
