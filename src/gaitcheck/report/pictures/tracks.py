"""What pictures are drawn from: the measured joints and the proxy's frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from gaitcheck.analysis.kept import read_landmark_table
from gaitcheck.errors import InputError
from gaitcheck.pose.landmarks import INDEX, LANDMARK_NAMES
from gaitcheck.typing import FloatArray, Picture

LEG = ("hip", "knee", "ankle")
FARTHEST_OFF_OF_LEG = 0.08
"""A leg whose joints had to be moved farther to keep the measured angles is not drawn: nine in ten frames of every
rendered clip lie below 0.05. Heuristic."""
LEAST_VISIBILITY = 0.5


@dataclass(frozen=True)
class Tracks:
    """One clip from the results folder.

    Attributes
    ----------
    times_s
        (T,).
    points
        (T, 33, 2) px of the clip, joints as drawn.
    off_px
        (T, 33) how far a joint was moved from the limb so that lines have the measured angles.
    visibility
        (T, 33) 0-1.
    """

    times_s: FloatArray
    points: FloatArray
    off_px: FloatArray
    visibility: FloatArray

    def frame_at(self, time_s: float) -> int:
        """The frame nearest an instant."""
        return int(np.argmin(np.abs(self.times_s - time_s)))

    def fits(self, frame: int, side: str, leg_px: float) -> bool:
        """Whether a leg's lines lie on the leg in a frame: joints in sight, and hardly moved."""
        leg = [INDEX[f"{side}_{joint}"] for joint in LEG]
        if not np.isfinite(self.points[frame, leg]).all() or self.visibility[frame, leg].min() < LEAST_VISIBILITY:
            return False
        return bool(self.off_px[frame, leg].max() <= FARTHEST_OFF_OF_LEG * leg_px)


def read_tracks(folder: Path, clip: int) -> Tracks:
    """Measured joints of one clip from ``landmarks.parquet``."""
    try:
        table = read_landmark_table(folder, clip)
        off = table["measured_off_px"] if "measured_off_px" in table else 0.0 * table["visibility"]
        frames, joints = int(table["frame"].max()) + 1, len(LANDMARK_NAMES)
        points = table[["measured_x_px", "measured_y_px"]].to_numpy(dtype=np.float64).reshape(frames, joints, 2)
        off_px, seen = (v.to_numpy(dtype=np.float64).reshape(frames, joints) for v in (off, table["visibility"]))
    except (KeyError, ValueError) as error:
        raise InputError(f"{folder / 'landmarks.parquet'} is damaged; run gaitcheck analyze again.") from error
    return Tracks(
        times_s=table["time_s"].to_numpy(dtype=np.float64).reshape(frames, joints)[:, 0],
        points=points,
        off_px=off_px,
        visibility=seen,
    )


@dataclass(frozen=True)
class ProxyFrame:
    """One decoded frame, turned into a picture only when asked and as large as asked.

    ``converter`` belongs to the whole film: one that is set up for every frame takes longer than what it does.
    """

    time_s: float
    frame: av.VideoFrame
    converter: VideoReformatter

    @property
    def height(self) -> int:
        """Of the whole frame, px."""
        return self.frame.height

    def picture(self, tallest_px: int | None = None) -> Picture:
        """The frame as RGB (H, W, 3), no taller than ``tallest_px``."""
        height, width = self.frame.height, self.frame.width
        scale = 1.0 if tallest_px is None else min(1.0, tallest_px / height)
        if scale < 1.0:
            width, height = 2 * round(scale * width / 2), 2 * round(scale * height / 2)
        rgb = self.converter.reformat(self.frame, width, height, "rgb24", interpolation="FAST_BILINEAR")
        return np.ascontiguousarray(rgb.to_ndarray(), dtype=np.uint8)

    def part(self, x0: int, y0: int, x1: int, y1: int) -> Picture:
        """A part of the frame as RGB, its bounds all even."""
        if self.frame.format.name != "yuv420p":
            return np.ascontiguousarray(self.picture()[y0:y1, x0:x1])
        planes = []
        for plane, finer in zip(self.frame.planes, (1, 2, 2), strict=True):
            whole = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
            planes.append(whole[y0 // finer : y1 // finer, x0 // finer : x1 // finer].ravel())
        stacked = np.concatenate(planes).reshape(-1, min(x1, self.frame.width) - x0)
        return np.asarray(cv2.cvtColor(stacked, cv2.COLOR_YUV2RGB_I420), dtype=np.uint8)


def proxy_frames(path: Path) -> Iterator[ProxyFrame]:
    """The frames of a proxy, decoded ahead on the other cores.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    try:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            converter = VideoReformatter()
            for frame in container.decode(video=0):
                yield ProxyFrame(float(frame.time or 0.0), frame, converter)
    except av.error.FFmpegError as error:
        raise InputError(f"{path} is damaged; run gaitcheck analyze again.") from error
