"""What a clip file says of itself, before any frame is analysed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
from av.stream import Disposition

from gaitcheck.clock import EARLIEST_FILMED
from gaitcheck.errors import ClipError
from gaitcheck.seal import sha256_of
from gaitcheck.video import limits

ANDROID_CAPTURE_RATE = "com.android.capture.fps"
UNSTAMPED = frozenset({"h264", "hevc", "m4v", "mpegvideo", "mjpeg", "mjpeg_2000", "h263", "obu", "rawvideo"})
"""Formats that hold pictures without any time; what a reader makes of them is a guess of 25 a second."""
WIDEST_PIXEL = 4.0
FILMED_TAGS = ("com.apple.quicktime.creationdate", "creation_time")
"""The camera's own date before the container's, which an export on a later day writes anew."""
CAMERA_TAGS = (
    ("com.apple.quicktime.make", "com.apple.quicktime.model"),
    ("com.android.manufacturer", "com.android.model"),
    ("make", "model"),
)
LONGEST_CAMERA = 60


@dataclass(frozen=True)
class ClipInfo:
    """One clip file.

    Attributes
    ----------
    stream
        The picture track's number in the file; a cover picture is none, and the file's own default goes first.
    width, height
        Coded size, px, before rotation.
    pixel_aspect
        Width of a coded pixel by its height.
    fps
        Mean playback rate.
    capture_fps
        Rate at which the camera recorded, as far as that is known.
    slow_motion
        Capture rate / playback rate, 1 until somebody gives it or the motion tells it.
    slow_motion_source
        given | tag | seen | none.
    tagged_fps
        The rate a tag speaks of, which may be wrong.
    every
        Which pictures are looked at: every second of 120 a second, every fourth of 240 (``every_nth``).
    stamped
        Whether the pictures have times of their own.
    filmed_on
        The day the file says, or None.
    camera
        Maker and model as the file says, or nothing.
    """

    path: Path
    name: str
    size_bytes: int
    sha256: str
    codec: str
    stream: int
    width: int
    height: int
    pixel_aspect: float
    fps: float
    capture_fps: float
    slow_motion: float
    slow_motion_source: Literal["none", "given", "tag", "seen"]
    tagged_fps: float | None
    every: int
    stamped: bool
    duration_s: float
    frame_count: int
    filmed_on: dt.date | None
    camera: str

    @property
    def looked_at_fps(self) -> float:
        """Pictures that are looked at in a second of life."""
        return self.capture_fps / self.every


def every_nth(capture_fps: float) -> int:
    """Which pictures of so many a second are looked at: as few as leave ``limits.ENOUGH_FPS``.

    More tell nothing more: at 120 a second no error is smaller than at 60 (docs/validation.md).
    """
    return max(1, int((capture_fps + 1.0) // limits.ENOUGH_FPS))


def printable(name: str) -> str:
    """A file's name as it can be written anywhere: bytes that are no UTF-8 are replaced.

    Parameters
    ----------
    name
        As the file system has it.

    Returns
    -------
    str
        The same where it is UTF-8.
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _open(path: Path) -> av.container.InputContainer:
    name = printable(path.name)
    if not path.exists():
        raise ClipError(f"{name} does not exist; check the path.")
    if path.is_dir():
        raise ClipError(f"{name} is a folder; name the clip inside it.")
    if not path.is_file():
        raise ClipError(f"{name} is a pipe or a device and no film; name the clip itself.")
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise ClipError(f"{name} can't be read ({error.strerror}); check its permissions.") from error
    if size == 0:
        raise ClipError(f"{name} is empty; copy the clip from the phone again.")
    try:
        return av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise ClipError(
            f"{name} is not a video that can be read, or its end is missing; copy or export it again as MP4."
        ) from error


def _decodable(stream: av.VideoStream) -> bool:
    context: object = stream.codec_context  # None, whatever PyAV's types say, where no decoder is known
    return context is not None


def picture_track(container: av.container.InputContainer) -> av.VideoStream | None:
    """The track to read: never a cover picture or one that can't be decoded; the default one, else the largest."""
    film = [s for s in container.streams.video if _decodable(s) and not s.disposition & Disposition.attached_pic]
    return max(
        film,
        key=lambda s: (bool(s.disposition & Disposition.default), s.codec_context.width * s.codec_context.height),
        default=None,
    )


