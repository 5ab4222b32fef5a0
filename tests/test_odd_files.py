"""Files whole by their container and odd by their content: the right track, square pixels, every good picture."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from gaitcheck.checked import plain_file, toml_of
from gaitcheck.errors import ClipError
from gaitcheck.pipeline import analyze
from gaitcheck.quality import damaged, file_notes, require_times
from gaitcheck.quality.notes import even_rate
from gaitcheck.request import Request
from gaitcheck.video import Film, ProxyWriter, Tally, decode, probe, recut_proxy

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import film_tools as film


def _shots(count: int = 60, width: int = 192, height: int = 256) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, 255, (height, width, 3), dtype=np.uint8) for _ in range(count)]


def test_the_default_track_is_read_and_a_cover_never(tmp_path: Path) -> None:
    path = tmp_path / "two.mp4"
    with av.open(str(path), "w") as container:
        streams = []
        for width, default in ((128, False), (192, True)):
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = width, 256, "yuv420p"
            stream.disposition = av.stream.Disposition.default if default else av.stream.Disposition(0)
            streams.append(stream)
        for stream in streams:
            for picture in _shots(12, stream.width):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
    clip = probe(path)
    assert (clip.stream, clip.width) == (1, 192)
    assert next(iter(decode(clip))).image.shape == (256, 192, 3)


@pytest.mark.parametrize(("aspect", "shape"), [(Fraction(4, 3), (256, 256, 3)), (Fraction(1, 2), (256, 96, 3))])
def test_pixels_become_square(tmp_path: Path, aspect: Fraction, shape: tuple[int, ...]) -> None:
    clip = probe(film.write(tmp_path / "wide.mp4", _shots(), aspect=aspect))
    assert clip.pixel_aspect == pytest.approx(float(aspect))
    assert next(iter(decode(clip))).image.shape == shape


def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ClipError, match="is a pipe or a device"):
            probe(path)
        with pytest.raises(FileNotFoundError):
            plain_file(path)


def _not_past_permissions() -> None:
    """In a new process: permissions hold for it, also where it is root's (prctl of Linux, capabilities 1 and 2)."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="root's right past permissions is taken away as Linux does it")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("analyze", "file", "--out", "out"), "file can't be read (Permission denied); check its permissions."),
        (("batch", "roster.csv", "--out", "out"), "roster.csv can't be read (Permission denied); check"),
        (("synth", "x.mp4", "--recipe", "file"), "The recipe file can't be read (Permission denied); name a TOML file"),
        (("report", "visit"), "visit/checksums.txt can't be read (Permission denied); check its permissions."),
        (("analyze", "clip.mp4", "--out", "locked/out"), "(Permission denied); choose another --out"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_or_written_is_one_sentence(
    tmp_path: Path, rear_results: tuple[Path, object], arguments: tuple[str, ...], said: str
) -> None:
    for name in ("file", "roster.csv"):
        (tmp_path / name).touch(0o000)
    (tmp_path / "locked").mkdir(0o500)
    film.write(tmp_path / "clip.mp4", _shots(), 30.0)
    shutil.copytree(rear_results[0], tmp_path / "visit")
    (tmp_path / "visit" / "checksums.txt").chmod(0)
    ended = subprocess.run(
        [sys.executable, "-m", "gaitcheck.cli", *arguments],
        cwd=tmp_path, preexec_fn=_not_past_permissions, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode in (2, 3), ended.stderr
    assert len(ended.stderr.splitlines()) == 1 and said in ended.stderr, ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed as a shell of Unix does it")
@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_closed_stream(tmp_path: Path, closed: str) -> None:
    script = (
        "import os; from gaitcheck.cli import have_streams as h; h(); os._exit(os.open('x', os.O_CREAT | os.O_RDWR))"
    )
    told = subprocess.run(["bash", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script], cwd=tmp_path)
    assert told.returncode > 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * 30_000, "recursion"), ("a" + ".a" * 50_000 + " = 1", "dots"), ("a = " + "9" * 5_000, "digits"),
        ("[a" + ".a" * 50_000 + "]", "dots"), ("a = ", "value"),
    ],
)  # fmt: skip
def test_toml_that_has_no_end_is_refused(text: str, words: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError, match=words):
        toml_of(text)
    assert toml_of('note = "1.2.3 ... 4.5"\n[a.b]\nc = 1.5') == {"note": "1.2.3 ... 4.5", "a": {"b": {"c": 1.5}}}


