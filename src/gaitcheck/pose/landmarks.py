"""The landmarks type: what a pose model saw, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitcheck.clock import HALF_A_TICK_S
from gaitcheck.typing import FloatArray

SIDES = ("left", "right")
OURS = "mediapipe"

LANDMARK_NAMES: tuple[str, ...] = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye",
    "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky",
    "right_pinky", "left_index", "right_index", "left_thumb", "right_thumb", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel",
    "left_foot_index", "right_foot_index",
)  # fmt: skip

INDEX = {name: index for index, name in enumerate(LANDMARK_NAMES)}


def _twin(name: str) -> str:
    """The same landmark of the other side; itself where there is only one."""
    return name.replace("left", "#").replace("right", "left").replace("#", "right")


TWIN = np.array([INDEX[_twin(name)] for name in LANDMARK_NAMES])
"""Column of each landmark's twin on the other side, (33,)."""


@dataclass(frozen=True)
class Landmarks:
    """A clip's landmarks.

    Attributes
    ----------
    times_s
        (T,) seconds from the first frame: of playback until a take and its time scale are known, then real.
    pixels
        (T, 33, 2) px, x right, y down, origin top left; NaN where no runner was found.
    world
        (T, 33, 3) m, the model's own guess about the hips: x right, y down, z away.
    visibility
        (T, 33) 0-1.
    width, height
        Upright picture size, px.
    people_seen
        The most people found in any frame looked at for that.
    tracker
        Who saw them; mediapipe for our own pose model.
    lacking
        Names that this tracker does not have, where another point stands in.
    """

    times_s: FloatArray
    pixels: FloatArray
    world: FloatArray
    visibility: FloatArray
    width: int
    height: int
    people_seen: int = 1
    tracker: str = OURS
    lacking: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        t = len(self.times_s)
        expected = {"pixels": (t, 33, 2), "world": (t, 33, 3), "visibility": (t, 33)}
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")

    @property
    def tracked(self) -> NDArray[np.bool_]:
        """Frames with a runner, shape (T,)."""
        return np.asarray(~np.isnan(self.pixels[:, 0, 0]))

    @property
    def flat(self) -> bool:
        """Whether they tell nothing of depth, as another tracker's may not."""
        return self.tracker != OURS and not np.nan_to_num(self.world[..., 2]).any()

    @property
    def frame_interval_s(self) -> float:
        return float(np.median(np.diff(self.times_s)))

    def point(self, name: str) -> FloatArray:
        """Pixel track of one landmark, shape (T, 2)."""
        return self.pixels[:, INDEX[name]]

    def first_row(self, start_s: float) -> int:
        """The first frame from an instant on."""
        return int(np.searchsorted(self.times_s, start_s - HALF_A_TICK_S))

    def mirrored(self) -> Landmarks:
        """The same runner in a mirror: left and right of picture and body exchanged."""
        return replace(
            self,
            pixels=self.pixels[:, TWIN] * np.array([-1.0, 1.0]) + np.array([self.width, 0.0]),
            world=self.world[:, TWIN] * np.array([-1.0, 1.0, 1.0]),
            visibility=self.visibility[:, TWIN],
        )

    def part(self, start_s: float, stop_s: float, factor: float = 1.0) -> Landmarks:
        """The frames from ``start_s`` up to ``stop_s``, with times from the first of them, divided by ``factor``."""
        low, high = self.first_row(start_s), self.first_row(stop_s)
        times = self.times_s[low:high]
        return replace(
            self,
            times_s=(times - times[0]) / factor,
            pixels=self.pixels[low:high],
            world=self.world[low:high],
            visibility=self.visibility[low:high],
        )
