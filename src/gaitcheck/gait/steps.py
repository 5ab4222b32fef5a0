"""The rhythm of the trunk: one lowest point a step, whatever the view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import RunnerError
from gaitcheck.motion import Trajectories
from gaitcheck.takes.rhythm import lowest_points, strongest_rhythm

FloatArray = NDArray[np.float64]

LEAST_RHYTHM_OF_LEG = 0.004


def trunk_height(trajectories: Trajectories) -> FloatArray:
    """Mean height of hips and shoulders, shape (T,), px; gaps bridged linearly."""
    height = 0.5 * (trajectories.middle("hip")[:, 1] + trajectories.middle("shoulder")[:, 1])
    valid = ~np.isnan(height)
    if valid.mean() < 0.5:
        raise RunnerError("The runner's trunk is hidden in most of the clip; film the whole body from hip height.")
    return np.interp(trajectories.times_s, trajectories.times_s[valid], height[valid])


def leg_length_px(trajectories: Trajectories) -> float:
    """Hip-knee plus knee-ankle, px: the 80th percentile over time, where the leg lies in the plane."""
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (trajectories.point(f"{side}_{j}") for j in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
    return float(np.nanpercentile(np.concatenate(lengths), 80))


def step_frequency_hz(trajectories: Trajectories) -> float:
    """Steps per second, from the spectrum of the trunk's height.

    Raises
    ------
    RunnerError
        If the trunk does not go up and down in a running rhythm.
    """
    height = trunk_height(trajectories)
    interval = trajectories.interval_s
    if len(height) * interval < 2.0:
        raise RunnerError(f"The clip holds only {len(height) * interval:.1f} s of running; film 20-30 s.")
    frequency, amplitude = strongest_rhythm(height, interval)
    if amplitude < LEAST_RHYTHM_OF_LEG * leg_length_px(trajectories):
        raise RunnerError("The person in the clip does not run; film running at an easy speed on a treadmill.")
    return frequency


def lowest_points_s(trajectories: Trajectories, step_hz: float) -> FloatArray:
    """Instants (n,) at which the trunk is lowest, one a step, sub-frame."""
    positions = lowest_points(trunk_height(trajectories), trajectories.interval_s, step_hz)
    return np.asarray(trajectories.times_s[0] + positions * trajectories.interval_s)


def standing_sides(trajectories: Trajectories, lowest_s: FloatArray) -> list[str]:
    """Which foot is down at each lowest point: left and right in turn, by majority of the lower ankle.

    From behind or in front the foot that is down is the lower one in the picture; the same holds
    from the side. Alternation makes single misjudged steps harmless.
    """
    left, right = (trajectories.point(f"{s}_ankle")[:, 1] for s in ("left", "right"))
    difference = np.nan_to_num(right - left)
    lower_left = np.interp(lowest_s, trajectories.times_s, difference)
    gaps = np.diff(lowest_s)
    step = float(np.median(gaps)) if len(gaps) else 1.0
    parity = np.concatenate([[0], np.cumsum(np.maximum(np.rint(gaps / step), 1))]).astype(int) % 2
    even_is_left = lower_left[parity == 0].sum() - lower_left[parity == 1].sum() > 0
    return ["left" if (p == 0) == even_is_left else "right" for p in parity]
