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


def blur_proxy(path: Path, people: list[Landmarks], fps: float) -> None:
    """Write the proxy again with everybody's face blurred; where a head was lost, its last circle is kept."""
    part = path.with_name(f"{path.stem}.blurred{path.suffix}")
    last: dict[int, tuple[float, float, float]] = {}
    with ProxyWriter(part, fps) as writer:
        for k, frame in enumerate(proxy_frames(path)):
            picture = frame.picture()
            for number, person in enumerate(people):
                circle = None
                if k < len(person.times_s):
                    circle = head_circle(person.pixels[k] * picture.shape[0] / person.height)
                if circle is not None:
                    last[number] = circle
                if number in last:
                    blur(picture, last[number])
            writer.write(picture, frame.time_s)
    part.replace(path)
