"""Foot placement: ankle from the pelvis' midline at mid-stance.

Across the running direction, from the point under the middle of the hips to the ankle.

Drawing: midline | o ankle beside it: + on its own side, - across.
Unit: fraction of leg length; centimetres where height is known.
Sign: own side +, across the midline -.
Biased by: camera roll (1 degree is about 1.5 % of leg length, opposite on the two sides) and an oblique
    camera.
Source of the definition: Souza 2016 (crossing seen from behind); in centimetres against the midline no norm
    was found.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Curve, Metric
from gaitcheck.metrics.geometry import at_midstance, foot_offset_px
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.typing import FloatArray


def foot_placement_offset(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Ankle to midline at mid-stance, leg lengths, own side +."""
    values = foot_offset_px(trajectories, stance.side, stance.sign)
    return calibration.length(at_midstance(trajectories, stance, values))


def offset_over_time(motion: Trajectories, side: str, calibration: Calibration) -> FloatArray:
    """Ankle to midline (T,), leg lengths, own side +."""
    return foot_offset_px(motion, side, SIDE_SIGN[side]) / calibration.leg_length_px


METRIC = Metric(
    name="foot_placement_offset",
    plane="frontal",
    unit="leg_length",
    compute=foot_placement_offset,
    possible=(-0.25, 0.35),
    joints=("hip", "ankle"),
    order=14,
    source_keys=("souza2016",),
    curve=Curve("foot_placement_offset", offset_over_time),
    headline=3,
    board=3,
)