def test_pictures_no_decoder_is_known_for_are_refused(tmp_path: Path) -> None:
    data = film.write(tmp_path / "clip.mp4", _shots(), 30.0).read_bytes()
    (tmp_path / "clip.mp4").write_bytes(data.replace(b"avc1", b"xyz1").replace(b"avcC", b"xyzC"))
    with pytest.raises(ClipError, match="can't be read; export it again"):
        probe(tmp_path / "clip.mp4")


@pytest.mark.parametrize(
    ("declared_s", "read", "refused"),
    [(2.0, 120, False), (2.03, 120, False), (1.9, 120, True), (2.2, 120, True), (2.2, 100, False), (1.9, 130, True)],
)
def test_a_film_whose_length_and_times_disagree_is_refused(
    tmp_path: Path, declared_s: float, read: int, refused: bool
) -> None:
    """A flipped bit in a track's times makes a runner of 168 steps a minute one of 160."""
    clip = replace(probe(film.write(tmp_path / "clip.mp4", _shots(120), 60.0)), duration_s=declared_s)
    tally = Tally(read=read, last_s=119 / 60)
    require_times(clip, tally, whole=False)
    with pytest.raises(ClipError, match="times can't be trusted") if refused else contextlib.nullcontext():
        require_times(clip, tally, whole=True)


@pytest.mark.parametrize(
    ("times", "rate"),
    [
        (np.arange(100) / 57.27, 57.27),
        (np.concatenate([np.arange(60), np.arange(90, 150)]) / 30, 30.0),
        (np.cumsum(np.tile([1 / 30, 1 / 24], 50)), 0.0),
        (np.zeros(1), 0.0),
        (np.zeros(0), 0.0),
    ],
)
def test_the_rate_of_a_film_is_told_where_its_pictures_come_evenly(times: np.ndarray, rate: float) -> None:
    assert even_rate(times) == pytest.approx(rate, rel=1e-6)


def test_a_film_whose_header_tells_no_rate_is_read_by_its_times(tmp_path: Path) -> None:
    path = film.remuxed(film.write(tmp_path / "clip.mp4", _shots(60), 30.0), tmp_path / "clip.mkv")
    assert probe(path).fps == pytest.approx(30.0, rel=0.01)


def test_a_bare_stream_asks_for_the_rate_and_takes_it(tmp_path: Path) -> None:
    raw = film.remuxed(film.write(tmp_path / "a.mp4", _shots(), 60.0), tmp_path / "a.h264", "h264")
    with pytest.raises(ClipError, match="--capture-fps"):
        probe(raw)
    times = [frame.time_s for frame in decode(probe(raw, 60.0))]
    assert len(times) == 60 and times[-1] == pytest.approx(59 / 60)


def test_reading_goes_on_after_bad_packets_and_counts_them(tmp_path: Path) -> None:
    whole = film.write(tmp_path / "whole.mp4", _shots(120))
    hurt, tally = film.damage(whole, tmp_path / "hurt.mp4", (40, 60), count=400), Tally()
    clip = probe(hurt)
    read = list(decode(clip, tally=tally))
    assert len(read) == tally.read > 60 and tally.damaged > 0 and tally.last_s > 1.9
    assert [note.code for note in file_notes(clip, tally, whole=True)] == ["pictures_damaged"]
    assert damaged(clip, tally, whole=True) is None, "two pictures of 120 are not why a clip can't be measured"


def test_damage_is_blamed_only_for_what_it_took(tmp_path: Path) -> None:
    whole = film.write(tmp_path / "whole.mp4", _shots(120))
    hurt, tally = film.damage(whole, tmp_path / "hurt.mp4", tuple(range(20, 100, 2)), count=400), Tally()
    clip = probe(hurt)
    list(decode(clip, tally=tally))
    refusal = damaged(clip, tally, whole=True)
    assert tally.read < 108 and refusal is not None and f"{tally.read} of 120" in str(refusal)


