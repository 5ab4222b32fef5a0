"""Probing and decoding: orientation, true times, codecs, refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from gaitcheck.errors import ClipError
from gaitcheck.video import ProxyWriter, Tally, decode, limits, probe
from gaitcheck.video.decode import upright
from gaitcheck.video.probe import every_nth

CODECS = [("libx264", "yuv420p", "mp4"),
          ("libx264", "yuv420p10le", "mp4"), ("libx265", "yuv420p", "mp4"),
          ("libvpx-vp9", "yuv420p", "webm"), ("libaom-av1", "yuv420p", "mp4"),
          ("mjpeg", "yuvj420p", "mov")]  # fmt: skip


def write_clip(
    path: Path,
    stamps: list[int],
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    base: int = 600,
    metadata: dict[str, str] | None = None,
) -> Path:
    """A clip of flat grey frames that get lighter, at the given time stamps (in 1/base s)."""
    with av.open(str(path), "w") as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 128, 192, pixel_format
        stream.time_base = stream.codec_context.time_base = Fraction(1, base)
        for k, stamp in enumerate(stamps):
            picture = np.full((192, 128, 3), 40 + 4 * k % 200, dtype=np.uint8)
            picture[:40, :40] = (250, 20, 20)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
            frame.pts, frame.time_base = stamp, Fraction(1, base)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("codec", "pixel_format", "suffix"), CODECS)
def test_codecs_and_depths_decode_to_upright_rgb(tmp_path: Path, codec: str, pixel_format: str, suffix: str) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no {codec} encoder")
    clip = probe(write_clip(tmp_path / f"clip.{suffix}", [20 * k for k in range(12)], codec, pixel_format))
    frames = list(decode(clip))
    assert len(frames) == 12
    assert frames[0].image.shape == (192, 128, 3)
    assert frames[0].image.flags.c_contiguous
    assert frames[0].image[5:30, 5:30, 0].mean() > 180
    assert frames[11].image[100:, 100:].mean() > frames[0].image[100:, 100:].mean() + 20


def test_times_are_the_containers_not_the_frame_rates(tmp_path: Path) -> None:
    stamps = [0, 20, 40, 90, 110, 112, 160, 200]
    frames = list(decode(probe(write_clip(tmp_path / "uneven.mp4", stamps))))
    np.testing.assert_allclose([f.time_s for f in frames], np.array(stamps) / 600, atol=1e-3)


def test_slow_motion_from_tag_and_by_hand(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "slow.mp4", [20 * k for k in range(9)])
    assert probe(path).slow_motion == 1.0
    given = probe(path, capture_fps=240.0)
    assert given.slow_motion == pytest.approx(8.0)
    assert list(decode(given))[-1].time_s == pytest.approx(8 / 240)


@pytest.mark.parametrize(
    ("rate", "every"), [(24, 1), (60, 1), (90, 1), (119.88, 2), (120, 2), (150, 2), (239.76, 4), (960, 16)]
)
def test_of_many_pictures_enough_are_looked_at(rate: float, every: int) -> None:
    assert every_nth(rate) == every
    assert every == 1 or rate / every > 59


def test_every_fourth_of_240_a_second_is_decoded_and_a_gap_grows_no_wider(tmp_path: Path) -> None:
    stamps = [10 * k for k in range(480) if k not in (16, 17, 30, 31, 32, 33, 34)]
    clip = probe(write_clip(tmp_path / "fast.mp4", stamps, base=2400), capture_fps=240.0)
    assert clip.every == 4 and clip.looked_at_fps == pytest.approx(60.0)
    times = np.array([frame.time_s for frame in decode(clip)])
    assert len(times) == pytest.approx(480 / 4, abs=2)
    gaps = np.diff(times)
    assert np.median(gaps) == pytest.approx(1 / 60, rel=0.04)
    assert gaps.max() < 1 / 60 + 5 / 240
    tally = Tally()
    assert len(list(decode(clip, tally=tally))) < tally.read == len(stamps)


def test_start_and_end_cut_half_open(tmp_path: Path) -> None:
    clip = probe(write_clip(tmp_path / "cut.mp4", [20 * k for k in range(30)]))
    times = [f.time_s for f in decode(clip, start_s=0.2, end_s=0.5)]
    assert times[0] == pytest.approx(0.2)
    assert max(times) < 0.5


def test_orientation_covers_all_eight() -> None:
    picture = np.arange(6, dtype=np.uint8).reshape(2, 3)[:, :, None].repeat(3, axis=2)
    quarter = upright(picture, (True, True, False))[:, :, 0]
    np.testing.assert_array_equal(quarter, np.rot90(picture[:, :, 0], -1))
    half = upright(picture, (False, True, True))[:, :, 0]
    np.testing.assert_array_equal(half, np.rot90(picture[:, :, 0], 2))
    three = upright(picture, (True, False, True))[:, :, 0]
    np.testing.assert_array_equal(three, np.rot90(picture[:, :, 0], 1))
    mirror = upright(picture, (False, True, False))[:, :, 0]
    np.testing.assert_array_equal(mirror, np.fliplr(picture[:, :, 0]))


def test_mirrored_swaps_left_and_right(tmp_path: Path) -> None:
    clip = probe(write_clip(tmp_path / "selfie.mp4", [0, 20, 40]))
    frame = next(iter(decode(clip, mirrored=True)))
    assert frame.image[5:30, -30:-5, 0].mean() > 180


def test_the_proxy_is_small_upright_and_its_own_time_map(tmp_path: Path) -> None:
    times = [0.0, 0.017, 0.033, 0.1]
    with ProxyWriter(tmp_path / "proxy.mp4", 60.0) as proxy:
        for t in times:
            proxy.write(np.full((1280, 720, 3), 90, dtype=np.uint8), t)
    clip = probe(tmp_path / "proxy.mp4")
    assert (clip.width, clip.height) == (540, 960)
    np.testing.assert_allclose([f.time_s for f in decode(clip)], times, atol=1e-3)


@pytest.mark.parametrize("shape", [(675, 1280), (676, 1279), (97, 96), (1281, 721), (961, 541)])
def test_pictures_of_odd_size_become_a_proxy(tmp_path: Path, shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 120, dtype=np.uint8)
    with ProxyWriter(tmp_path / "proxy.mp4", 30.0) as writer:
        for k in range(3):
            writer.write(picture, k / 30)
    frames = list(decode(probe(tmp_path / "proxy.mp4")))
    assert len(frames) == 3 and abs(float(frames[0].image.mean()) - 120) < 3


def test_what_is_not_a_clip_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a video" * 50)
    whole = write_clip(tmp_path / "whole.mp4", [20 * k for k in range(60)]).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    for name in ("missing.mp4", "empty.mp4", "text.mp4", "cut.mp4"):
        with pytest.raises(ClipError) as refused:
            probe(tmp_path / name)
        assert name in str(refused.value)
        assert "\n" not in str(refused.value)
        assert str(refused.value).endswith(".")
    with pytest.raises(ClipError, match="folder"):
        probe(tmp_path)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(ClipError, match="no video"):
        probe(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 9000}, "8192"), ({"duration_s": 700.0}, "600 s"), ({"fps": 2000.0}, "1000"),
        ({"size_bytes": 5 << 30}, "4 GB"), ({"height": 50}, "480p"),
    ],
)  # fmt: skip
def test_every_limit_names_itself(change: dict[str, float], words: str) -> None:
    good = {"width": 720, "height": 1280, "duration_s": 20.0, "fps": 60.0, "size_bytes": 1000}
    limits.check("x.mp4", **good)  # type: ignore[arg-type]
    with pytest.raises(ClipError, match=words):
        limits.check("x.mp4", **(good | change))  # type: ignore[arg-type]
