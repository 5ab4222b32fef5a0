"""Frames in one pass: upright, contiguous RGB, each with its true capture time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import av
import cv2
import numpy as np
from av.buffer import Buffer
from av.sidedata.sidedata import Type as SideDataType
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gaitcheck.errors import ClipError
from gaitcheck.video import limits
from gaitcheck.video.probe import ClipInfo

_KEEP_AS_IS = (False, False, False)


@dataclass(frozen=True)
class Frame:
    """One picture.

    Attributes
    ----------
    time_s
        Real time since the clip's first frame.
    image
        (H, W, 3) uint8 RGB, contiguous, of square pixels.
    scale
        How much smaller it is than the clip's own picture, whose longest side may be above LONGEST_SIDE_PX.
    broken_off
        Whether film may be missing before it: the picture's size changes here.
    """

    time_s: float
    image: NDArray[np.uint8]
    scale: float = 1.0
    broken_off: bool = False


@dataclass
class Tally:
    """What became of a clip's pictures while it was decoded.

    ``damaged`` counts packets and pictures that can't be used, ``last_s`` is the stamp of the last good picture, told
    from the first one's, ``ended_early`` whether the file could not be read to its end.
    """

    read: int = 0
    damaged: int = 0
    last_s: float = 0.0
    ended_early: bool = False


LONGEST_SIDE_PX = 1280
"""The landmark network sees 256 px of the runner: larger pictures only cost time."""


def _picture(coded: av.VideoFrame, pixel_aspect: float, converter: VideoReformatter) -> tuple[NDArray[np.uint8], float]:
    """RGB in square pixels, reduced to LONGEST_SIDE_PX while colours are converted, and the reduction.

    One ``converter`` for a whole clip sets its scaling up once: a quarter of the time for a clip of 1080 lines.
    """
    width = coded.width * pixel_aspect
    scale = max(1.0, max(width, coded.height) / LONGEST_SIDE_PX)
    size = {"width": round(width / scale), "height": round(coded.height / scale)}
    rgb = converter.reformat(coded, format="rgb24", interpolation="FAST_BILINEAR", **size)
    return np.asarray(rgb.to_ndarray(), dtype=np.uint8), coded.height / rgb.height


def _fitted(image: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A picture of another size inside one of the clip's, with black beside it."""
    scale = min(shape[0] / image.shape[0], shape[1] / image.shape[1])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    framed = np.zeros(shape, dtype=np.uint8)
    top, left = (shape[0] - size[1]) // 2, (shape[1] - size[0]) // 2
    framed[top : top + size[1], left : left + size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return framed


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


def _good_pictures(
    container: av.container.InputContainer, stream: av.VideoStream, tally: Tally
) -> Iterator[av.VideoFrame]:
    """Every picture of a track that decodes; a packet that does not is left out, and counted."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, ValueError):
            tally.ended_early = True
            return
        try:
            coded = packet.decode()
        except (av.error.FFmpegError, ValueError):
            tally.damaged += 1
            continue
        for picture in coded:
            assert isinstance(picture, av.VideoFrame)
            if picture.is_corrupt:
                tally.damaged += 1
            else:
                yield picture


def decode(
    clip: ClipInfo,
    *,
    start_s: float = 0.0,
    end_s: float | None = None,
    mirrored: bool = False,
    quarter_turns: int = 0,
    tally: Tally | None = None,
) -> Iterator[Frame]:
    """Yield the clip's frames from ``start_s`` up to, not including, ``end_s`` (playback seconds).

    Of a clip with more than enough frames a second only ``clip.every``-th ones are; by their times, so that where some
    are missing none more are left out. Frames whose stamp repeats or runs backwards are dropped: two pictures can't
    share an instant.
    Times are playback stamps from the first frame, divided by the slow-motion factor.

    Parameters
    ----------
    quarter_turns
        How often each picture is turned by 90 deg, counter-clockwise, after what the file says.
    tally
        Counts what was read and what could not be.

    Raises
    ------
    ClipError
        If nothing can be decoded, or the clip turns out longer than the limit.
    """
    first: float | None = None
    last = -np.inf
    tally = Tally() if tally is None else tally
    turn: tuple[bool, bool, bool] | None = None
    shown, least_gap_s = -np.inf, clip.slow_motion * (clip.every - 0.5) / clip.capture_fps
    coded_size, shape = (0, 0), (0, 0, 0)
    converter = VideoReformatter()
    with av.open(str(clip.path), metadata_errors="replace") as container:
        stream = container.streams[clip.stream]
        assert isinstance(stream, av.VideoStream)
        stream.thread_type = "AUTO"
        for index, coded in enumerate(_good_pictures(container, stream, tally)):
            stamp = coded.time if coded.pts is not None and clip.stamped else index / clip.fps
            if stamp is None or stamp <= last:
                continue
            last = stamp
            if turn is None:
                turn = orientation(coded)
            first = stamp if first is None else first
            tally.read += 1
            tally.last_s = stamp - first
            if stamp - first < start_s:
                continue
            if end_s is not None and stamp - first >= end_s:
                break
            if stamp - first > limits.LONGEST_CLIP_S:
                raise ClipError(f"{clip.name} lasts over {limits.LONGEST_CLIP_S:.0f} s; trim it to 20-30 s of running.")
            if clip.every > 1 and stamp - shown < least_gap_s:
                continue
            shown = stamp
            coloured, scale = _picture(coded, clip.pixel_aspect, converter)
            image = upright(coloured, turn)
            if mirrored:
                image = np.ascontiguousarray(image[:, ::-1])
            if quarter_turns % 4:
                image = np.ascontiguousarray(np.rot90(image, quarter_turns))
            broken_off = coded_size not in ((0, 0), (coded.width, coded.height))
            coded_size = (coded.width, coded.height)
            shape = image.shape if shape == (0, 0, 0) else shape
            image = image if image.shape == shape else _fitted(image, shape)
            yield Frame((stamp - first) / clip.slow_motion, image, scale, broken_off)
    if first is None:
        raise ClipError(f"{clip.name} can't be decoded; export it again as H.264 MP4.")
