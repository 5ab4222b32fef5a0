"""Blurring faces in every picture that is kept. After pose estimation: blurred faces turn people round."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.report.pictures.tracks import proxy_frames
from gaitcheck.typing import FloatArray, Picture
from gaitcheck.video import ProxyWriter

HEAD = [INDEX[name] for name in ("nose", "left_ear", "right_ear", "left_eye", "right_eye", "mouth_left", "mouth_right")]
HEAD_OF_TRUNK = 0.42
"""Radius to blur as a share of shoulder-to-hip: half a head and some room; heuristic."""
COARSE_PX = 7
AROUND = 3
GROWS_PER_S, LARGEST = 3.0, 3.0
"""How fast a head that is not seen may be somewhere else, in radii, and the most it is given; heuristic."""
FORGOTTEN_S = 0.5
"""So long after anybody was seen last, and before anybody is seen, a face may be anywhere; heuristic."""


def head_circle(points: FloatArray) -> tuple[float, float, float] | None:
    """Centre and radius of the head, px, from landmarks (33, 2); None where it was not seen."""
    head = points[HEAD].mean(axis=0)
    shoulders = 0.5 * (points[INDEX["left_shoulder"]] + points[INDEX["right_shoulder"]])
    hips = 0.5 * (points[INDEX["left_hip"]] + points[INDEX["right_hip"]])
    radius = HEAD_OF_TRUNK * float(np.linalg.norm(shoulders - hips))
    spread = 1.3 * float(np.linalg.norm(points[HEAD] - head, axis=1).max())
    circle = (float(head[0]), float(head[1]), max(radius, spread))
    return circle if np.isfinite(circle).all() else None


def blur(picture: Picture, circle: tuple[float, float, float]) -> None:
    """Make a circle of a picture unrecognisable, in place: a few coarse blocks, so that nothing can be undone."""
    height, width = picture.shape[:2]
    x, y, radius = circle
    x0, x1 = (int(np.clip(v, 0, width)) for v in (x - radius, x + radius + 1))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (y - radius, y + radius + 1))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    part = picture[y0:y1, x0:x1]
    small = cv2.resize(part, (COARSE_PX, COARSE_PX), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.mgrid[y0:y1, x0:x1]
    inside = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    part[inside] = coarse[inside]


def head_circles(person: Landmarks) -> tuple[FloatArray, FloatArray]:
    """Where a head may be in every frame, seen or not.

    Between two sightings it is taken to go straight from one to the other, before the first and after the last to
    stay; the circle grows with the time from the nearest sighting.

    Returns
    -------
    circles
        Centre and radius of every frame, px of the clip, (frames, 3); NaN where it was never seen.
    away_s
        How far the nearest sighting is, s, (frames,); infinite where there is none.
    """
    told = [head_circle(points) for points in person.pixels]
    seen = np.array([circle is not None for circle in told], dtype=bool)
    if not seen.any():
        return np.full((len(told), 3), np.nan), np.full(len(told), np.inf)
    at, known = person.times_s[seen], np.array([circle for circle in told if circle is not None])
    circles = np.stack([np.interp(person.times_s, at, known[:, k]) for k in range(3)], axis=1)
    away_s = np.abs(person.times_s[:, None] - at[None, :]).min(axis=1)
    circles[:, 2] *= np.minimum(1.0 + GROWS_PER_S * away_s, LARGEST)
    return circles, away_s


def blur_proxy(path: Path, people: list[Landmarks], fps: float) -> None:
    """Write the proxy again with everybody's face blurred in every frame.

    Each face is blurred where it is, was and will be within ``AROUND`` frames, since a pose model may put a head
    elsewhere for a frame or two. A frame in whose neighbourhood nobody was found is blurred whole: whose face is in
    it can't be known.
    """
    part = path.with_name(f"{path.stem}.blurred{path.suffix}")
    heads = [(*head_circles(person), person.height) for person in people if len(person.times_s)]
    with ProxyWriter(part, fps) as writer:
        for k, frame in enumerate(proxy_frames(path)):
            picture = frame.picture()
            if not any(away_s[min(k, len(away_s) - 1)] <= FORGOTTEN_S for _, away_s, _ in heads):
                blur(picture, _everything(picture))
            for circles, _, height in heads:
                near = circles[max(min(k, len(circles) - 1) - AROUND, 0) : k + AROUND + 1]
                for circle in near[np.isfinite(near).all(axis=1)] * picture.shape[0] / height:
                    blur(picture, tuple(circle))
            writer.write(picture, frame.time_s)
    part.replace(path)


def _everything(picture: Picture) -> tuple[float, float, float]:
    """A circle round a whole picture."""
    height, width = picture.shape[:2]
    return width / 2, height / 2, float(np.hypot(width, height))
