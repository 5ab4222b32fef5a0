"""The one seam to the pose model: a Protocol, and MediaPipe Tasks behind it."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import UsageError
from gaitcheck.pose.lean import lean_bundle
from gaitcheck.pose.models import read_model
from gaitcheck.typing import FloatArray

UNSMOOTHED_STEP_MS = 2000
"""Stamps this far apart switch off MediaPipe's own lagging filter (it cost up to 2 deg of FPPA)."""
SCOUT_PEOPLE = 3


@dataclass(frozen=True)
class Detection:
    """One person in one picture: pixels (33, 2), world (33, 3), visibility (33,)."""

    pixels: FloatArray
    world: FloatArray
    visibility: FloatArray

    @property
    def height_px(self) -> float:
        return float(np.ptp(self.pixels[:, 1]))


class Landmarker(Protocol):
    """Finds people in RGB pictures. ``track`` may remember the last picture; ``scout`` may not."""

    def scout(self, image: NDArray[np.uint8]) -> list[Detection]: ...

    def track(self, image: NDArray[np.uint8]) -> Detection | None: ...

    def restart(self) -> None: ...

    def close(self) -> None: ...


DRAWS = ("matplotlib", "matplotlib.pyplot", "sounddevice")
"""What MediaPipe imports to draw and to listen: two thirds of its start."""


def leave_out_what_draws() -> None:
    """Stand in for modules that MediaPipe imports and following people never uses; for worker processes alone."""
    for name in DRAWS:
        sys.modules.setdefault(name, ModuleType(name))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing written to file descriptor 2 is shown: MediaPipe's start-up notes, say, that a user can't act on."""
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


_open: WeakSet[MediaPipeLandmarker] = WeakSet()


@atexit.register
def _close_all() -> None:
    """A model that is still open when the interpreter goes down complains in a traceback of its own."""
    for landmarker in list(_open):
        landmarker.close()


class MediaPipeLandmarker:
    """MediaPipe Tasks pose landmarker from a ``.task`` bundle on disk."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self._stamp_ms = 0
        with quiet():
            import mediapipe
            from mediapipe.tasks.python import vision
        self._mediapipe: Any = mediapipe
        self._vision: Any = vision
        self._bundle = lean_bundle(read_model(model))
        self._scout = self._create("IMAGE", SCOUT_PEOPLE)
        self._tracker = self._create("VIDEO", 1)
        _open.add(self)

    def _create(self, mode: str, people: int) -> Any:
        from mediapipe.tasks.python import BaseOptions

        options = self._vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=self._bundle),
            running_mode=self._vision.RunningMode[mode],
            num_poses=people,
        )
        try:
            with quiet():
                return self._vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise UsageError(
                f"{self._model.name} is not a pose model that MediaPipe can load; use --model lite, full or heavy."
            ) from error

    def _image(self, image: NDArray[np.uint8]) -> Any:
        return self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))

    def scout(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Everyone in one picture."""
        with quiet():
            result = self._scout.detect(self._image(image))
        return _detections(result, image.shape[1], image.shape[0])

    def track(self, image: NDArray[np.uint8]) -> Detection | None:
        """The tracked person in the next picture."""
        result = self._tracker.detect_for_video(self._image(image), self._stamp_ms)
        self._stamp_ms += UNSMOOTHED_STEP_MS
        found = _detections(result, image.shape[1], image.shape[0])
        return found[0] if found else None

    def restart(self) -> None:
        """Forget the tracked person; a tracker that has seen nobody yet is new already."""
        if self._stamp_ms == 0:
            return
        self._tracker.close()
        self._tracker = self._create("VIDEO", 1)
        self._stamp_ms = 0

    def close(self) -> None:
        self._tracker.close()
        self._scout.close()


def _detections(result: Any, width: int, height: int) -> list[Detection]:
    found = []
    for points, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):
        found.append(
            Detection(
                pixels=np.array([[p.x * width, p.y * height] for p in points]),
                world=np.array([[p.x, p.y, p.z] for p in world]),
                visibility=np.array([p.visibility for p in points]),
            )
        )
    return found
