"""Where a picture of the legs is cut: from the chest to below the feet, the same part of every runner.

Placed by the landmarks of that very frame, hips' middle and lower ankle, so that a leg fills the same part of every
crop whatever the film's size. What landmarks get wrong moves the crop a little, as it did when the networks learned.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray, Picture

TALL, WIDE = 176, 112
"""Pixels of a crop."""
ABOVE_HIPS, BELOW_HIPS = 0.45, 1.30
"""How far a crop reaches from the hips' middle, in heights of the hips over the lower ankle."""
LEAST_OF_TRUNK = 0.8
"""A leg is never taken to be shorter than this share of the trunk: ankles can be lost."""


def corner_and_scale(landmarks: FloatArray) -> tuple[FloatArray, float]:
    """Upper left corner (2,) of a crop in the picture, px, and crop pixels a picture pixel.

    Parameters
    ----------
    landmarks
        (33, 2) px of one frame, all finite.
    """
    hips, shoulders, ankles = (
        landmarks[[INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]] for joint in ("hip", "shoulder", "ankle")
    )
    middle = hips.mean(axis=0)
    trunk = float(np.linalg.norm(middle - shoulders.mean(axis=0)))
    leg = max(float(ankles[:, 1].max() - middle[1]), LEAST_OF_TRUNK * trunk, 1.0)
    scale = TALL / ((ABOVE_HIPS + BELOW_HIPS) * leg)
    return np.array([middle[0] - WIDE / 2 / scale, middle[1] - ABOVE_HIPS * leg]), scale


def cut(picture: Picture, landmarks: FloatArray, margin: tuple[int, int] = (0, 0)) -> Picture:
    """The crop (TALL, WIDE, 3) of one frame; beyond the picture its edge goes on.

    Parameters
    ----------
    picture
        (H, W, 3) RGB.
    landmarks
        (33, 2) px, all finite.
    margin
        Crop pixels more at each end, down and across, for learning.
    """
    import cv2  # here, since documents are read without it

    corner, scale = corner_and_scale(landmarks)
    tall, wide = TALL + 2 * margin[0], WIDE + 2 * margin[1]
    x0, y0 = np.rint(corner - np.array([margin[1], margin[0]]) / scale).astype(int)
    x1, y1 = x0 + max(round(wide / scale), 1), y0 + max(round(tall / scale), 1)
    height, width = picture.shape[:2]
    columns = np.clip(np.arange(x0, x1), 0, width - 1)
    rows = np.clip(np.arange(y0, y1), 0, height - 1)
    if x0 >= 0 and x1 <= width and y0 >= 0 and y1 <= height:
        part = picture[y0:y1, x0:x1]
    else:
        part = picture[rows[:, None], columns]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (wide, tall), interpolation=how), dtype=np.uint8)
