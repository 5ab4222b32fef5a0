"""Whether a runner is seen from behind or from in front, frame by frame, and so which leg is the left one.

Left and right are names that the pose model gives with its idea of where the runner looks: where it takes the back of a
head for a face, every side is exchanged, and nothing in that frame contradicts it. Two things do. The other frames: it
is rarely of two minds for long. And the belt: it carries standing feet toward a camera behind the treadmill and away
from one in front, so down or up in the picture, which no idea of faces can change.

Frames that are of the other mind are put right. Where frames and belt contradict each other, or neither tells, the
clip is refused: advice for the wrong leg is worse than none.

Biased by: a camera on the floor, feet behind a console; then the belt says nothing. A mirrored (selfie) film looks like
another runner's, and only who filmed it knows.
Source: perspective; limits are heuristics, held against rendered and real clips (docs/validation.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import RunnerError
from gaitcheck.pose.facing import axis_deg
from gaitcheck.pose.landmarks import TWIN, Landmarks
from gaitcheck.takes.rhythm import lowest_points, strongest_rhythm
from gaitcheck.takes.signals import signals_of
from gaitcheck.typing import FloatArray
from gaitcheck.views.detection import view_named

FRONTAL_WITHIN_DEG = 50.0
ONE_MIND = 0.9
FEET_AGREE = 0.8
LEAST_DRIFT = 0.05
"""Leg lengths a step by which feet must be carried to tell anything."""
LEAST_FEET = 6
BETTER_BACKWARD = 0.25
"""Leg lengths a step by which feet must fit the belt better in a film played backward, to be believed against all
frames: the most in 224 clips from behind that play forward is 0.19; of the same clips played backward it finds 93."""
BEFORE, AFTER = 0.3, 0.05
"""The part of a step, about the trunk's lowest point, over which a standing foot is followed."""
CONTACT = ("ankle", "heel", "foot_index")


@dataclass(frozen=True)
class Facing:
    """How a frontal view was told.

    Attributes
    ----------
    exchanged
        (T,) frames in which the model took the back for the front, or the front for the back.
    from_behind
        Share of frames that say so.
    carried_nearer
        Share of standing feet that the belt carries toward the camera; None where that can't be seen.
    rear, given
        What was decided, and whether it was given.
    """

    exchanged: NDArray[np.bool_]
    from_behind: float
    carried_nearer: float | None
    rear: bool
    given: bool


def seen_from_behind(landmarks: Landmarks) -> NDArray[np.bool_]:
    """Frames (T,) in which the runner's left is on the picture's left."""
    lines = [landmarks.point(f"left_{j}")[:, 0] - landmarks.point(f"right_{j}")[:, 0] for j in ("shoulder", "hip")]
    return np.asarray(np.nan_to_num(np.sum(lines, axis=0)) < 0)


def _carried(landmarks: Landmarks) -> FloatArray:
    """How far each standing foot (n,) moves down in the picture, leg lengths a step; none where few can be followed."""
    nothing = np.zeros(0)
    signals = signals_of(landmarks)
    if signals is None or signals.times_s[-1] - signals.times_s[0] < 2.0:
        return nothing
    step_hz, _ = strongest_rhythm(signals.trunk, signals.interval_s)
    if not step_hz or 1.35 * step_hz > 0.45 / signals.interval_s:
        return nothing
    lowest = signals.times_s[0] + lowest_points(signals.trunk, signals.interval_s, step_hz) * signals.interval_s
    legs = np.stack(
        [[landmarks.point(f"{side}_{joint}")[:, 1] for joint in CONTACT] for side in ("left", "right")]
    )  # (2 sides, 3 joints, T)
    size = float(np.nanmedian(np.ptp(landmarks.pixels[:, :, 1], axis=1))) / 2
    drifts = []
    for instant in lowest:
        rows = (landmarks.times_s >= instant - BEFORE / step_hz) & (landmarks.times_s <= instant + AFTER / step_hz)
        stance = legs[:, :, rows]
        if rows.sum() < 2 or not np.isfinite(stance).all():
            continue
        standing = int(np.argmax(stance[:, 0].mean(axis=1)))
        slopes = np.polyfit(landmarks.times_s[rows], stance[standing].T, 1)[0]
        drifts.append(float(slopes.mean()) / size / step_hz)
    return np.array(drifts) if len(drifts) >= LEAST_FEET else nothing


