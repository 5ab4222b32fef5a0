"""The rhythm of the trunk: one lowest point a step, whatever the view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.errors import RunnerError
from gaitcheck.motion import Trajectories
from gaitcheck.motion.side_swaps import ARM
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.takes.rhythm import lowest_points, stride_phase, strongest_rhythm, swings_as_expected
from gaitcheck.takes.signals import leg_length_px
from gaitcheck.typing import FloatArray

LEAST_RHYTHM_OF_LEG = 0.004
STANDS = 0.15
"""Part of a step, before and after the trunk is lowest, over which the lower foot is followed."""
MOST_BACKWARD = 0.5
"""Share of standing feet that the belt carries backward. 60 clips: as filmed 0.78 and more, played backward 0.22 and
less."""
CONTRADICTS, LEAST_TOLD = 0.5, 0.4
"""Sums over joints of how clearly they swing as expected, 1 a joint at most. The least of 120 rendered and recorded
clips comes to 0.49, the usual one to 2; in the worst, arms against legs, to 0.44. Heuristic."""


def trunk_height(trajectories: Trajectories) -> FloatArray:
    """Mean height of hips and shoulders, shape (T,), px; gaps bridged linearly.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.

    Returns
    -------
    FloatArray
        (T,) px.
    """
    height = 0.5 * (trajectories.middle("hip")[:, 1] + trajectories.middle("shoulder")[:, 1])
    valid = ~np.isnan(height)
    if valid.mean() < 0.5:
        raise RunnerError("The runner's trunk is hidden in most of the clip; film the whole body from hip height.")
    return np.interp(trajectories.times_s, trajectories.times_s[valid], height[valid])


def step_frequency_hz(trajectories: Trajectories) -> float:
    """Steps per second, from the spectrum of the trunk's height.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.

    Returns
    -------
    float
        Steps a second.

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
    if amplitude < LEAST_RHYTHM_OF_LEG * leg_length_px(trajectories.points):
        raise RunnerError("The person in the clip does not run; film running at an easy speed on a treadmill.")
    return frequency


def lowest_points_s(trajectories: Trajectories, step_hz: float) -> FloatArray:
    """Instants (n,) at which the trunk is lowest, one a step, sub-frame.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    step_hz
        Steps a second.

    Returns
    -------
    FloatArray
        (n,) s.
    """
    positions = lowest_points(trunk_height(trajectories), trajectories.interval_s, step_hz)
    return np.asarray(trajectories.times_s[0] + positions * trajectories.interval_s)


def require_forward(trajectories: Trajectories, lowest_s: FloatArray) -> None:
    """Refuse a film from beside that plays backward: its standing feet run ahead of the runner.

    Raises
    ------
    RunnerError
        If the lower foot moves forward at most steps.
    """
    if trajectories.view.plane != "sagittal" or len(lowest_s) < 4:
        return
    step_s = float(np.median(np.diff(lowest_s)))
    feet = np.stack([trajectories.point(f"{side}_ankle") for side in ("left", "right")])
    backward = []
    for instant in lowest_s:
        rows = trajectories.window(instant - STANDS * step_s, instant + STANDS * step_s)
        stance = feet[:, rows]
        if stance.shape[1] < 2 or not np.isfinite(stance).all():
            continue
        lower = stance[int(np.argmin(stance[:, :, 1].mean(axis=1)))]
        backward.append(lower[-1, 0] < lower[0, 0])
    if len(backward) >= 4 and float(np.mean(backward)) < MOST_BACKWARD:
        raise RunnerError(
            "The standing feet run ahead of the runner: does the film play backward? Export it as it was filmed."
        )


@dataclass(frozen=True)
class Turns:
    """How clearly legs, and arms, swing as they should if the first lowest point is the left foot's; 1 a joint."""

    legs: float
    arms: float


def limb_turns(trajectories: Trajectories, lowest_s: FloatArray) -> Turns:
    """How legs and arms take turns over the whole clip, against the trunk's lowest points.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    lowest_s
        (n,) instants at which the trunk is lowest, s.

    Returns
    -------
    Turns
        How clearly legs, and arms, say so; 1 a joint that swings as it should.
    """
    phase = stride_phase(trajectories.times_s, lowest_s)
    told = {"legs": 0.0, "arms": 0.0}
    for joint, axis, expected_deg in trajectories.view.turns:
        left, right = (trajectories.guesses[:, INDEX[f"{side}_{joint}"], axis] for side in ("left", "right"))
        told["arms" if joint in ARM else "legs"] += swings_as_expected(right - left, phase, expected_deg)
    return Turns(**told)


def standing_sides(trajectories: Trajectories, lowest_s: FloatArray) -> list[str]:
    """Which foot is down at each lowest point: left and right in turn, by how legs and arms swing over the whole clip.

    A foot that is lifted while the other stands, a foot that goes forward, an arm that goes against its leg: each
    swings once a stride, and lags behind the trunk by what the view says (``View.turns``). All steps count together, so
    that steps in which the pose model takes one leg for the other drown.

    Raises
    ------
    RunnerError
        If legs and arms contradict each other, or tell nothing.
    """
    require_forward(trajectories, lowest_s)
    turns, phase = limb_turns(trajectories, lowest_s), stride_phase(trajectories.times_s, lowest_s)
    score = turns.legs + turns.arms
    if turns.legs * turns.arms < 0 and min(abs(turns.legs), abs(turns.arms)) > CONTRADICTS:
        raise RunnerError(
            "Arms and legs contradict each other about left and right, so neither leg can be named; film in better "
            "light with nothing before the runner."
        )
    if abs(score) < LEAST_TOLD:
        raise RunnerError(
            "Which foot stands when can't be told, so neither leg can be named; film the whole body with both feet in "
            "the picture, in good light."
        )
    number = np.rint(np.interp(lowest_s, trajectories.times_s, phase) / np.pi).astype(int)
    return ["left" if (k % 2 == 0) == (score > 0) else "right" for k in number]
