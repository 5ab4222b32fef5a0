"""What phones and apps do to a film, done on purpose: pictures in, pictures out, and files of every odd kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

Picture = np.ndarray[Any, np.dtype[np.uint8]]
TICKS = Fraction(1, 90_000)


def pictures(path: Path, start_s: float = 0.0, seconds: float = 60.0, every: int = 1) -> list[Picture]:
    """RGB pictures of a stretch of a clip, as coded."""
    with av.open(str(path)) as clip:
        inside = [
            frame.to_ndarray(format="rgb24")
            for frame in clip.decode(video=0)
            if start_s - 1e-6 <= (frame.time or 0.0) < start_s + seconds - 1e-6
        ]
    return inside[::every]


def write(
    path: Path,
    shown: Iterable[Picture],
    fps: float = 60.0,
    *,
    stamps_s: Sequence[float] | None = None,
    tags: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    codec: str = "libx264",
    crf: str = "20",
) -> Path:
    """A clip of pictures at an even rate, or at stamps of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        container.metadata.update(tags or {})
        options = {"movflags": "use_metadata_tags"} if tags and path.suffix in (".mp4", ".mov") else {}
        if options:
            container.options.update(options)
        stream: Any = None
        for k, picture in enumerate(shown):
            if stream is None:
                stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000), options={"crf": crf})
                stream.height, stream.width = (2 * (side // 2) for side in picture.shape[:2])
                stream.pix_fmt = "yuv420p"
                if aspect is not None:
                    stream.codec_context.sample_aspect_ratio = aspect
                stream.time_base = stream.codec_context.time_base = TICKS
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(picture[: stream.height, : stream.width]), format="rgb24"
            )
            second = k / fps if stamps_s is None else stamps_s[k]
            frame.pts, frame.time_base = round(second / TICKS), TICKS
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turned(shown: Iterable[Picture], degrees: float) -> list[Picture]:
    """Pictures tilted clockwise about their middle; the size stays."""
    done = []
    for picture in shown:
        height, width = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
        done.append(cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))
    return done


def quarter(shown: Iterable[Picture], times: int) -> list[Picture]:
    """Pictures turned by 90 deg counter-clockwise, so many times."""
    return [np.ascontiguousarray(np.rot90(picture, times)) for picture in shown]


def mirrored(shown: Iterable[Picture]) -> list[Picture]:
    """Pictures as a selfie camera keeps them."""
    return [np.ascontiguousarray(picture[:, ::-1]) for picture in shown]


def sized(shown: Iterable[Picture], width: int, height: int) -> list[Picture]:
    """Pictures made smaller or larger, whatever becomes of their shape."""
    return [cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) for picture in shown]


def zoomed(shown: Iterable[Picture], factor: float, centre: tuple[float, float] = (0.5, 0.5)) -> list[Picture]:
    """The middle of pictures, enlarged to their size."""
    done = []
    for picture in shown:
        height, width = picture.shape[:2]
        h, w = round(height / factor), round(width / factor)
        top, left = round((height - h) * centre[1]), round((width - w) * centre[0])
        done.append(cv2.resize(picture[top : top + h, left : left + w], (width, height)))
    return done


def beside(left: Sequence[Picture], right: Sequence[Picture]) -> list[Picture]:
    """Two films side by side in one, as long as the shorter one, each as high as the first."""
    height = left[0].shape[0]
    other = [p if p.shape[0] == height else cv2.resize(p, (p.shape[1] * height // p.shape[0], height)) for p in right]
    return [np.hstack(pair) for pair in zip(left, other, strict=False)]


def damage(path: Path, target: Path, packets: Sequence[int], count: int = 4) -> Path:
    """A copy with a few bytes of some packets overwritten: the container stays whole."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as clip:
        places = [(p.pos, p.size) for p in clip.demux(video=0) if p.size and p.pos is not None]
    for number in packets:
        place, size = places[number]
        for k in range(min(count, size - 12)):
            data[place + 10 + k] ^= 0xFF
    target.write_bytes(bytes(data))
    return target


def remuxed(path: Path, target: Path, container_format: str | None = None, **options: str) -> Path:
    """The same packets in another kind of file."""
    with av.open(str(path)) as clip, av.open(str(target), "w", format=container_format, options=options) as copy:
        source = clip.streams.video[0]
        stream = copy.add_stream_from_template(source)
        for packet in clip.demux(source):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    return target


def cut_off(path: Path, target: Path, share: float) -> Path:
    """A copy that ends early, as a stopped transfer leaves it; its index stands in front."""
    front = remuxed(path, target.with_suffix(".front.mp4"), movflags="faststart")
    data = front.read_bytes()
    front.unlink()
    target.write_bytes(data[: round(share * len(data))])
    return target


def joined(first: Path, second: Path, target: Path) -> Path:
    """Two raw streams one after the other in one file, whatever their sizes."""
    parts = []
    for k, path in enumerate((first, second)):
        raw = target.with_suffix(f".{k}.h264")
        remuxed(path, raw, "h264")
        parts.append(raw.read_bytes())
        raw.unlink()
    whole = target.with_suffix(".h264")
    whole.write_bytes(b"".join(parts))
    with av.open(str(whole), format="h264", options={"framerate": "60"}) as clip, av.open(str(target), "w") as copy:
        source = clip.streams.video[0]
        stream = copy.add_stream_from_template(source)
        for k, packet in enumerate(clip.demux(source)):
            if packet.size:
                packet.pts = packet.dts = round(k / 60 / source.time_base)
                packet.stream = stream
                copy.mux(packet)
    whole.unlink()
    return target
