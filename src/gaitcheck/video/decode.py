"""Frames in one pass: upright, contiguous RGB, each with its true capture time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from numpy.typing import NDArray

from gaitcheck.errors import ClipError
from gaitcheck.video import limits
from gaitcheck.video.probe import ClipInfo

_KEEP_AS_IS = (False, False, False)


@dataclass(frozen=True)
class Frame:
    """``time_s`` is real time since the first frame; ``image`` is (H, W, 3) uint8 RGB, contiguous."""

    time_s: float
    image: NDArray[np.uint8]


def orientation(frame: av.VideoFrame) -> tuple[bool, bool, bool]:
    """How to turn a coded frame upright: (transpose, flip x, flip y), from its display matrix."""
    for side_data in frame.side_data:
        if side_data.type == SideDataType.DISPLAYMATRIX:
            matrix = np.frombuffer(bytes(side_data), dtype=np.int32)[:9].reshape(3, 3)
            a, b, c, d = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
            if abs(int(a)) >= abs(int(c)):
                return (False, bool(a < 0), bool(d < 0))
            return (True, bool(c < 0), bool(b < 0))
    return _KEEP_AS_IS


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
                image = upright(coded.to_ndarray(format="rgb24"), turn)
                if mirrored:
                    image = np.ascontiguousarray(image[:, ::-1])
                yield Frame((stamp - first) / clip.slow_motion, image)
        except (av.error.FFmpegError, ValueError) as error:
            if first is None:
                raise ClipError(
                    f"{clip.name} can't be decoded ({type(error).__name__}); export it again as H.264 MP4."
                ) from error