def _tagged_rate(tags: dict[str, str]) -> float | None:
    try:
        tagged = float(tags.get(ANDROID_CAPTURE_RATE, ""))
    except ValueError:
        return None
    return tagged if 1.0 <= tagged <= limits.HIGHEST_RATE_FPS else None


def _counted_rate(container: av.container.InputContainer, stream: av.VideoStream) -> float:
    """Mean rate by the pictures' own times, where a file's header tells none that can be; 0 for fewer than two."""
    try:
        times = [float(p.pts * p.time_base) for p in container.demux(stream) if p.pts is not None]
    except (av.error.FFmpegError, ValueError):
        return 0.0
    span = max(times, default=0.0) - min(times, default=0.0)
    return (len(times) - 1) / span if span > 0 else 0.0


def _pixel_aspect(stream: av.VideoStream) -> float:
    """Width of a pixel by its height; 1 where the file says nothing, or nothing that can be."""
    said = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    ratio = float(said) if said else 1.0
    return ratio if 1 / WIDEST_PIXEL <= ratio <= WIDEST_PIXEL else 1.0


def _filmed_on(tags: dict[str, str]) -> dt.date | None:
    """The day of a clip; dates no phone can have filmed on are a clock that was never set."""
    for tag in FILMED_TAGS:
        try:
            day = dt.datetime.fromisoformat(tags.get(tag, "")).date()
        except ValueError:
            continue
        if EARLIEST_FILMED <= day <= dt.date.today() + dt.timedelta(days=1):
            return day
    return None


def _camera(tags: dict[str, str]) -> str:
    for maker, model in CAMERA_TAGS:
        if tags.get(model):
            return " ".join(f"{tags.get(maker, '')} {tags[model]}".split())[:LONGEST_CAMERA]
    return ""


def probe(path: Path, capture_fps: float | None = None) -> ClipInfo:
    """Read a clip's headers.

    Parameters
    ----------
    capture_fps
        The camera's recording rate, given by hand for slow-motion clips.

    Returns
    -------
    ClipInfo
        What the headers say: track, size, rates, day, fingerprint.

    Raises
    ------
    ClipError
        If the file is missing, empty, not a video, or beyond a limit.
    """
    name = printable(path.name)
    with _open(path) as container:
        stream = picture_track(container)
        if stream is None and not all(_decodable(s) for s in container.streams.video):
            raise ClipError(f"{name} is coded in a way that can't be read; export it again as H.264 MP4.")
        if stream is None:
            raise ClipError(f"{name} has no video track; choose the clip itself, not its sound or cover.")
        context = stream.codec_context
        if stream.duration is not None and stream.time_base is not None:
            duration = float(stream.duration * stream.time_base)
        else:
            duration = float(container.duration or 0) / av.time_base
        stamped = container.format.name not in UNSTAMPED
        if not stamped and capture_fps is None:
            raise ClipError(
                f"{name} is a bare {context.name} stream without times; give the camera's rate with "
                "--capture-fps, or export it as MP4."
            )
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        if stamped and not 0 < fps <= limits.HIGHEST_RATE_FPS:
            fps = _counted_rate(container, stream)
        fps = fps if stamped or capture_fps is None else capture_fps
        if fps <= 0 or context.width == 0:
            raise ClipError(f"{name} has no readable frames; copy or export it again as MP4.")
        tags = {**container.metadata, **stream.metadata}
        rate = fps if capture_fps is None else capture_fps
        size = path.stat().st_size
        limits.check(
            name,
            width=context.width,
            height=context.height,
            duration_s=duration,
            fps=fps,
            size_bytes=size,
        )
        return ClipInfo(
            path=path,
            name=name,
            size_bytes=size,
            sha256=sha256_of(path),
            codec=context.name,
            stream=stream.index,
            width=context.width,
            height=context.height,
            pixel_aspect=_pixel_aspect(stream),
            fps=fps,
            capture_fps=rate,
            every=every_nth(rate),
            slow_motion=rate / fps,
            slow_motion_source="none" if capture_fps is None else "given",
            tagged_fps=_tagged_rate(tags),
            stamped=stamped,
            duration_s=duration,
            frame_count=stream.frames or round(duration * fps),
            filmed_on=_filmed_on(tags),
            camera=_camera(tags),
        )
