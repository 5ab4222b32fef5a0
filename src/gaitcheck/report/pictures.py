"""Overlay video and annotated stills, drawn on the proxy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitcheck.analysis.document import Analysis
from gaitcheck.pose.landmarks import INDEX, LANDMARK_NAMES
from gaitcheck.video import ProxyWriter

Picture = NDArray[np.uint8]
FloatArray = NDArray[np.float64]

LEFT, RIGHT, NEUTRAL, WHITE = (44, 123, 229), (245, 128, 37), (235, 235, 235), (255, 255, 255)
"""RGB: blue and orange keep apart for every kind of colour vision and in grey."""
COLOUR = {"left": LEFT, "right": RIGHT}
CHAINS = (("shoulder", "elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee", "ankle", "heel", "foot_index", "ankle"))
STILL_HEIGHT_PX = 900


@dataclass(frozen=True)
class Tracks:
    """Landmarks of one clip from the results folder: times (T,), points (T, 33, 2) px of the clip."""

    times_s: FloatArray
    points: FloatArray


def read_tracks(folder: Path, clip: int) -> Tracks:
    """Landmarks of one clip from ``landmarks.parquet``."""
    frame = pd.read_parquet(folder / "landmarks.parquet", filters=[("clip", "==", clip)])
    frames = int(frame["frame"].max()) + 1
    points = frame[["x_px", "y_px"]].to_numpy(dtype=np.float64).reshape(frames, len(LANDMARK_NAMES), 2)
    times = frame["time_s"].to_numpy(dtype=np.float64).reshape(frames, len(LANDMARK_NAMES))[:, 0]
    return Tracks(times, points)


def proxy_frames(path: Path) -> Iterator[tuple[float, Picture]]:
    """(time in s, RGB picture) of a proxy."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            picture = np.ascontiguousarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            yield float(frame.time or 0.0), picture


def _line(picture: Picture, a: FloatArray, b: FloatArray, colour: tuple[int, int, int], width: int) -> None:
    if np.isnan(a).any() or np.isnan(b).any():
        return
    start, end = (tuple(round(float(v)) for v in p) for p in (a, b))
    cv2.line(picture, start, end, (0, 0, 0), width + 2, cv2.LINE_AA)
    cv2.line(picture, start, end, colour, width, cv2.LINE_AA)


def draw_skeleton(picture: Picture, points: FloatArray, width: int) -> None:
    """Both sides in their colours, hips and shoulders in white; points (33, 2) in the picture's px."""
    for joint in ("hip", "shoulder"):
        _line(picture, points[INDEX[f"left_{joint}"]], points[INDEX[f"right_{joint}"]], NEUTRAL, width)
    for side, colour in COLOUR.items():
        for chain in CHAINS:
            for a, b in pairwise(chain):
                _line(picture, points[INDEX[f"{side}_{a}"]], points[INDEX[f"{side}_{b}"]], colour, width)


def _text(picture: Picture, text: str, at: tuple[int, int], scale: float, colour: tuple[int, int, int] = WHITE) -> None:
    for shade, width in (((0, 0, 0), 5), (colour, 2)):
        cv2.putText(
            picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, shade, max(1, round(width * scale)), cv2.LINE_AA
        )


def _standing(analysis: Analysis, clip: int, time_s: float) -> str | None:
    for stance in analysis.stances:
        if stance.clip == clip and stance.initial_contact_s <= time_s < stance.toe_off_s:
            return stance.side
    return None


def write_overlay(analysis: Analysis, clip: int, proxy: Path, tracks: Tracks, target: Path) -> None:
    """The proxy with skeleton, side colours, contacts and cadence, as H.264."""
    about = analysis.clips[clip]
    cadence = analysis.metric("cadence", "both")
    with ProxyWriter(target, about.capture_fps, crf=26) as writer:
        for k, (time_s, picture) in enumerate(proxy_frames(proxy)):
            if k >= len(tracks.times_s):
                break
            height = picture.shape[0]
            draw_skeleton(picture, tracks.points[k] * height / about.height, max(2, height // 240))
            side = _standing(analysis, clip, time_s)
            scale = height / 900
            if cadence is not None and cadence.value is not None:
                _text(picture, f"{cadence.value:.0f} steps/min", (12, round(40 * scale)), scale)
            if side is not None:
                _text(picture, f"{side} foot on the belt", (12, round(76 * scale)), scale, COLOUR[side])
            writer.write(picture, time_s)


def median_stance(analysis: Analysis, folder: Path, clip: int, side: str) -> tuple[float, float] | None:
    """Mid-stance time and value of the step nearest the median of the side's leading metric."""
    strides = pd.read_csv(folder / "strides.csv")
    plane = analysis.clips[clip].detector
    metric = "frontal_plane_projection_angle" if plane == "frontal" else "tibia_inclination_at_contact"
    own = strides[(strides["clip"] == clip) & (strides["side"] == side) & (strides["metric"] == metric)].dropna()
    if own.empty:
        return None
    row = own.iloc[int((own["value"] - own["value"].median()).abs().to_numpy().argmin())]
    start, stop = float(row["initial_contact_s"]), float(row["toe_off_s"])
    return (start if plane == "sagittal" else 0.5 * (start + stop)), float(row["value"])


def write_still(
    analysis: Analysis, folder: Path, clip: int, side: str, proxy: Path, tracks: Tracks, target: Path
) -> bool:
    """An upright still of one side, cropped to the runner, with the leg drawn in; False if there is none."""
    found = median_stance(analysis, folder, clip, side)
    if found is None:
        return False
    index = int(np.argmin(np.abs(tracks.times_s - found[0])))
    picture = next((p for k, (_, p) in enumerate(proxy_frames(proxy)) if k == index), None)
    points = tracks.points[index]
    if picture is None or np.isnan(points).any():
        return False
    points = points * picture.shape[0] / analysis.clips[clip].height
    low, high = points.min(axis=0), points.max(axis=0)
    reach = high[1] - low[1]
    centre = 0.5 * (low[0] + high[0])
    x0, x1 = (int(np.clip(centre + s * 0.36 * reach, 0, picture.shape[1])) for s in (-1, 1))
    y0, y1 = int(max(low[1] - 0.14 * reach, 0)), int(min(high[1] + 0.06 * reach, picture.shape[0]))
    scale = STILL_HEIGHT_PX / (y1 - y0)
    crop = cv2.resize(picture[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    still = np.ascontiguousarray(crop, dtype=np.uint8)
    moved = (points - np.array([x0, y0])) * scale
    _line(still, moved[INDEX["left_hip"]], moved[INDEX["right_hip"]], NEUTRAL, 3)
    for a, b in (("hip", "knee"), ("knee", "ankle")):
        _line(still, moved[INDEX[f"{side}_{a}"]], moved[INDEX[f"{side}_{b}"]], COLOUR[side], 5)
    for joint in ("hip", "knee", "ankle"):
        x, y = (round(float(v)) for v in moved[INDEX[f"{side}_{joint}"]])
        cv2.circle(still, (x, y), 9, WHITE, -1, cv2.LINE_AA)
        cv2.circle(still, (x, y), 9, COLOUR[side], 3, cv2.LINE_AA)
    cv2.imwrite(str(target), cv2.cvtColor(still, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    return True
