"""What is shared and what is played: the overlay cut to the runner, and the film in which nobody can be recognised."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from gaitcheck.report import write_report
from gaitcheck.report.film import AROUND_S, CLOSING_S, OPENING_S, alone
from gaitcheck.report.pictures.overlay import Window, window_of
from gaitcheck.report.pictures.tracks import proxy_frames, read_tracks


def _atoms(path: Path) -> list[bytes]:
    data, at, found = path.read_bytes(), 0, []
    while at + 8 <= len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return found


def test_films_begin_before_they_are_loaded_whole(rear_results) -> None:
    for name in ("overlay.mp4", "proxy.mp4"):
        atoms = _atoms(rear_results[0] / name)
        assert atoms.index(b"moov") < atoms.index(b"mdat")


def test_the_overlay_shows_the_runner_alone_and_whole(rear_results) -> None:
    folder, analysis = rear_results
    clip, tracks = analysis.clips[0], read_tracks(folder, 0)
    window = window_of(tracks, clip)
    shown = next(iter(proxy_frames(folder / "overlay.mp4"))).picture()
    assert shown.shape[1] / shown.shape[0] == pytest.approx((window.x1 - window.x0) / (window.y1 - window.y0), rel=0.02)
    assert (window.x1 - window.x0) * (window.y1 - window.y0) < 0.75 * clip.width * clip.height
    places = window.points(tracks.points, shown.shape[0])
    inside = ((places >= 0) & (places <= [shown.shape[1], shown.shape[0]])).all(axis=2)
    assert inside[np.isfinite(places).all(axis=2)].mean() > 0.99


def test_a_window_maps_a_clip_s_points_to_its_own_picture(rear_results) -> None:
    clip = rear_results[1].clips[0].model_copy(update={"width": 100, "height": 200})
    picture = np.zeros((400, 200, 3), dtype=np.uint8)
    picture[240:244, 80:84] = 255
    window = Window(20.0, 100.0, 80.0, 200.0)
    x0, y0, x1, y1 = window.bounds(400, clip)
    cut = picture[y0:y1, x0:x1]
    assert cut.shape == (200, 120, 3)
    bright = np.argwhere(cut[..., 0] > 128).mean(axis=0)[::-1]
    assert bright == pytest.approx(window.points(np.array([41.0, 121.0]), 200), abs=1.5)


def test_the_film_to_share_says_what_was_found_and_slows_the_steps_that_say_most(rear_results, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(rear_results[0], folder)
    shared = rear_results[1].presentation.model_copy(update={"share": True})
    write_report(rear_results[1].model_copy(update={"presentation": shared}), folder)
    frames = list(proxy_frames(folder / "share.mp4"))
    times = np.array([frame.time_s for frame in frames])
    slowest = np.diff(times[(times > OPENING_S) & (times < times[-1] - CLOSING_S)]).max()
    assert slowest == pytest.approx(4.0 / rear_results[1].clips[0].capture_fps, rel=0.05)
    assert OPENING_S + CLOSING_S + AROUND_S < times[-1] < 25
    height, width = frames[0].picture().shape[:2]
    assert height == 960 and width % 2 == 0
    assert (folder / "share.mp4").stat().st_size < 12_000_000
    atoms = _atoms(folder / "share.mp4")
    assert atoms.index(b"moov") < atoms.index(b"mdat")


def test_nobody_but_the_runner_is_left_in_a_shared_picture_and_the_runner_has_no_face(rear_results) -> None:
    tracks, clip = read_tracks(rear_results[0], 0), rear_results[1].clips[0]
    window = window_of(tracks, clip)
    noise = np.random.default_rng(3).integers(0, 255, (720, 2 * round(360 * 0.6), 3)).astype(np.uint8)
    points = window.points(tracks.points[60], 720)
    shown = noise.copy()
    alone(shown, points)

    def rough(picture: np.ndarray) -> float:
        return float(np.abs(np.diff(picture.astype(float), axis=0)).mean())

    nose, hips = points[0].astype(int), points[23:25].mean(axis=0).astype(int)
    face = (slice(nose[1] - 12, nose[1] + 12), slice(nose[0] - 12, nose[0] + 12))
    body = (slice(hips[1] - 12, hips[1] + 12), slice(hips[0] - 12, hips[0] + 12))
    assert rough(shown[face]) < 0.1 * rough(noise[face])
    assert rough(shown[:, :10]) < 0.15 * rough(noise[:, :10])
    assert rough(shown[body]) > 0.9 * rough(noise[body])
    lost = noise.copy()
    alone(lost, np.full((33, 2), np.nan))
    assert rough(lost) < 0.1 * rough(noise)
