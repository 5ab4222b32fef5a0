"""Curves over stance: what the pictures draw, 0 % initial contact to 100 % toe-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.geometry import (
    bend_deg,
    foot_offset_px,
    from_vertical_deg,
    frontal_plane_projection_deg,
    pelvic_drop_deg,
)
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.typing import FloatArray

PERCENT = np.linspace(0.0, 100.0, 41)


@dataclass(frozen=True)
class Curve:
    """Mean and sd (41,) over the stances of one side. ``metric`` names the value it belongs to."""

    name: str
    metric: str
    side: str
    unit: str
    mean: FloatArray
    sd: FloatArray
    n_strides: int


def _signals(motion: Trajectories, side: str, calibration: Calibration) -> list[tuple[str, str, str, FloatArray]]:
    """(name, metric, unit, values over time) of the view's plane."""
    sign = SIDE_SIGN[side]
    if motion.view.plane == "frontal":
        offset = foot_offset_px(motion, side, sign) / calibration.leg_length_px
        fppa = frontal_plane_projection_deg(motion, side, sign)
        drop = pelvic_drop_deg(motion, sign)
        adduction = drop - sign * from_vertical_deg(motion.point(f"{side}_hip"), motion.point(f"{side}_knee"))
        return [
            ("contralateral_pelvic_drop", "contralateral_pelvic_drop", "deg", drop),
            ("hip_adduction", "hip_adduction", "deg", adduction),
            ("frontal_plane_projection_angle", "frontal_plane_projection_angle", "deg", fppa),
            ("foot_placement_offset", "foot_placement_offset", "leg_length", offset),
        ]
    hip, knee, ankle = (motion.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    return [
        ("knee_flexion", "peak_knee_flexion_in_stance", "deg", bend_deg(hip, knee, ankle)),
        ("shank_inclination", "tibia_inclination_at_contact", "deg", from_vertical_deg(knee, ankle)),
    ]


def stance_curves(motion: Trajectories, stances: list[Stance], side: str, calibration: Calibration) -> list[Curve]:
    """Curves of one side, from levelled motion; stances with gaps are left out."""
    curves = []
    own = [s for s in stances if s.side == side]
    for name, metric, unit, values in _signals(motion, side, calibration):
        rows = []
        for stance in own:
            instants = stance.initial_contact_s + PERCENT / 100 * (stance.toe_off_s - stance.initial_contact_s)
            rows.append(np.interp(instants, motion.times_s, values))
        kept = np.array([row for row in rows if np.isfinite(row).all()])
        if len(kept) >= 2:
            curves.append(Curve(name, metric, side, unit, kept.mean(axis=0), kept.std(axis=0, ddof=1), len(kept)))
    return curves
