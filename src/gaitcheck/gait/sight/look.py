"""Looking at standing legs: some frames of every stance, read one by one, and what they say over a stance.

A clip's readings are tied together by what is read of its whole motion (``gait/joint_centres.py``): how far pictures
lie from that, over a stance, is one smooth curve a leg, found from all of its pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gaitcheck.gait.sight.network import READINGS, can_see, frame_inputs, read_pictures
from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import OTHER_SIDE, at_many
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.typing import FloatArray, Picture
from gaitcheck.views import View

LOOKED_AT = {
    "frontal": (0.1, 0.25, 0.38, 0.46, 0.54, 0.62, 0.75, 0.9),
    "sagittal": (0.0, 0.07, 0.2, 0.35, 0.45, 0.55, 0.7, 0.85, 1.0),
}
"""Shares of a stance that are looked at, by plane; from beside what counts is at its ends."""
BEYOND_ENDS = 0.04
MOST_STANCES = 16
"""A side's stances beyond that many are not looked at; those that are, are spread over the clip."""
FEWEST_PICTURES = 6


class Eyes(Protocol):
    """Whatever can show frames of a clip: crops (``sight.crop``) of those it has, by frame of the landmarks."""

    def __call__(self, frames: list[int]) -> Mapping[int, Picture]: ...


@dataclass(frozen=True)
class Look:
    """What the pictures of one leg say, each of one instant, the camera's roll left in.

    Attributes
    ----------
    stances
        The stance of each picture (n,); times_s (n,), shares (n,) of the stance.
    readings, spreads
        (n, k) in the order of ``network.READINGS`` of the plane.
    ankle_below, knee_below
        (n,) how far the ankle lies below the hips' middle, and this knee below the other, in leg lengths: what a roll
        of the camera moves them by.
    """

    view: View
    side: str
    stances: tuple[Stance, ...]
    times_s: FloatArray
    shares: FloatArray
    readings: FloatArray
    spreads: FloatArray
    ankle_below: FloatArray
    knee_below: FloatArray

    def reading(self, name: str) -> tuple[FloatArray, FloatArray]:
        """One reading and its spread, (n,) each."""
        column = list(READINGS[self.view.plane]).index(name)
        return self.readings[:, column], self.spreads[:, column]


def roll_sense(view: View, side: str) -> float:
    """+1 where a picture is looked at as it is, -1 where mirrored, which turns the camera's roll the other way.

    Readings are made with the standing leg, or from beside the way ahead, on the left of the picture.
    """
    if view.plane == "sagittal":
        return -view.horizontal_sign
    return -view.horizontal_sign * (1.0 if side == "left" else -1.0)


def _frames(landmarks: Landmarks, stances: list[Stance], shares: tuple[float, ...]) -> dict[int, tuple[Stance, float]]:
    """Frames to look at: the stance of each and its share of it."""
    spread = np.unique(np.linspace(0, len(stances) - 1, min(len(stances), MOST_STANCES)).round().astype(int))
    found: dict[int, tuple[Stance, float]] = {}
    for stance in (stances[k] for k in spread):
        length = stance.toe_off_s - stance.initial_contact_s
        for share in shares:
            frame = int(np.abs(landmarks.times_s - (stance.initial_contact_s + share * length)).argmin())
            true_share = (landmarks.times_s[frame] - stance.initial_contact_s) / length
            if -BEYOND_ENDS <= true_share <= 1.0 + BEYOND_ENDS and landmarks.tracked[frame]:
                found[frame] = (stance, float(true_share))
    return found


def _in_picture(motion: Trajectories, landmarks: Landmarks, times_s: FloatArray) -> FloatArray:
    """Cleaned landmarks (n, 33, 2) at some times, px of the picture."""
    points = at_many(motion.times_s, motion.guesses, times_s)
    across = landmarks.width / 2 + motion.view.horizontal_sign * points[..., 0]
    return np.stack([across, landmarks.height / 2 - points[..., 1]], axis=-1)


def _below(places: FloatArray, side: str) -> tuple[FloatArray, FloatArray]:
    height = {name: places[:, INDEX[name], 1] for name in INDEX}
    hips = 0.5 * (height["left_hip"] + height["right_hip"])
    leg = np.median(height[f"{side}_ankle"] - height[f"{side}_hip"])
    ankle = (height[f"{side}_ankle"] - hips) / leg
    knee = (height[f"{side}_knee"] - height[f"{OTHER_SIDE[side]}_knee"]) / leg
    return ankle, knee


def look(eyes: Eyes, landmarks: Landmarks, motion: Trajectories, stances: list[Stance], model: str) -> dict[str, Look]:
    """Both legs as their pictures show them, by side; a side with too few pictures is left out.

    Parameters
    ----------
    landmarks
        Of the frames that ``eyes`` shows.
    motion
        The same cleaned, legs put right.

    From beside only the near leg is looked at; nothing is, where no networks were learned for the pose model.
    """
    view = motion.view
    if not can_see(model, view):
        return {}
    wanted = {
        side: _frames(landmarks, [s for s in stances if s.side == side], LOOKED_AT[view.plane])
        for side in view.visible_sides
    }
    shown = eyes(sorted({frame for own in wanted.values() for frame in own}))
    found = {}
    for side, own in wanted.items():
        frames = sorted(frame for frame in own if frame in shown)
        if not frames:
            continue
        places = _in_picture(motion, landmarks, landmarks.times_s[frames])
        whole = np.flatnonzero(np.isfinite(places).all(axis=(1, 2)))
        frames, places = [frames[k] for k in whole], places[whole]
        if len(frames) < FEWEST_PICTURES:
            continue
        flip = roll_sense(view, side) < 0
        crops = np.stack([shown[f][:, ::-1] if flip else shown[f] for f in frames])
        size = (landmarks.width, landmarks.height)
        inputs = np.stack([frame_inputs(p, side, flip, size) for p in places])
        told = read_pictures(crops, inputs, model, view)
        found[side] = Look(
            view,
            side,
            tuple(own[f][0] for f in frames),
            landmarks.times_s[frames],
            np.array([own[f][1] for f in frames]),
            told.readings,
            told.spreads,
            *_below(places, side),
        )
    return found