def _nearer(drifts: FloatArray) -> float | None:
    """Share of standing feet that move down in the picture while they stand; None where that tells nothing."""
    if not len(drifts) or abs(float(np.median(drifts))) < LEAST_DRIFT:
        return None
    return float(np.mean(drifts > 0))


def _says_behind(share: float | None) -> bool | None:
    return None if share is None or 1 - FEET_AGREE < share < FEET_AGREE else share >= FEET_AGREE


def _runs_the_other_way(landmarks: Landmarks, drifts: FloatArray, behind: bool) -> bool:
    """Whether the film shows the belt running the other way: feet fit it by much better if it is played backward."""
    told = _says_behind(_nearer(drifts))
    if not len(drifts) or told == behind:
        return False
    played = _carried(
        replace(
            landmarks,
            times_s=landmarks.times_s[-1] - landmarks.times_s[::-1],
            pixels=landmarks.pixels[::-1],
            world=landmarks.world[::-1],
            visibility=landmarks.visibility[::-1],
        )
    )
    if not len(played) or (told is None and _says_behind(_nearer(played)) != behind):
        return False
    better = float(np.median(played) - np.median(drifts)) * (1 if behind else -1)
    return better >= BETTER_BACKWARD


def exchange_sides(landmarks: Landmarks, rows: NDArray[np.bool_]) -> Landmarks:
    """Landmarks whose left and right are exchanged in the marked frames (T,), and what was near there is far."""
    pixels, world, visibility = landmarks.pixels.copy(), landmarks.world.copy(), landmarks.visibility.copy()
    pixels[rows], visibility[rows] = pixels[rows][:, TWIN], visibility[rows][:, TWIN]
    world[rows] = world[rows][:, TWIN] * np.array([1.0, 1.0, -1.0])
    return replace(landmarks, pixels=pixels, world=world, visibility=visibility)


def settle_facing(landmarks: Landmarks, name: str, view: str = "auto") -> tuple[Landmarks, Facing | None]:
    """Landmarks of one mind about front and back, and how that was told; None for views from beside.

    Parameters
    ----------
    view
        Auto, or the view that was given: one from behind or in front decides, unless the belt runs the other way.

    Raises
    ------
    RunnerError
        If it can't be told whether the runner is seen from behind or from in front, or the belt contradicts the view
        that was given.
    """
    axis, told = axis_deg(landmarks.world), None if view == "auto" else view_named(view)
    if min(axis, 180.0 - axis) > FRONTAL_WITHIN_DEG or (told is not None and told.plane == "sagittal"):
        return landmarks, None
    behind = seen_from_behind(landmarks)
    tracked = landmarks.tracked
    share, drifts = float(behind[tracked].mean()), _carried(landmarks)
    told_by_frames = None if 1 - ONE_MIND < share < ONE_MIND else share >= ONE_MIND
    other_way = told_by_frames is not None and _runs_the_other_way(landmarks, drifts, told_by_frames)
    belt = _nearer(drifts)
    if told_by_frames is not None and _says_behind(belt) == (not told_by_frames) and not other_way:
        belt = None
    told_by_belt = _says_behind(belt)
    if told is not None and told_by_belt in (None, told.from_behind):
        rear = told.from_behind
    elif told_by_belt is None and told_by_frames is None:
        raise RunnerError(
            f"Whether the runner in {name} is seen from behind or from in front can't be told, so neither can left and "
            "right; say which with --view rear or --view front."
        )
    elif told is None and other_way:
        raise RunnerError(
            f"In {name} the runner is seen from {'behind' if told_by_frames else 'in front'}, but the belt seems to "
            "run the other way: does the film play backward? If it does not, say what it shows with --view rear or "
            "--view front."
        )
    else:
        rear = bool(told_by_frames if told_by_frames is not None else told_by_belt)
    if told is not None and rear != told.from_behind:
        carried, seen = ("toward", "behind") if rear else ("away from", "in front")
        raise RunnerError(
            f"In {name} the belt carries standing feet {carried} the camera, as is seen from {seen}, and not as told "
            f"({told.name}); leave the view to gaitcheck, or see whether the film plays backward."
        )
    exchanged = (behind != rear) & tracked
    return exchange_sides(landmarks, exchanged), Facing(exchanged, share, belt, rear, told is not None)
