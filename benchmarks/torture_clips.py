"""Bad and odd clips: truncated, flipped, strange codecs, times, shapes, names and places."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import struct
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import tomli_w

import film_tools as film
from gaitcheck.analysis import Analysis, load
from torture_case import ROOT, SAMPLES, Case, Verdict, analysed, gaitcheck, judged, unclear

STORY = ROOT / "tests" / "stories" / "02_valgus_only.toml"
REAR = SAMPLES / "rear_valgus_crossover.mp4"
SECONDS, FPS = 5.0, 60.0
TRUNCATIONS = 40
FLIPS = 200
Make = Callable[[Path], Path]
TICKS = Fraction(1, 90_000)
COARSE = ("mpeg4", "mpeg2video")
"""Codecs that count no finer than frames."""


class Stock:
    """The clip that everything is made from, and what it says untouched; made once in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    @property
    def clip(self) -> Path:
        """A runner from behind, 360 x 640, its index at the end as phones write it."""
        with self._lock:
            path = self._folder / "stock.mp4"
            if not path.is_file():
                part = path.with_name("stock.part.mp4")
                film.write(part, self.pictures, FPS).replace(path)
            return path

    @cached_property
    def pictures(self) -> list[film.Picture]:
        return film.sized(film.pictures(REAR, 0.0, SECONDS), 360, 640)

    @property
    def results(self) -> Path:
        """Results of the untouched clip; there after ``truth`` was asked for."""
        return self._folder / "stock-results"

    @cached_property
    def truth(self) -> Analysis:
        """What the untouched clip says; its runner has sore knees, so that there is a plan to check in on."""
        out = self.results
        clip = self.clip
        with self._lock:
            if not (out / "analysis.json").is_file():
                with _folder(self._folder / "stock-work") as place:
                    answers = place / "answers.toml"
                    told = tomllib.loads(STORY.read_text(encoding="utf-8"))["answers"]
                    answers.write_text(tomli_w.dumps(told), encoding="utf-8")
                    ended, made = analysed(clip, place, "--intake", str(answers))
                    if ended.code != 0:
                        raise RuntimeError(f"the untouched clip is refused: {ended.err}")
                    made.replace(out)
        return load(out)


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[Path]:
    path.mkdir(parents=True, exist_ok=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _trial(stock: Stock, make: Callable[[Stock, Path], Path], like: bool, mirror: bool, folder: Path) -> Verdict:
    try:
        clip = make(stock, folder)
    except (av.error.EncoderNotFoundError, av.error.MuxerNotFoundError, av.codec.codec.UnknownCodecError) as error:
        return Verdict("absent", str(error))
    truth = stock.truth if like else None
    ended, out = analysed(clip, folder)
    return judged(ended, out, truth, mirror)


# ------------------------------------------------------------ the file's bytes


def _truncated(number: int, front: bool, stock: Stock, folder: Path) -> Path:
    """Cut off at one of so many places; with the index in front a player shows what is there."""
    source, target = stock.clip, folder / "clip.mp4"
    if front:
        source = film.remuxed(source, folder / "front.mp4", movflags="faststart")
    data = source.read_bytes()
    target.write_bytes(data[: round(len(data) * (number + 0.5) / TRUNCATIONS)])
    return target


def _atoms(data: bytes) -> dict[str, tuple[int, int]]:
    """Where the parts of an MP4 begin and end."""
    found, place = {}, 0
    while place + 8 <= len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        size = size if size > 1 else len(data) - place
        found[name.decode("latin-1")] = (place, place + size)
        place += size
    return found


def _flipped(where: str, seed: int, stock: Stock, folder: Path) -> Path:
    """A few bytes changed in the header, the index or the pictures."""
    data = bytearray(stock.clip.read_bytes())
    begin, end = _atoms(bytes(data))[where]
    chance = random.Random(f"{where}{seed}")
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        data[chance.randrange(begin, end)] ^= 1 << chance.randrange(8)
    target = folder / "clip.mp4"
    target.write_bytes(bytes(data))
    return target


def _content(content: bytes, name: str = "clip.mp4") -> Callable[[Stock, Path], Path]:
    def make(_: Stock, folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


# ------------------------------------------------------------ codecs, colours, shapes


def _coded(
    stock: Stock,
    folder: Path,
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    suffix: str = ".mp4",
    options: dict[str, str] | None = None,
    colours: tuple[int, int, int] | None = None,
    interlaced: bool = False,
    aspect: Fraction | None = None,
    change: Callable[[list[film.Picture]], list[film.Picture]] = list,
    fps: float = FPS,
    stamps: Callable[[int], int | None] | None = None,
    start: int = 0,
) -> Path:
    target = folder / f"clip{suffix}"
    shown = change(stock.pictures)
    with av.open(str(target), "w") as container:
        stream: Any = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000), options=options or {})
        stream.height, stream.width = (
            side - side % 2 if "420" in pixel_format else side for side in shown[0].shape[:2]
        )
        stream.pix_fmt = pixel_format
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        ticks = Fraction(1, round(fps)) if codec in COARSE else TICKS
        if suffix != ".avi":
            stream.time_base = stream.codec_context.time_base = ticks
        if colours is not None:
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace = colours
        for k, picture in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(picture[: stream.height, : stream.width]), format="rgb24"
            ).reformat(format=pixel_format)
            stamp = round(k / fps / ticks) if stamps is None else stamps(k)
            if suffix == ".avi":
                frame.pts = k
            elif stamp is not None:
                frame.pts, frame.time_base = stamp + start, ticks
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target


