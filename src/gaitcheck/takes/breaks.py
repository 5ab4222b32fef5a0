"""Where a film is broken: nothing on one side of a break belongs to the other side's steps.

A phone that pauses and goes on, an app that cuts, joins, turns round or repeats, a camera that is carried to another
place: the container's stamps go on as if nothing had happened. The picture, the body's place, size and direction, and
the turn-taking of arms and legs tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gaitcheck.pose.facing import axis_deg, turn_deg
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.takes.rhythm import lowest_points, stride_phase
from gaitcheck.takes.signals import Signals
from gaitcheck.typing import FloatArray

LONGEST_GAP_S = 0.5
"""Lost pictures up to here are lost pictures; beyond, somebody stopped the camera. Heuristic."""
SIDE_FRAMES = 5
"""Frames on each side whose median is a body's place and size."""
MOVED_OF_TRUNK = 0.6
GROWN = 0.25
"""A body that moves so far (trunk lengths) or grows so much (in logarithms) from frame to frame is another take's."""
TURNED_DEG = 45.0
"""A line through the shoulders that turns so far; half a turn is no turn: there the model took the back for the front,
which is settled later."""
TURN_WINDOW_S = 0.5
CUT_BY = 3.0
"""A picture that changes so many times as much as the pictures around it ever do begins another film. Heuristic."""
AROUND_FRAMES = 30
STEPS_BESIDE = 3.0
"""Steps on each side of an instant over which limbs' turns are compared."""
FLIPPED = -0.5
KEPT = 0.3
"""Likeness of limbs' turns before and after: at most FLIPPED, a step is missing; arms above KEPT, only the model
exchanged the legs, which is repaired later."""
MOVING = ("elbow", "wrist", "knee", "ankle", "heel", "foot_index")
MIRRORED_SHARE, SHARP_SHARE, SHARPLY, SHARP_FRAME_S = 0.22, 0.4, 1.4, 1 / 45
"""Film runs backward from an instant if elbows, hands, knees and feet over a stride on its two sides differ by less
than the first share of what is usual; or by less than the second, and so many times more a frame before and after.
Running that runs on comes to 0.29 at least, and at 60 frames/s never sharply (120 clips); between pictures further
apart every minimum is sharp."""


@dataclass(frozen=True)
class Break:
    """A break at a playback time; ``code`` says of which kind."""

    time_s: float
    code: str


def gaps(times_s: FloatArray) -> Iterator[Break]:
    """Stamps that jump."""
    for k in np.flatnonzero(np.diff(times_s) > LONGEST_GAP_S):
        yield Break(float(times_s[k + 1]), "gap")


def cuts(times_s: FloatArray, changes: FloatArray) -> Iterator[Break]:
    """Pictures that differ from the one before far more than their neighbours do; ``changes`` (T,), the first is 0."""
    for k in range(1, len(changes)):
        around = np.concatenate([changes[max(1, k - AROUND_FRAMES) : k], changes[k + 1 : k + 1 + AROUND_FRAMES]])
        if len(around) >= AROUND_FRAMES and changes[k] > CUT_BY * max(float(around.max()), 1.0):
            yield Break(float(times_s[k]), "cut")


def jumps(landmarks: Landmarks) -> Iterator[Break]:
    """A body that is elsewhere, or larger or smaller, from one frame to the next."""
    found = np.flatnonzero(landmarks.tracked)
    pixels, times = landmarks.pixels[found], landmarks.times_s[found]
    hips, shoulders = (
        pixels[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]].mean(axis=1) for joint in ("hip", "shoulder")
    )
    trunk = np.linalg.norm(shoulders - hips, axis=1)
    middle = 0.5 * (hips + shoulders)
    n, last = SIDE_FRAMES, -np.inf
    for k in range(n, len(found) - n):
        size = [float(np.median(part)) for part in (trunk[k - n : k], trunk[k : k + n])]
        place = [np.median(part, axis=0) for part in (middle[k - n : k], middle[k : k + n])]
        moved = np.linalg.norm(place[1] - place[0]) / max(min(size), 1e-9)
        step = np.linalg.norm(middle[k] - middle[k - 1]) / max(min(size), 1e-9)
        grown = abs(np.log(max(size[1], 1e-9) / max(size[0], 1e-9)))
        sudden = abs(np.log(max(trunk[k], 1e-9) / max(trunk[k - 1], 1e-9)))
        far = (moved > MOVED_OF_TRUNK and step > MOVED_OF_TRUNK / 2) or (grown > GROWN and sudden > GROWN / 2)
        if far and times[k] - last > LONGEST_GAP_S:
            last = float(times[k])
            yield Break(last, "moved")


