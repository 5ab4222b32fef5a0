"""The look at the picture: where crops are cut, what is mirrored, how readings move curves, what networks say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.gait.joint_centres import SHARES, ReadStance
from gaitcheck.gait.sight import fuse, look
from gaitcheck.gait.sight.crop import ABOVE_HIPS, BELOW_HIPS, TALL, WIDE, corner_and_scale, cut
from gaitcheck.gait.sight.network import READINGS, can_see, frame_inputs, read_pictures
from gaitcheck.gait.sight.proxy_eyes import ProxyEyes
from gaitcheck.gait.strides import Stance
from gaitcheck.pose.landmarks import INDEX, TWIN, Landmarks
from gaitcheck.video import ProxyWriter
from gaitcheck.views import View, view_named

REAR, FRONT, LEFT = (view_named(name) for name in ("rear", "front", "left"))
NAMES = list(READINGS["frontal"])
STANCE = Stance(0, "left", 1.0, 1.25, None, None, None)


def body(middle: tuple[float, float], leg: float) -> np.ndarray:
    """Landmarks (33, 2) of a standing figure whose lower ankle is ``leg`` px below the hips' middle."""
    x, y = middle
    points = np.full((33, 2), np.nan)
    points[:] = [x, y - leg]
    for side, sign in (("left", -1), ("right", 1)):
        for joint, height in (("shoulder", -0.6), ("hip", 0.0), ("knee", 0.5), ("ankle", 1.0), ("heel", 1.05)):
            points[INDEX[f"{side}_{joint}"]] = [x + sign * 0.1 * leg, y + height * leg]
        points[INDEX[f"{side}_foot_index"]] = [x + sign * 0.12 * leg, y + 1.06 * leg]
    return points


@given(st.floats(60, 400), st.floats(100, 500), st.floats(40, 300))
def test_the_same_part_of_every_runner_fills_the_crop(x: float, y: float, leg: float) -> None:
    corner, scale = corner_and_scale(body((x, y), leg))
    assert (y - corner[1]) * scale == pytest.approx(TALL * ABOVE_HIPS / (ABOVE_HIPS + BELOW_HIPS))
    assert (x - corner[0]) * scale == pytest.approx(WIDE / 2)
    assert (y + leg - corner[1]) * scale == pytest.approx(TALL * (ABOVE_HIPS + 1) / (ABOVE_HIPS + BELOW_HIPS))


