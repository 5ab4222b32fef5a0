"""What pictures are drawn from: the measured joints and the proxy's frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitcheck.errors import InputError
from gaitcheck.pose.landmarks import LANDMARK_NAMES

Picture = NDArray[np.uint8]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Tracks:
    """One clip from the results folder: times (T,), joints as measured (T, 33, 2) px of the clip."""

    times_s: FloatArray
    points: FloatArray

    def frame_at(self, time_s: float) -> int:
        """The frame nearest an instant."""
        return int(np.argmin(np.abs(self.times_s - time_s)))


def read_tracks(folder: Path, clip: int) -> Tracks:
    """Measured joints of one clip from ``landmarks.parquet``."""
    columns = ["frame", "time_s", "measured_x_px", "measured_y_px"]
    try:
        table = pd.read_parquet(folder / "landmarks.parquet", filters=[("clip", "==", clip)], columns=columns)
        frames, joints = int(table["frame"].max()) + 1, len(LANDMARK_NAMES)
        points = table[["measured_x_px", "measured_y_px"]].to_numpy(dtype=np.float64).reshape(frames, joints, 2)
    except (ValueError, OSError) as error:
        raise InputError(f"{folder / 'landmarks.parquet'} is damaged; run gaitcheck analyze again.") from error
    return Tracks(
        times_s=table["time_s"].to_numpy(dtype=np.float64).reshape(frames, joints)[:, 0],
        points=points,
    )


@dataclass(frozen=True)
class ProxyFrame:
    """One decoded frame, turned into a picture only when asked and as large as asked."""

    time_s: float
    frame: av.VideoFrame

    def picture(self, tallest_px: int | None = None) -> Picture:
        """The frame as RGB (H, W, 3), no taller than ``tallest_px``."""
        height, width = self.frame.height, self.frame.width
        scale = 1.0 if tallest_px is None else min(1.0, tallest_px / height)
        frame = self.frame
        if scale < 1.0:
            frame = frame.reformat(
                width=2 * round(scale * width / 2),
                height=2 * round(scale * height / 2),
                format="rgb24",
                interpolation="FAST_BILINEAR",
            )
        return np.ascontiguousarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


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
            for frame in container.decode(video=0):
                yield ProxyFrame(float(frame.time or 0.0), frame)
    except av.error.FFmpegError as error:
        raise InputError(f"{path} is damaged; run gaitcheck analyze again.") from error