def test_a_file_that_ends_early_is_told_from_a_short_one(tmp_path: Path) -> None:
    whole = film.write(tmp_path / "whole.mp4", _shots(240))
    half, tally = probe(film.cut_off(whole, tmp_path / "half.mp4", 0.5)), Tally()
    assert len(list(decode(half, tally=tally))) < 200
    assert "shorter_than_declared" in [note.code for note in file_notes(half, tally, whole=True)]
    assert damaged(half, tally, whole=False) is None or tally.ended_early or tally.damaged
    short, fine = probe(whole), Tally()
    list(decode(short, tally=fine))
    assert damaged(short, fine, whole=True) is None and not file_notes(short, fine, whole=True)


def test_another_size_in_mid_stream_is_fitted_in_and_marked(tmp_path: Path) -> None:
    first = film.write(tmp_path / "a.mp4", _shots(30))
    second = film.write(tmp_path / "b.mp4", _shots(20, 128, 160))
    frames = list(decode(probe(film.joined(first, second, tmp_path / "c.mp4"))))
    assert {frame.image.shape for frame in frames} == {(256, 192, 3)}
    assert [k for k, frame in enumerate(frames) if frame.broken_off] == [30]


def test_a_film_s_changes_show_where_it_is_cut(tmp_path: Path) -> None:
    seen = Film()
    shots = [np.full((256, 192, 3), 40 if k < 30 else 200, np.uint8) for k in range(60)]
    clip = probe(film.write(tmp_path / "cut.mp4", shots))
    for frame in decode(clip):
        seen.add(frame)
    assert int(np.argmax(seen.changes)) == 30 and seen.changes[30] > 100 and not seen.broken_off.any()


def test_a_proxy_is_cut_retimed_and_mirrored(tmp_path: Path) -> None:
    path = tmp_path / "proxy.mp4"
    with ProxyWriter(path, 30.0) as writer:
        for k in range(60):
            picture = np.full((256, 192, 3), 4 * k, np.uint8)
            picture[:, :60] = 255 if k % 2 else 0
            writer.write(picture, k / 30)
    recut_proxy(path, 60.0, start_s=0.5, stop_s=1.5, factor=2.0, mirror=True)
    frames = list(decode(probe(path)))
    assert len(frames) == 30 and frames[-1].time_s == pytest.approx(29 / 60, abs=1e-3)
    assert frames[0].image[100, 60, 0] == pytest.approx(60, abs=6) and frames[0].image[100, 180, 0] > 200


SHARED_ODD = Path(__file__).resolve().parents[2] / "shared" / "data" / "odd"
REAR = {"cadence": (169.3, 1.5), "frontal_plane_projection_angle": (27.2, 4.0)}
"""What is true of the rendered runner these clips show."""
ODD: dict[str, tuple[str, dict[str, tuple[float, float]], str]] = {
    "android_lowlight": ("rear", REAR, "tag_not_believed"),
    "up": ("rear", REAR, "picture_turned"),
    "freeze_tail": ("rear", REAR, "left_out_still"),
    "one_bad_packet": ("rear", {"cadence": (168.8, 1.5)}, "pictures_damaged"),
    "sar43": ("rear", REAR, ""),
    "cover_first": ("rear", REAR, ""),
    "two_video": ("rear", REAR, ""),
    "ramp": ("left", {"cadence": (157.9, 1.5)}, "left_out_running"),
    "jump_front": ("front", {"foot_placement_offset": (0.017, 0.02)}, "left_out_step_missing"),
}
"""For each odd clip: its view, the right side's or the runner's numbers with their tolerance, what must be told."""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_clips_say_what_the_untouched_ones_say(name: str, tmp_path: Path) -> None:
    clip = SHARED_ODD / f"{name}.mp4"
    if not clip.is_file():
        pytest.skip(f"the odd clip {name} is not on this machine")
    view, numbers, code = ODD[name]
    found = analyze(Request(clips=(clip,)), tmp_path / "results")
    assert found.clips[0].view == view
    for metric, (value, off) in numbers.items():
        own = found.metric(metric, "both") or found.metric(metric, "right")
        assert own is not None and own.value == pytest.approx(value, abs=off)
    assert not code or code in [note.code for note in found.quality]


@pytest.mark.slow
def test_a_clip_damaged_in_the_middle_is_refused_as_damaged(tmp_path: Path) -> None:
    clip = SHARED_ODD / "corruptmid.mp4"
    if not clip.is_file():
        pytest.skip("the odd clip corruptmid is not on this machine")
    with pytest.raises(ClipError, match="damaged"):
        analyze(Request(clips=(clip,)), tmp_path / "results")
