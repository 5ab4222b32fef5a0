"""A small upright copy of the clip, for pictures and players: ``proxy.mp4``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gaitcheck.clock import HALF_A_TICK_S

TALLEST_PX = 960
TIME_BASE = Fraction(1, 90_000)
ENCODERS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", {"preset": "ultrafast", "x264-params": "cabac=1:deblock=1:8x8dct=1:partitions=i4x4,i8x8"}),
    "hevc": ("libx265", {"preset": "superfast", "x265-params": "log-level=error"}),
}
"""Encoders and how they are told to hurry. At equal size a picture is as near to its original as with ``superfast``, in
half of its time (36.0 dB, gym side)."""


def proxy_size(height: int, width: int, tallest_px: int = TALLEST_PX) -> tuple[int, int]:
    """Height and width of the proxy of pictures of a size, px: both even."""
    scale = min(1.0, tallest_px / height)
    return max(2, round(height * scale / 2) * 2), max(2, round(width * scale / 2) * 2)


class ProxyWriter:
    """Writes H.264 with the real capture times as stamps, so the proxy is its own time map."""

    def __init__(
        self,
        path: Path,
        fps: float,
        tallest_px: int = TALLEST_PX,
        crf: int = 24,
        codec: str = "h264",
        most_bits_per_s: float | None = None,
    ) -> None:
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._fps = fps
        self._tallest_px = tallest_px
        self._crf = crf
        self._most_bits_per_s = most_bits_per_s
        self._encoder, self._hurried = ENCODERS[codec]
        self._stream: av.VideoStream | None = None
        self._last_pts = -1

    def _start(self, height: int, width: int) -> av.VideoStream:
        rate = Fraction(self._fps).limit_denominator(1000)
        options = {"crf": str(self._crf), **self._hurried}
        if self._most_bits_per_s is not None:
            rate_limit = str(int(max(self._most_bits_per_s, 50_000.0)))
            options |= {"maxrate": rate_limit, "bufsize": rate_limit}
        stream = cast(av.VideoStream, self._container.add_stream(self._encoder, rate=rate, options=options))
        stream.height, stream.width = proxy_size(height, width, self._tallest_px)
        stream.pix_fmt = "yuv420p"
        stream.time_base = TIME_BASE
        stream.codec_context.time_base = TIME_BASE
        return stream

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Add one RGB picture (H, W, 3) at real time ``time_s``."""
        if self._stream is None:
            self._stream = self._start(*image.shape[:2])
        size = (self._stream.width, self._stream.height)
        fits = image.shape[:2] == (size[1], size[0])
        even = image if fits else cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        planes: NDArray[np.uint8] = np.asarray(cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        self._last_pts = max(round(time_s / TIME_BASE), self._last_pts + 1)
        frame.pts, frame.time_base = self._last_pts, TIME_BASE
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Flush and finish the file."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def __enter__(self) -> ProxyWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def recut_proxy(
    path: Path,
    fps: float,
    *,
    start_s: float = 0.0,
    stop_s: float = float("inf"),
    factor: float = 1.0,
    mirror: bool = False,
    source: Path | None = None,
) -> None:
    """Write a proxy again with its pictures from ``start_s`` up to ``stop_s``, played ``factor`` times as fast.

    Parameters
    ----------
    fps
        Of the new one.
    start_s, stop_s
        Times of the proxy as it is; the first picture kept begins the new one.
    mirror
        Exchange left and right of every picture.
    source
        Where its pictures come from, if not from itself.
    """
    part = path.with_name(f"{path.stem}.recut{path.suffix}")
    first: float | None = None
    with av.open(str(source or path)) as container, ProxyWriter(part, fps) as writer:
        converter = VideoReformatter()
        for coded in container.decode(video=0):
            time_s = float(coded.time or 0.0)
            if not start_s - HALF_A_TICK_S <= time_s < stop_s - HALF_A_TICK_S:
                continue
            first = time_s if first is None else first
            picture = np.asarray(converter.reformat(coded, format="rgb24").to_ndarray(), dtype=np.uint8)
            writer.write(picture[:, ::-1] if mirror else picture, (time_s - first) / factor)
    part.replace(path)