def coded(**how: Any) -> Callable[[Stock, Path], Path]:
    """The stock's pictures coded and timed in another way."""
    return lambda stock, folder: _coded(stock, folder, **how)


def _padded(width: int, height: int) -> Callable[[list[film.Picture]], list[film.Picture]]:
    """The pictures in the middle of larger, grey ones."""

    def change(shown: list[film.Picture]) -> list[film.Picture]:
        done = []
        for picture in shown:
            whole = np.full((height, width, 3), 90, dtype=np.uint8)
            top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
            whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
            done.append(whole)
        return done

    return change


def _cropped(odd: int) -> Callable[[list[film.Picture]], list[film.Picture]]:
    return lambda shown: [np.ascontiguousarray(picture[:-odd, :-odd]) for picture in shown]


def _rotated(matrix: tuple[int, ...], stock: Stock, folder: Path) -> Path:
    """A display matrix in the track's header, and pictures turned so that it sets them right."""
    quarter = {(0, 1, -1, 0): 1, (-1, 0, 0, -1): 2, (0, -1, 1, 0): 3}.get(matrix, 0)
    shown = film.quarter(stock.pictures, quarter)
    if matrix == (-1, 0, 0, 1):
        shown = film.mirrored(shown)
    plain = film.write(folder / "plain.mp4", shown, FPS)
    data = bytearray(plain.read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    a, b, c, d = matrix
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    data[place : place + 36] = struct.pack(">9i", *values)
    plain.write_bytes(bytes(data))
    return plain


def _sized_midway(stock: Stock, folder: Path) -> Path:
    shown = stock.pictures
    film.write(folder / "a.mp4", shown[:200], FPS)
    film.write(folder / "b.mp4", film.sized(shown[200:], 270, 480), FPS)
    return film.joined(folder / "a.mp4", folder / "b.mp4", folder / "clip.mp4")


def _renamed(stock: Stock, folder: Path) -> Path:
    """A file of one kind with the name of another."""
    made = _coded(stock, folder, codec="mjpeg", pixel_format="yuvj420p", suffix=".avi")
    return made.rename(folder / "clip.mp4")


def _two_tracks(stock: Stock, folder: Path) -> Path:
    """A second, smaller picture track, as depth and preview tracks are."""
    target = folder / "clip.mp4"
    shown = stock.pictures
    with av.open(str(target), "w") as container:
        streams: list[Any] = []
        for size in ((360, 640), (90, 160)):
            stream: Any = container.add_stream("libx264", rate=60)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            streams.append((stream, film.sized(shown, *size)))
        for k in range(len(shown)):
            for stream, pictures in streams:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pictures[k], format="rgb24")))
        for stream, _ in streams:
            container.mux(stream.encode(None))
    return target


def _with_sound(stock: Stock, folder: Path, *, picture: bool = True) -> Path:
    target = folder / "clip.mp4"
    with av.open(str(target), "w") as container:
        sound: Any = container.add_stream("aac", rate=44100)
        stream: Any = container.add_stream("libx264", rate=60) if picture else None
        if picture:
            stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        for k in range(200):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, 1024 * k
            container.mux(sound.encode(frame))
        for shown in stock.pictures if picture else []:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        for one in filter(None, (sound, stream)):
            container.mux(one.encode(None))
    return target