def test_a_crop_shows_its_place_and_goes_on_with_the_edge_beyond_the_picture() -> None:
    picture = np.zeros((400, 300, 3), dtype=np.uint8)
    picture[195:206, 145:156] = 255
    crop = cut(picture, body((150, 200), 100))
    middle = crop[round(TALL * ABOVE_HIPS / (ABOVE_HIPS + BELOW_HIPS)), WIDE // 2]
    assert crop.shape == (TALL, WIDE, 3) and (middle > 200).all() and crop.mean() < 20
    red = np.zeros((100, 100, 3), dtype=np.uint8)
    red[..., 0] = 200
    assert (cut(red, body((5, 95), 120))[..., 0] == 200).all()


def test_inputs_of_a_mirrored_runner_are_those_of_the_other_leg() -> None:
    points = body((150, 200), 100) + np.random.default_rng(0).normal(0, 5, (33, 2))
    other = (points * [-1, 1] + [300, 0])[TWIN]
    own = frame_inputs(points, "left", False, (300, 400))
    np.testing.assert_allclose(own, frame_inputs(other, "right", True, (300, 400)), atol=1e-9)


def _look(readings: np.ndarray, shares: np.ndarray, view: View = REAR) -> look.Look:
    n = len(shares)
    times = STANCE.initial_contact_s + shares * 0.25
    return look.Look(
        view, "left", (STANCE,) * n, times, shares, readings, np.ones((n, 7)), np.full(n, 0.95), np.zeros(n)
    )


def _read() -> ReadStance:
    names = ("thigh_deg", "shank_deg", "pelvic_drop_deg", "foot_offset", "knee_distance")
    return ReadStance(STANCE, {name: np.linspace(0, 1, 11) for name in names}, 2.0)


@given(st.floats(-4, 4))
def test_pictures_move_the_curves_by_what_they_say_the_camera_s_roll_taken_out(roll_deg: float) -> None:
    """A parabola beside the curves is put back exactly; a wild picture among many is held off."""
    shares = np.tile(np.linspace(0.1, 0.9, 9), 4)
    parabola = 3.0 + 2.0 * (shares - 0.5) ** 2
    turn = roll_deg
    told = {"thigh": shares + 1.0 - turn, "fppa": parabola, "drop": shares + 2.0 - turn,
            "offset": shares + 0.02 - np.sin(np.deg2rad(turn)) * 0.95, "knees": shares, "lean": 5.0 * shares + turn,
            "roll": np.full(len(shares), turn)}  # fmt: skip
    readings = np.stack([told[name] for name in NAMES], axis=1)
    readings[5, NAMES.index("drop")] += 40.0
    off = fuse.differences(_look(readings, shares), [_read()], roll_deg)
    assert off is not None
    np.testing.assert_allclose(off["thigh"], 1.0, atol=1e-6)
    np.testing.assert_allclose(off["fppa"], 3.0 + 2.0 * (SHARES - 0.5) ** 2, atol=1e-6)
    np.testing.assert_allclose(off["drop"], 2.0, atol=0.05)
    np.testing.assert_allclose(off["offset"], 0.02, atol=1e-6)
    np.testing.assert_allclose(off["lean"], 5.0 - 2.0, atol=1e-6)


def test_roll_is_the_mean_of_both_legs_in_the_sense_of_the_view() -> None:
    readings = np.zeros((8, 7))
    readings[:, NAMES.index("roll")] = 2.0
    shares = np.linspace(0.1, 0.9, 8)
    for view, roll_deg in ((REAR, 2.0), (FRONT, -2.0)):
        both = {"left": _look(readings, shares, view), "right": _look(-readings, shares, view)}
        found = fuse.seen_roll(both)
        assert found is not None and found[0] == pytest.approx(roll_deg)
    assert fuse.seen_roll({"left": both["left"]}) is None


def test_networks_are_there_from_behind_and_in_front_and_answer_in_their_units() -> None:
    assert can_see("pose_full", REAR) and can_see("pose_full", FRONT) and not can_see("pose_lite", REAR)
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 255, (3, TALL, WIDE, 3)).astype(np.uint8)
    told = read_pictures(crops, rng.normal(0, 1, (3, 35)), "pose_full", REAR)
    assert told.readings.shape == told.spreads.shape == (3, len(NAMES))
    assert np.isfinite(told.readings).all() and (told.spreads > 0).all()


def test_eyes_show_the_frame_asked_for_however_small_the_proxy(tmp_path: Path) -> None:
    """A square runs through a film whose proxy is half its size; every crop has it where the hips are."""
    first, count, height = 3, 20, 400
    places = [(100.0 + 5 * k, 160.0) for k in range(count)]
    with ProxyWriter(tmp_path / "proxy.mp4", 30.0, tallest_px=height // 2) as writer:
        for k, (x, y) in enumerate(places):
            picture = np.zeros((height, 300, 3), dtype=np.uint8)
            picture[int(y) - 12 : int(y) + 12, int(x) - 12 : int(x) + 12] = 255
            writer.write(picture, k / 30)
    points = np.stack([body(place, 150) for place in places[first:]])
    n = len(points)
    landmarks = Landmarks(np.arange(n) / 30, points, np.zeros((n, 33, 3)), np.ones((n, 33)), 300, height)
    shown = ProxyEyes(tmp_path / "proxy.mp4", first, landmarks)([0, 7, n - 1])
    assert list(shown) == [0, 7, n - 1]
    for crop in shown.values():
        rows, columns = np.nonzero(crop[..., 0] > 128)
        assert columns.mean() == pytest.approx(WIDE / 2, abs=1.5)
        assert rows.mean() == pytest.approx(TALL * ABOVE_HIPS / (ABOVE_HIPS + BELOW_HIPS), abs=1.5)
