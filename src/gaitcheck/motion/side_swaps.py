"""Repair of frames in which the model took the left leg for the right.

Knowing the view matters: from the side, legs pass each other in the picture every step and the
model may swap them as they do. From behind, a crossover runner's ankles change order in x, which
is the finding, not a fault; so order is never looked at, only whether a leg would have to jump.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gaitcheck.pose.landmarks import INDEX

FloatArray = NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)

LEG = ("knee", "ankle", "heel", "foot_index")
JUMP_OF_LEG = {"sagittal": 0.20, "frontal": 0.30}
LONGEST_SWAP_S = 0.2


def _jumps(legs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean distance (T,) to the predicted place, kept and swapped; legs (T, 2, n, 2)."""
    predicted = legs.copy()
    predicted[2:] = 2 * legs[1:-1] - legs[:-2]
    predicted[1] = legs[0]
    kept = np.linalg.norm(legs - predicted, axis=-1).mean(axis=(1, 2))
    swapped = np.linalg.norm(legs[:, ::-1] - predicted, axis=-1).mean(axis=(1, 2))
    return kept, swapped


def find_swaps(times_s: FloatArray, pixels: FloatArray, plane: str, leg_px: float) -> NDArray[np.bool_]:
    """Frames (T,) whose legs are exchanged.

    A swap is a pair of jumps, there and back, at most LONGEST_SWAP_S apart; a single jump is
    left alone, since what follows it can't be told from a new beginning.
    """
    legs = np.stack([pixels[:, [INDEX[f"{side}_{j}"] for j in LEG]] for side in ("left", "right")], axis=1)
    kept, swapped = _jumps(legs)
    with np.errstate(invalid="ignore"):
        toggles = np.flatnonzero((kept > JUMP_OF_LEG[plane] * leg_px) & (swapped < 0.5 * kept))
    exchanged = np.zeros(len(times_s), dtype=bool)
    k = 0
    while k < len(toggles) - 1:
        a, b = toggles[k], toggles[k + 1]
        if times_s[b] - times_s[a] <= LONGEST_SWAP_S:
            exchanged[a:b] = True
            k += 2
        else:
            k += 1
    return exchanged


def repair(values: NDArray[Scalar], exchanged: NDArray[np.bool_]) -> NDArray[Scalar]:
    """Exchange left and right legs of (T, 33, ...) values in the marked frames."""
    repaired = values.copy()
    for joint in LEG:
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        repaired[exchanged, left] = values[exchanged, right]
        repaired[exchanged, right] = values[exchanged, left]
    return repaired
