"""What a clip file says of itself, before any frame is analysed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

import av

from gaitcheck.errors import ClipError
from gaitcheck.video import limits

ANDROID_CAPTURE_RATE = "com.android.capture.fps"
SLOW_MOTION_FROM = 1.5
FILMED_TAGS = ("com.apple.quicktime.creationdate", "creation_time")
"""The camera's own date before the container's, which an export on a later day writes anew."""
EARLIEST_FILMED = dt.date(2005, 1, 1)
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
    width, height : coded size, px, before rotation; fps : mean playback rate;
    capture_fps : rate at which the camera recorded; slow_motion : capture rate / playback rate.
    filmed_on : the day the file says, or None; camera : maker and model as the file says, or nothing.
    """

    path: Path
    name: str
    size_bytes: int
    sha256: str
    codec: str
    width: int
    height: int
    fps: float
    capture_fps: float
    slow_motion: float
    slow_motion_source: str
    duration_s: float
    frame_count: int
    filmed_on: dt.date | None
    camera: str


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _open(path: Path) -> av.container.InputContainer:
    if not path.exists():
        raise ClipError(f"{path.name} does not exist; check the path.")
    if path.is_dir():
        raise ClipError(f"{path.name} is a folder; name the clip inside it.")
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise ClipError(f"{path.name} can't be read ({error.strerror}); check its permissions.") from error
    if size == 0:
        raise ClipError(f"{path.name} is empty; copy the clip from the phone again.")
    try:
        return av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise ClipError(
            f"{path.name} is not a video that can be read, or its end is missing; copy or export it again as MP4."
        ) from error


def _capture_rate(tags: dict[str, str], playback_fps: float, by_hand: float | None) -> tuple[float, str]:
    if by_hand is not None:
        return by_hand, "given"
    try:
        tagged = float(tags.get(ANDROID_CAPTURE_RATE, ""))
    except ValueError:
        return playback_fps, "none"
    if tagged >= SLOW_MOTION_FROM * playback_fps:
        return tagged, "tag"
    return playback_fps, "none"


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
    capture_fps : the camera's recording rate, given by hand for slow-motion clips.

    Raises
    ------
    ClipError
        If the file is missing, empty, not a video, or beyond a limit.
    """
    with _open(path) as container:
        if not container.streams.video:
            raise ClipError(f"{path.name} has no video track; choose the clip itself, not its sound.")
        stream = container.streams.video[0]
        context = stream.codec_context
        if stream.duration is not None and stream.time_base is not None:
            duration = float(stream.duration * stream.time_base)
        else:
            duration = float(container.duration or 0) / av.time_base
        fps = float(stream.average_rate or stream.guessed_rate or 0)
        if fps <= 0 or context.width == 0:
            raise ClipError(f"{path.name} has no readable frames; copy or export it again as MP4.")
        tags = {**container.metadata, **stream.metadata}
        rate, source = _capture_rate(tags, fps, capture_fps)
        size = path.stat().st_size
        limits.check(
            path.name,
            width=context.width,
            height=context.height,
            duration_s=duration,
            fps=fps,
            size_bytes=size,
        )
        return ClipInfo(
            path=path,
            name=path.name,
            size_bytes=size,
            sha256=sha256_of(path),
            codec=context.name,
            width=context.width,
            height=context.height,
            fps=fps,
            capture_fps=rate,
            slow_motion=rate / fps,
            slow_motion_source=source,
            duration_s=duration,
            frame_count=stream.frames or round(duration * fps),
            filmed_on=_filmed_on(tags),
            camera=_camera(tags),
        )
