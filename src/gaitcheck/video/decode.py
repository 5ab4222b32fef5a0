"""Frames in one pass: upright, contiguous RGB, each with its true capture time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.buffer import Buffer
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

from gaitcheck.errors import ClipError
from gaitcheck.video import limits
from gaitcheck.video.probe import ClipInfo

_KEEP_AS_IS = (False, False, False)


@dataclass(frozen=True)
class Frame:
    """``time_s`` is real time since the first frame; ``image`` is (H, W, 3) uint8 RGB, contiguous, smaller
    than the clip's own picture by ``scale`` where that is above LONGEST_SIDE_PX."""

    time_s: float
    image: NDArray[np.uint8]
    scale: float = 1.0


LONGEST_SIDE_PX = 1280
"""The landmark network sees 256 px of the runner: larger pictures only cost time."""


def _picture(coded: av.VideoFrame) -> tuple[NDArray[np.uint8], float]:
    """RGB as coded, reduced to LONGEST_SIDE_PX while colours are converted, and the reduction."""
    scale = max(1.0, max(coded.width, coded.height) / LONGEST_SIDE_PX)
    size = {"width": round(coded.width / scale), "height": round(coded.height / scale)} if scale > 1 else {}
    rgb = coded.reformat(format="rgb24", interpolation="FAST_BILINEAR", **size)
    return np.asarray(rgb.to_ndarray(), dtype=np.uint8), coded.height / rgb.height


def orientation(frame: av.VideoFrame) -> tuple[bool, bool, bool]:
    """How to turn a coded frame upright: (transpose, flip x, flip y), from its display matrix."""
    side_data = cast(Mapping[SideDataType, Buffer], frame.side_data)
    if SideDataType.DISPLAYMATRIX not in side_data:
        return _KEEP_AS_IS
    display = side_data[SideDataType.DISPLAYMATRIX]
    a, b, _, c, d = (int(v) for v in np.frombuffer(bytes(display), dtype=np.int32)[:5])
    if abs(a) >= abs(c):
        return (False, a < 0, d < 0)
    return (True, c < 0, b < 0)


def upright(image: NDArray[np.uint8], turn: tuple[bool, bool, bool]) -> NDArray[np.uint8]:
    """Apply (transpose, flip x, flip y) and make the result contiguous."""
    transpose, flip_x, flip_y = turn
    if transpose:
        image = image.transpose(1, 0, 2)
    if flip_x:
        image = image[:, ::-1]
    if flip_y:
        image = image[::-1]
    return np.ascontiguousarray(image)


def decode(
    clip: ClipInfo, *, start_s: float = 0.0, end_s: float | None = None, mirrored: bool = False
) -> Iterator[Frame]:
    """Yield the clip's frames from ``start_s`` up to, not including, ``end_s`` (playback seconds).

    Frames whose stamp repeats or runs backwards are dropped: two pictures can't share an instant.
    Times are playback stamps from the first frame, divided by the slow-motion factor.

    Raises
    ------
    ClipError
        If nothing can be decoded, or the clip turns out longer than the limit.
    """
    first: float | None = None
    last = -np.inf
    turn: tuple[bool, bool, bool] | None = None
    with av.open(str(clip.path), metadata_errors="replace") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        try:
            for index, coded in enumerate(container.decode(stream)):
                stamp = coded.time if coded.pts is not None else index / clip.fps
                if stamp is None or stamp <= last:
                    continue
                last = stamp
                if turn is None:
                    turn = orientation(coded)
                first = stamp if first is None else first
                if stamp - first < start_s:
                    continue
                if end_s is not None and stamp - first >= end_s:
                    break
                if stamp - first > limits.LONGEST_CLIP_S:
                    raise ClipError(
                        f"{clip.name} lasts over {limits.LONGEST_CLIP_S:.0f} s; trim it to 20-30 s of running."
                    )
                coloured, scale = _picture(coded)
                image = upright(coloured, turn)
                if mirrored:
                    image = np.ascontiguousarray(image[:, ::-1])
                yield Frame((stamp - first) / clip.slow_motion, image, scale)
        except (av.error.FFmpegError, ValueError) as error:
            if first is None:
                raise ClipError(
                    f"{clip.name} can't be decoded ({type(error).__name__}); export it again as H.264 MP4."
                ) from error
