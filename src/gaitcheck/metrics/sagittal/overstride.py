"""Overstride: ankle ahead of the hip at initial contact.

Along the running direction, from the hip joint to the ankle.

Drawing: hip o above, ankle o in front of it: the horizontal gap.
Unit: fraction of leg length; centimetres where height is known.
Sign: ankle ahead +.
Biased by: 5 ms of error in contact move it by about 1.5 % of leg length; camera roll.
Source of the definition: Baker 2024 (trochanter to malleolus); no cut-off exists (Souza 2016).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_instant
from gaitcheck.motion import Trajectories


def overstride(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Ankle ahead of hip at contact, leg lengths."""
    gap = trajectories.point(f"{stance.side}_ankle")[:, 0] - trajectories.point(f"{stance.side}_hip")[:, 0]
    return calibration.length(at_instant(trajectories, gap, stance.initial_contact_s))


METRIC = Metric(
    name="overstride",
    plane="sagittal",
    unit="leg_length",
    compute=overstride,
    possible=(-0.1, 0.6),
    joints=("hip", "ankle"),
    order=30,
    source_keys=("baker2024", "souza2016"),
)
