"""Curves over stance: what the pictures draw, 0 % initial contact to 100 % toe-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import all_metrics
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray

PERCENT = np.linspace(0.0, 100.0, 41)


@dataclass(frozen=True)
class StanceCurve:
    """Mean and sd (41,) over the stances of one side. ``metric`` names the value it belongs to."""

    name: str
    metric: str
    side: str
    unit: str
    mean: FloatArray
    sd: FloatArray
    n_strides: int


def stance_curves(
    motion: Trajectories, stances: list[Stance], side: str, calibration: Calibration
) -> list[StanceCurve]:
    """Curves of one side, from levelled motion; stances with gaps are left out.

    Parameters
    ----------
    motion
        Levelled, corrected.
    stances
        Of both sides; those that a hand rejected don't count.
    side
        left or right.
    calibration
        Scale and roll.

    Returns
    -------
    list[StanceCurve]
        One curve a metric of the plane that declares one and has two whole stances.
    """
    curves = []
    own = [s for s in stances if s.side == side and not s.rejected]
    for metric in all_metrics():
        if metric.curve is None or metric.plane not in ("any", motion.view.plane):
            continue
        values = metric.curve.values(motion, side, calibration)
        rows = []
        for stance in own:
            instants = stance.initial_contact_s + PERCENT / 100 * (stance.toe_off_s - stance.initial_contact_s)
            rows.append(np.interp(instants, motion.times_s, values))
        kept = np.array([row for row in rows if np.isfinite(row).all()])
        if len(kept) >= 2:
            mean, sd = kept.mean(axis=0), kept.std(axis=0, ddof=1)
            curves.append(StanceCurve(metric.curve.name, metric.name, side, metric.unit, mean, sd, len(kept)))
    return curves