def _edit_list(stock: Stock, folder: Path) -> Path:
    """The first second edited away, as phones trim."""
    target = folder / "clip.mp4"
    with av.open(str(stock.clip)) as clip, av.open(str(target), "w", options={"use_editlist": "1"}) as copy:
        source = clip.streams.video[0]
        stream = copy.add_stream_from_template(source)
        for packet in clip.demux(source):
            if packet.dts is not None:
                shift = round(1.0 / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                packet.stream = stream
                copy.mux(packet)
    return target


def _named(name: str | bytes) -> Callable[[Stock, Path], Path]:
    def make(stock: Stock, folder: Path) -> Path:
        target = folder / (os.fsdecode(name) if isinstance(name, bytes) else name)
        target.write_bytes(stock.clip.read_bytes())
        return target

    return make


# ------------------------------------------------------------ places that are no files


def _looped(_: Stock, folder: Path) -> Path:
    (folder / "clip.mp4").symlink_to(folder / "other.mp4")
    (folder / "other.mp4").symlink_to(folder / "clip.mp4")
    return folder / "clip.mp4"


def _linked(stock: Stock, folder: Path) -> Path:
    (folder / "clip.mp4").symlink_to(stock.clip)
    return folder / "clip.mp4"


def _pipe(_: Stock, folder: Path) -> Path:
    os.mkfifo(folder / "clip.mp4")
    return folder / "clip.mp4"


def _unreadable(stock: Stock, folder: Path) -> Verdict:
    """A clip that this user may not read."""
    clip, place = Path(shutil.copy(stock.clip, folder / "clip.mp4")), folder / "place"
    clip.chmod(0)
    place.mkdir()
    ended = gaitcheck("analyze", clip, "--out", place / "visit", "--quiet", bounded=True)
    return judged(ended, place / "visit", None)


def _growing(stock: Stock, folder: Path) -> Verdict:
    """A file that is still being copied while it is read."""
    target, data = folder / "clip.mp4", film.remuxed(stock.clip, folder / "f.mp4", movflags="faststart").read_bytes()
    target.write_bytes(data[: len(data) // 2])

    def grow() -> None:
        with target.open("ab") as stream:
            for k in range(len(data) // 2, len(data), 4096):
                stream.write(data[k : k + 4096])
                stream.flush()
                time.sleep(0.02)

    copying = threading.Thread(target=grow)
    truth = stock.truth
    copying.start()
    ended, out = analysed(target, folder)
    copying.join()
    return judged(ended, out, truth)


def _bomb(_: Stock, folder: Path) -> Path:
    """A few hundred bytes a picture that unfold to 8192 x 8192."""
    target = folder / "clip.mp4"
    with av.open(str(target), "w") as container:
        stream: Any = container.add_stream("libx264", rate=60, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 8192, 4320, "yuv420p"
        black = av.VideoFrame.from_ndarray(np.zeros((4320 * 3 // 2, 8192), dtype=np.uint8), format="yuv420p")
        for k in range(60):
            black.pts = k
            container.mux(stream.encode(black))
        container.mux(stream.encode(None))
    return target


def _stamps(kind: str) -> Callable[[int], int | None]:
    """Stamps in ticks of 90 kHz."""
    step = 1500
    ways: dict[str, Callable[[int], int | None]] = {
        "missing": lambda k: k * step + (step * 30 if k > 150 else 0),
        "jitter": lambda k: k * step + (k * 7919) % 900,
    }
    return ways[kind]


ODD_NAMES: tuple[str | bytes, ...] = (
    "two words.mp4", "it's.mp4", 'a "quoted" name.mp4', "new\nline.mp4", "läufer 🏃.mp4", "-rf.mp4", "--help.mp4",
    "a;b&c|d.mp4",
    "$(touch gotcha).mp4", "%s%n.mp4", "#[panic()].mp4", "<img src=x onerror=alert(1)>.mp4", "=cmd|'A1'.mp4",
    "\u202e4pm.mp4",
    "x" * 251 + ".mp4", b"\xff\xfe.mp4", "CON.mp4", ".mp4", "clip", "clip.txt", "clip.pdf", "clip.MP4",
)  # fmt: skip


def cases(scratch: Path) -> list[Case]:
    """Every bad and odd clip; ``scratch`` keeps what they are made from."""
    stock = Stock(scratch)

    def one(
        group: str,
        name: str,
        make: Callable[[Stock, Path], Path],
        like: bool = True,
        mirror: bool = False,
        quick: bool = False,
    ) -> Case:
        return Case(group, name, partial(_trial, stock, make, like, mirror), quick)

    found = [one("untouched", "stock", lambda stock, _: stock.clip)]
    for k in range(TRUNCATIONS):
        made = partial(_truncated, k, k % 2 == 0)
        found.append(one("truncated", f"at_{k}", made, quick=k in (3, 26)))
    for where, share in (("ftyp", 0.1), ("moov", 0.5), ("mdat", 0.4)):
        for seed in range(round(share * FLIPS)):
            found.append(one("flipped", f"{where}_{seed}", partial(_flipped, where, seed), quick=seed == 1))
    found += [
        one("no clip", "empty", _content(b""), like=False, quick=True),
        one("no clip", "one_byte", _content(b"\x00"), like=False),
        one("no clip", "text", _content(b"this is not a film\n" * 100), like=False, quick=True),
        one("no clip", "html", _content(b"<html><body>404</body></html>"), like=False),
        one("no clip", "zip", _content(b"PK\x03\x04" + bytes(2000)), like=False),
        one("no clip", "pdf", _content(b"%PDF-1.7\n" + bytes(2000)), like=False),
        one("no clip", "noise", _content(random.Random(1).randbytes(200_000)), like=False, quick=True),
        one("no clip", "header_only", _content(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), like=False),
        one("no clip", "playlist", _content(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "clip.m3u8"), like=False),
        one("no clip", "concat", _content(b"ffconcat version 1.0\nfile /etc/passwd\n", "clip.ffconcat"), like=False),
        one("no clip", "sdp", _content(b"v=0\nm=video 5004 RTP/AVP 96\nc=IN IP4 127.0.0.1\n", "clip.sdp"), like=False),
        one("no clip", "folder", lambda _, folder: folder, like=False),
        one("no clip", "absent", lambda _, folder: folder / "clip.mp4", like=False, quick=True),
        one("no clip", "sound_alone", partial(_with_sound, picture=False), like=False),
        one("no clip", "cover_alone", coded(codec="mjpeg", pixel_format="yuvj420p", suffix=".mov",
            change=lambda s: s[:1]), like=False),
        one("short", "one_picture", coded(change=lambda shown: shown[:1]), like=False, quick=True),
        one("short", "two_pictures", coded(change=lambda shown: shown[:2]), like=False),
        one("short", "half_a_second", coded(change=lambda shown: shown[:30]), like=False),
        one("short", "a_second", coded(change=lambda shown: shown[:60]), like=False),
        one("short", "two_seconds", coded(change=lambda shown: shown[:120])),
        one("short", "three_seconds", coded(change=lambda shown: shown[:180])),
        one("sizes", "1x1", coded(codec="mpeg4", change=lambda s: [p[:2, :2] for p in s[:30]]), like=False),
        one("sizes", "64x114", coded(change=lambda s: film.sized(s, 64, 114)), like=False),
        one("sizes", "128x228", coded(change=lambda s: film.sized(s, 128, 228))),
        one("sizes", "odd", coded(pixel_format="yuv444p", change=_cropped(1))),
        one("sizes", "odd_3", coded(pixel_format="yuv444p", change=_cropped(3))),
        one("sizes", "wide", coded(change=_padded(1600, 640))),
        one("sizes", "tall", coded(change=_padded(360, 1600))),
        one("sizes", "8192", _bomb, like=False),
        one("sizes", "over_8192", coded(codec="mjpeg", pixel_format="yuvj420p", suffix=".mov",
            change=lambda s: _padded(9000, 640)(s[:6])), like=False),
        one("codecs", "hevc", coded(codec="libx265", options={"x265-params": "log-level=error"})),
        one("codecs", "hevc_10_bit", coded(codec="libx265", pixel_format="yuv420p10le",
            options={"x265-params": "log-level=error"})),
        one("codecs", "hevc_hlg", coded(codec="libx265", pixel_format="yuv420p10le", colours=(9, 18, 9),
            options={"x265-params": "log-level=error"})),
        one("codecs", "hevc_pq", coded(codec="libx265", pixel_format="yuv420p10le", colours=(9, 16, 9),
            options={"x265-params": "log-level=error"})),
        one("codecs", "h264_10_bit", coded(pixel_format="yuv420p10le")),
        one("codecs", "h264_422", coded(pixel_format="yuv422p")),
        one("codecs", "h264_444", coded(pixel_format="yuv444p")),
        one("codecs", "h264_gray", coded(pixel_format="gray")),
        one("codecs", "h264_all_intra", coded(options={"g": "1"})),
        one("codecs", "h264_one_key_frame", coded(options={"g": "10000"})),
        one("codecs", "h264_b_frames", coded(options={"bf": "8", "b_strategy": "0"})),
        one("codecs", "vp8", coded(codec="libvpx", suffix=".webm", options={"b": "2M", "deadline": "realtime"})),
        one("codecs", "vp9", coded(codec="libvpx-vp9", suffix=".webm", options={"b": "2M", "deadline": "realtime",
            "cpu-used": "8"})),
        one("codecs", "av1", coded(codec="libsvtav1", options={"preset": "12"})),
        one("codecs", "mjpeg", coded(codec="mjpeg", pixel_format="yuvj420p", suffix=".mov")),
        one("codecs", "mjpeg_avi", coded(codec="mjpeg", pixel_format="yuvj420p", suffix=".avi")),
        one("codecs", "prores", coded(codec="prores_ks", pixel_format="yuv422p10le", suffix=".mov")),
        one("codecs", "mpeg4", coded(codec="mpeg4", options={"b": "4M"})),
        one("codecs", "mpeg2", coded(codec="mpeg2video", suffix=".ts", options={"b": "6M"})),
        one("codecs", "ffv1", coded(codec="ffv1", suffix=".mkv")),
        one("codecs", "gif", coded(codec="gif", pixel_format="rgb8", suffix=".gif", fps=20.0,
            change=lambda s: s[::3])),
        one("codecs", "interlaced", coded(options={"flags": "+ildct+ilme", "x264-params": "tff=1"})),
        one("containers", "mkv", lambda stock, folder: film.remuxed(stock.clip, folder / "clip.mkv")),
        one("containers", "mov", lambda stock, folder: film.remuxed(stock.clip, folder / "clip.mov")),
        one("containers", "ts", lambda stock, folder: film.remuxed(stock.clip, folder / "clip.ts", "mpegts")),
        one("containers", "fragmented", lambda stock, folder: film.remuxed(stock.clip, folder / "clip.mp4",
            movflags="frag_keyframe+empty_moov")),
        one("containers", "index_in_front", lambda stock, folder: film.remuxed(stock.clip, folder / "clip.mp4",
            movflags="faststart")),
        one("containers", "avi_called_mp4", _renamed),
        one("containers", "two_video_tracks", _two_tracks),
        one("containers", "with_sound", _with_sound),
        one("containers", "edit_list", _edit_list),
        one("containers", "size_changes", _sized_midway),
        one("shapes", "wide_pixels", coded(aspect=Fraction(4, 3), change=lambda s: film.sized(s, 270, 640))),
        one("shapes", "tall_pixels", coded(aspect=Fraction(3, 4), change=lambda s: film.sized(s, 480, 640))),
        one("shapes", "absurd_pixels", coded(aspect=Fraction(255, 1))),
        *(one("shapes", f"turned_{90 * turn}", partial(_rotated, matrix)) for turn, matrix in enumerate(
            ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)))),
        one("shapes", "mirrored_matrix", partial(_rotated, (-1, 0, 0, 1))),
        one("times", "start_negative", coded(start=-45_000)),
        one("times", "start_at_an_hour", coded(start=90_000 * 3600)),
        one("times", "start_at_a_year", coded(start=90_000 * 3600 * 8766)),
        one("times", "half_a_second_missing", coded(stamps=_stamps("missing"))),
        one("times", "jitter", coded(stamps=_stamps("jitter"))),
        *(one("times", f"{fps}_fps", coded(fps=fps, change=lambda s, n=round(FPS / fps): s[::n]), like=fps >= 10)
          for fps in (5.0, 10.0, 15.0, 20.0, 30.0)),
        one("times", "twice_as_fast", coded(fps=120.0), like=False),
        one("times", "half_as_fast", coded(fps=30.0)),
        *(one("names", f"name_{k}", _named(name), quick=k in (3, 6, 15)) for k, name in enumerate(ODD_NAMES)),
        one("places", "loop_of_links", _looped, like=False, quick=True),
        one("places", "link", _linked),
        one("places", "pipe", _pipe, like=False, quick=True),
        one("places", "dev_zero", lambda *_: Path("/dev/zero"), like=False, quick=True),
        one("places", "dev_null", lambda *_: Path("/dev/null"), like=False),
        one("places", "dev_random", lambda *_: Path("/dev/urandom"), like=False),
        one("places", "proc", lambda *_: Path("/proc/self/mem"), like=False),
        Case("places", "no_permission", partial(_unreadable, stock)),
        Case("places", "growing", lambda folder: _growing(stock, folder)),
        Case("places", "a_network_address", partial(_address, "http://127.0.0.1:9/clip.mp4"), quick=True),
        Case("places", "a_protocol", partial(_address, "concat:/etc/passwd|/etc/hosts")),
        Case("places", "a_device", partial(_address, "/dev/video0")),
    ]  # fmt: skip
    return found


def _address(address: str, folder: Path) -> Verdict:
    """What is not a file is not opened."""
    ended, _ = analysed(address, folder)
    wrong = unclear(ended) if ended.code in (2, 3) else [f"exit code {ended.code}"]
    return Verdict("wrong", "; ".join(wrong)) if wrong else Verdict("refused", ended.err.strip())