def turns(landmarks: Landmarks) -> Iterator[Break]:
    """A body that is seen from another direction: each second half against the first half of a sliding window."""
    times, last = landmarks.times_s, -np.inf
    step = max(1, round(TURN_WINDOW_S / 2 / landmarks.frame_interval_s))
    width = 2 * step
    most: tuple[float, float] = (0.0, 0.0)
    for k in range(width, len(times) - width, step):
        before, after = landmarks.world[k - width : k], landmarks.world[k : k + width]
        if np.isnan(before).all() or np.isnan(after).all():
            continue
        turned = turn_deg(axis_deg(before), axis_deg(after))
        turned = min(turned, 180.0 - turned)
        if turned > max(TURNED_DEG, most[0]):
            most = (turned, float(times[k]))
        elif most[0] > 0 and turned <= TURNED_DEG:
            if most[1] - last > LONGEST_GAP_S:
                yield Break(most[1], "turned")
            last, most = most[1], (0.0, 0.0)
    if most[0] > 0:
        yield Break(most[1], "turned")


def _likeness(values: FloatArray, phase: FloatArray, middle: int, half: int) -> float:
    """How alike limbs (T, n) take turns before and after a sample: 1 alike, -1 with left and right exchanged."""
    turns = values * np.exp(-1j * phase)[:, None]
    before, after = turns[middle - half : middle].sum(axis=0), turns[middle : middle + half].sum(axis=0)
    norm = float(np.linalg.norm(before) * np.linalg.norm(after))
    return float(np.real(np.vdot(before, after))) / norm if norm > 0 else 1.0


def lost_steps(signals: Signals, rows: slice, rate_hz: float) -> Iterator[Break]:
    """Instants at which one step, or three, are missing: arms and legs go on with the other side's turn.

    Parameters
    ----------
    rows
        A stretch of gait at ``rate_hz`` steps a second of playback.
    """
    trunk, times, interval = signals.trunk[rows], signals.times_s[rows], signals.interval_s
    half = round(STEPS_BESIDE / rate_hz / interval)
    if len(trunk) < 2 * half + 2 or 1.35 * rate_hz > 0.45 / interval:
        return
    lowest = times[0] + lowest_points(trunk, interval, rate_hz) * interval
    if len(lowest) < 4:
        return
    phase = stride_phase(times, lowest)
    limbs = {name: values[rows] - values[rows].mean(axis=0) for name, values in signals.limbs.items()}
    middles = range(half, len(trunk) - half, max(1, half // 12))
    likeness = np.array([_likeness(limbs["legs"], phase, k, half) for k in middles])
    k = 0
    while k < len(likeness):
        stop = k
        while stop < len(likeness) and likeness[stop] < FLIPPED:
            stop += 1
        if stop > k:
            middle = middles[k + int(np.argmin(likeness[k:stop]))]
            if _likeness(limbs["arms"], phase, middle, half) < KEPT:
                yield Break(float(times[middle]), "step_missing")
        k = max(stop, k + 1)


def turned_back(landmarks: Landmarks, start_s: float, stop_s: float, stride_s: float) -> Iterator[Break]:
    """Instants from which the film runs backward, or forward again: poses on both sides are each other's mirror."""
    rows = np.flatnonzero((landmarks.times_s >= start_s) & (landmarks.times_s < stop_s))
    half = round(stride_s / landmarks.frame_interval_s)
    if half < 4 or len(rows) < 4 * half:
        return
    limbs = landmarks.pixels[rows][:, [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in MOVING]]
    differences = []
    for middle in range(half, len(rows) - half):
        after, before = limbs[middle : middle + half], limbs[middle - half : middle][::-1]
        differences.append(float(np.nanmean(np.abs(after - before))))
    usual = float(np.median(differences))
    fine = landmarks.frame_interval_s < SHARP_FRAME_S
    for k in range(1, len(differences) - 1):
        around = differences[max(0, k - half) : k + half + 1]
        sharp = fine and min(differences[k - 1], differences[k + 1]) > SHARPLY * differences[k]
        if differences[k] < (SHARP_SHARE if sharp else MIRRORED_SHARE) * usual and differences[k] == min(around):
            yield Break(float(landmarks.times_s[rows[k + half]]), "turned_back")
