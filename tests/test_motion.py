"""Cleaning: gaps, smoothing, side swaps, views."""

from __future__ import annotations

import numpy as np
import pytest

from gaitcheck.errors import RunnerError, UsageError
from gaitcheck.motion.gaps import resample
from gaitcheck.motion.side_swaps import LEG, find_swaps, repair
from gaitcheck.motion.smoothing import low_pass
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.takes.rhythm import strongest_rhythm
from gaitcheck.views import all_views, detect_view, view_named


def test_short_gaps_are_filled_and_long_ones_stay() -> None:
    times = np.arange(60) / 60
    values = times[:, None].copy()
    values[10:13] = np.nan
    values[30:45] = np.nan
    filled = resample(times, values, times, 0.1)
    np.testing.assert_allclose(filled[10:13, 0], times[10:13])
    assert np.isnan(filled[31:44]).all()


def test_uneven_times_are_put_on_an_even_grid() -> None:
    times = np.array([0.0, 0.02, 0.03, 0.05, 0.06, 0.08])
    even = np.arange(5) / 60
    np.testing.assert_allclose(resample(times, 3 * times[:, None], even, 0.1)[:, 0], 3 * even)


def test_the_filter_has_no_lag_and_keeps_slow_motion() -> None:
    t = np.arange(240) / 60
    slow = np.sin(2 * np.pi * 2 * t)
    smooth = low_pass(slow[:, None], 60, 12)[:, 0]
    np.testing.assert_allclose(smooth[30:-30], slow[30:-30], atol=0.01)
    fast = np.sin(2 * np.pi * 25 * t)
    assert np.abs(low_pass(fast[:, None], 60, 12)[30:-30]).max() < 0.1


def test_the_filter_halves_power_twice_at_its_corner() -> None:
    t = np.arange(1200) / 120
    corner = low_pass(np.sin(2 * np.pi * 12 * t)[:, None], 120, 12)[200:-200, 0]
    assert np.abs(corner).max() == pytest.approx(0.707, abs=0.06)


TIMES = np.arange(480) / 60


def _running_legs() -> np.ndarray:
    """Two legs that take turns and cross in x every step, as a crossover runner's do, under a trunk that bounces."""
    pixels = np.zeros((len(TIMES), 33, 2))
    for side, phase in (("left", 0.0), ("right", np.pi)):
        turn = 2 * np.pi * 1.4 * TIMES + phase
        for k, joint in enumerate(LEG):
            column = INDEX[f"{side}_{joint}"]
            pixels[:, column, 0] = 20 * np.sin(turn) + 4 * np.sin(3 * turn)
            pixels[:, column, 1] = 300 + 40 * k + 60 * np.cos(turn)
        for joint in ("hip", "shoulder"):
            pixels[:, INDEX[f"{side}_{joint}"], 1] = 200 + 10 * np.cos(2 * np.pi * 2.8 * TIMES + 0.4)
    return pixels


def _world(pixels: np.ndarray) -> np.ndarray:
    return np.concatenate([0.002 * pixels, np.zeros((*pixels.shape[:2], 1))], axis=2)


def test_legs_that_cross_are_left_alone() -> None:
    pixels = _running_legs()
    noisy = pixels + np.random.default_rng(0).normal(0, 3, pixels.shape)
    assert not find_swaps(TIMES, noisy, _world(pixels), view_named("rear")).any()


@pytest.mark.parametrize("share", [0.05, 0.2, 0.35])
def test_swaps_at_the_same_place_of_every_stride_are_put_right(share: float) -> None:
    """No jump would give these away: they begin and end where the legs pass."""
    pixels = _running_legs()
    phase = (1.4 * TIMES + 0.25) % 1.0
    marked = phase < share
    broken = repair(pixels + np.random.default_rng(1).normal(0, 3, pixels.shape), marked)
    found = find_swaps(TIMES, broken, _world(pixels), view_named("rear"))
    assert (found != marked).mean() < 0.02
    assert repair(broken, found).shape == pixels.shape


def test_from_beside_the_larger_leg_is_the_near_one() -> None:
    """Exchanged in half of the frames neither way is the model's own; the near leg's shank and foot look longer."""
    pixels = _running_legs()
    for joint, longer in (("ankle", 6.0), ("foot_index", 9.0)):
        pixels[:, INDEX[f"left_{joint}"], 1] += longer
    marked = ((1.4 * TIMES + 0.25) % 1.0) < 0.5
    broken = repair(pixels + np.random.default_rng(3).normal(0, 2, pixels.shape), marked)
    found = find_swaps(TIMES, broken, _world(pixels), view_named("left"))
    assert (found != marked).mean() < 0.05


@pytest.mark.parametrize("deeper", [0.0, 0.4, 0.9])
def test_a_trunk_that_dips_deeper_on_one_leg_still_steps_twice_a_stride(deeper: float) -> None:
    height = np.cos(2 * np.pi * 2.8 * TIMES) + (1 + deeper) * np.cos(2 * np.pi * 1.4 * TIMES) * (deeper > 0)
    frequency, _ = strongest_rhythm(height, 1 / 60)
    assert frequency == pytest.approx(2.8, abs=0.02)


def test_without_a_rhythm_nothing_is_exchanged() -> None:
    still = np.random.default_rng(2).normal(300, 2, (30, 33, 2))
    assert not find_swaps(np.arange(30) / 60, still, _world(still), view_named("rear")).any()


def _facing(azimuth_deg: float) -> Landmarks:
    world = np.zeros((10, 33, 3))
    direction = np.array([np.cos(np.deg2rad(azimuth_deg)), 0, -np.sin(np.deg2rad(azimuth_deg))])
    for joint in ("shoulder", "hip"):
        world[:, INDEX[f"left_{joint}"]] = 0.15 * direction
        world[:, INDEX[f"right_{joint}"]] = -0.15 * direction
    return Landmarks(np.arange(10) / 30, np.ones((10, 33, 2)), world, np.ones((10, 33)), 720, 1280)


@pytest.mark.parametrize("view", [view.name for view in all_views()])
@pytest.mark.parametrize("off", [-30, 0, 12])
def test_views_are_found_with_their_obliqueness(view: str, off: float) -> None:
    seen = detect_view(_facing(view_named(view).azimuth_deg + off))
    assert seen.view.name == view
    assert seen.oblique_deg == pytest.approx(abs(off), abs=1e-6)


def test_a_view_that_is_given_stands() -> None:
    seen = detect_view(_facing(0.0), "rear")
    assert (seen.view.name, seen.given) == ("rear", True)
    assert seen.confidence == 0.0


def test_unknown_views_and_empty_clips_are_refused() -> None:
    with pytest.raises(UsageError, match="auto, front"):
        view_named("above")
    nobody = Landmarks(
        np.arange(3) / 30, np.full((3, 33, 2), np.nan), np.full((3, 33, 3), np.nan), np.zeros((3, 33)), 9, 9
    )
    with pytest.raises(RunnerError, match="No person"):
        detect_view(nobody)
