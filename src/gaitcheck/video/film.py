"""What pictures themselves say of a film, gathered while they pass: how much each differs from the one before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.video.decode import Frame

EVERY_PX = 8
"""A picture is compared at every so many pixels across and down: enough for cuts, and nearly nothing to do."""


class Film:
    """Grows by one picture at a time."""

    def __init__(self) -> None:
        self._last: NDArray[np.int16] | None = None
        self._changes: list[float] = []
        self._broken_off: list[bool] = []

    def add(self, frame: Frame) -> None:
        """Take note of the next picture."""
        seen = frame.image[::EVERY_PX, ::EVERY_PX].astype(np.int16)
        self._changes.append(0.0 if self._last is None else float(np.abs(seen - self._last).mean()))
        self._broken_off.append(frame.broken_off)
        self._last = seen

    @property
    def changes(self) -> NDArray[np.float64]:
        """Mean difference of each picture to the one before, 0-255, shape (T,)."""
        return np.array(self._changes)

    @property
    def broken_off(self) -> NDArray[np.bool_]:
        """Pictures before which the decoder saw the film break, shape (T,)."""
        return np.array(self._broken_off, dtype=bool)
