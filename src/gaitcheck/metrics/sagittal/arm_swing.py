"""Arm swing: how far the upper arm moves forward and back over a stride.

The range, over one stride of this side's foot, of the angle between the line from shoulder to elbow and vertical.

Drawing: elbow o behind the shoulder, elbow o in front of it: the angle between.
Unit: degrees.
Sign: +.
Biased by: elbows that point away from the body, which a camera beside sees foreshortened; a hand on the rail.
Source of the definition: usage; no study gives limits for it.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import from_vertical_deg
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray

HARMONICS = 2
LEAST_SEEN = 0.8


def _waves(share: FloatArray) -> FloatArray:
    """A constant and the first harmonics (T, 1 + 2 * HARMONICS) at shares of a cycle (T,)."""
    turns = 2 * np.pi * np.outer(share, np.arange(1, HARMONICS + 1))
    return np.hstack([np.ones((len(share), 1)), np.sin(turns), np.cos(turns)])


def cycle_range(share: FloatArray, values: FloatArray) -> float:
    """Range of the smooth cycle through one stride's values (T,); the range of noisy samples would be too large."""
    smooth = _waves(np.linspace(0.0, 1.0, 101)) @ np.linalg.lstsq(_waves(share), values, rcond=None)[0]
    return float(np.ptp(smooth))


def arm_swing(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Range of one arm's swing over one stride, degrees."""
    if stance.next_own_contact_s is None:
        return float("nan")
    start, length = stance.initial_contact_s, stance.next_own_contact_s - stance.initial_contact_s
    window = trajectories.window(start, start + length)
    shoulder, elbow = (trajectories.point(f"{stance.side}_{joint}")[window] for joint in ("shoulder", "elbow"))
    angle = from_vertical_deg(shoulder, elbow)
    seen = np.isfinite(angle)
    if len(seen) == 0 or seen.mean() < LEAST_SEEN:
        return float("nan")
    return cycle_range((trajectories.times_s[window][seen] - start) / length, angle[seen])


METRIC = Metric(
    name="arm_swing",
    plane="sagittal",
    unit="deg",
    compute=arm_swing,
    possible=(2, 150),
    joints=("shoulder", "elbow"),
    order=39,
    source_keys=("heuristic",),
    shifts_with_contact=False,
)
