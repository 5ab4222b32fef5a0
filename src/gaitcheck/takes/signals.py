"""What tells of gait in every view, whichever leg the pose model takes for the left one.

All signals are evenly sampled in the clip's own playback time: at this point nobody knows yet how fast it plays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.typing import FloatArray

TRUNK = ("hip", "shoulder")
LIMBS = {"legs": ("knee", "ankle"), "arms": ("elbow", "wrist")}


@dataclass(frozen=True)
class Signals:
    """A clip's gait, (T,) and evenly sampled.

    Attributes
    ----------
    times_s
        Playback time.
    trunk
        Height of hips and shoulders, leg lengths, gaps bridged.
    ankles
        How far one ankle is above the other in the picture, beyond what it usually is (the far one is), leg lengths.
    limbs
        Left less right of legs and of arms, (T, 2n) leg lengths.
    seen
        Where a person was found.
    """

    times_s: FloatArray
    trunk: FloatArray
    ankles: FloatArray
    limbs: dict[str, FloatArray]
    seen: NDArray[np.bool_]

    @property
    def interval_s(self) -> float:
        return float(self.times_s[1] - self.times_s[0])

    def between(self, start_s: float, stop_s: float) -> slice:
        """Rows from one playback time up to another."""
        low, high = np.searchsorted(self.times_s, [start_s, stop_s])
        return slice(int(low), int(high))


def columns(joints: tuple[str, ...], side: str) -> list[int]:
    """Columns of the joints of one side."""
    return [INDEX[f"{side}_{joint}"] for joint in joints]


def leg_length_px(pixels: FloatArray) -> float:
    """Hip-knee plus knee-ankle, px: the 80th percentile over time and both legs; pixels (T, 33, 2)."""
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (pixels[:, INDEX[f"{side}_{j}"]] for j in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
    return float(np.nanpercentile(np.concatenate(lengths), 80))


def signals_of(landmarks: Landmarks) -> Signals | None:
    """The signals of a clip; None where nobody is seen for long enough to tell anything."""
    found = np.isfinite(landmarks.pixels).all(axis=(1, 2))
    if found.sum() < 10 or landmarks.times_s[-1] <= landmarks.times_s[0]:
        return None
    even = np.arange(landmarks.times_s[0], landmarks.times_s[-1], landmarks.frame_interval_s)
    if len(even) < 10:
        return None
    points = landmarks.pixels[found] / leg_length_px(landmarks.pixels[found])
    times = landmarks.times_s[found]

    def evenly(values: FloatArray) -> FloatArray:
        flat = values.reshape(len(values), -1)
        return np.stack([np.interp(even, times, column) for column in flat.T], axis=1)

    trunk = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in TRUNK]
    ankles = points[:, INDEX["left_ankle"], 1] - points[:, INDEX["right_ankle"], 1]
    ankles = ankles - np.median(ankles)
    return Signals(
        times_s=even,
        trunk=evenly(-points[:, trunk, 1].mean(axis=1))[:, 0],
        ankles=evenly(np.abs(ankles))[:, 0],
        limbs={
            name: evenly(points[:, columns(joints, "left")] - points[:, columns(joints, "right")])
            for name, joints in LIMBS.items()
        },
        seen=np.interp(even, landmarks.times_s, found.astype(float)) > 0.5,
    )
