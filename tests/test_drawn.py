"""Drawn joints lie on limbs at the measured angles; what does not fit is not drawn, what no body can do is not told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.gait.in_picture import lay_over
from gaitcheck.metrics import all_metrics
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.quality import joint_notes
from gaitcheck.report.pictures.tracks import Tracks
from gaitcheck.uncertainty.agreement import disagreement
from gaitcheck.uncertainty.estimate import Estimate

DIRECTIONS = st.lists(st.floats(-3.0, 3.0), min_size=2, max_size=4)


def _units(angles: list[float]) -> np.ndarray:
    return np.array([[np.cos(a), np.sin(a)] for a in angles])[None]


@given(DIRECTIONS, st.floats(-100, 100), st.floats(5, 80))
def test_a_chain_that_has_the_directions_stays_where_it_is(angles: list[float], place: float, length: float) -> None:
    units = _units(angles)
    chain = np.concatenate([[[0.0, 0.0]], np.cumsum(length * units[0], axis=0)])[None] + place
    laid = lay_over(chain, units, np.ones(len(angles) + 1))
    np.testing.assert_allclose(laid, chain, atol=1e-4)


@given(DIRECTIONS, st.integers(0, 10_000))
def test_a_laid_chain_has_its_directions_and_the_least_distance(angles: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    units, limbs = _units(angles), rng.normal(0, 50, (1, len(angles) + 1, 2))
    laid = lay_over(limbs, units, np.ones(len(angles) + 1))
    parts = np.diff(laid, axis=1)
    across = parts[..., 0] * units[..., 1] - parts[..., 1] * units[..., 0]
    np.testing.assert_allclose(across, 0.0, atol=1e-3)
    best = np.sum((laid - limbs) ** 2)
    for _ in range(5):
        lengths = rng.normal(0, 3, (1, len(angles), 1))
        moved = np.concatenate([np.zeros((1, 1, 2)), np.cumsum(lengths * units, axis=1)], axis=1) + rng.normal(0, 3, 2)
        assert np.sum((laid + moved - limbs) ** 2) >= best - 1e-6


def test_a_leg_that_had_to_be_moved_far_or_is_hardly_seen_is_not_drawn() -> None:
    points, off, seen = np.zeros((3, 33, 2)), np.zeros((3, 33)), np.ones((3, 33))
    off[1, INDEX["left_knee"]], seen[2, INDEX["left_ankle"]] = 41.0, 0.2
    tracks = Tracks(np.arange(3.0), points, off, seen)
    assert [tracks.fits(k, "left", 500.0) for k in range(3)] == [True, False, False]
    assert all(tracks.fits(k, "right", 500.0) for k in range(3))


def test_a_clip_most_of_whose_legs_fit_poorly_says_so(rear_results) -> None:
    _, analysis = rear_results
    assert not any(note.code == "joints_fit_poorly" for note in analysis.quality)
    assert joint_notes(np.full((10, 33), 30.0), np.arange(10.0), [], ("left",), 500.0) == []


def test_every_metric_says_what_a_body_can_do() -> None:
    for metric in all_metrics():
        low, high = metric.possible
        assert np.isfinite([low, high]).all() and low < high, metric.name


def _cadence(value: float, half: float = 0.4) -> Estimate:
    return Estimate("cadence", "both", "per_min", value, 1.0, value - half, value + half, 40, None, {})


@pytest.mark.parametrize(("other", "apart"), [(169.0, False), (171.5, False), (157.7, True), (180.0, True)])
def test_two_clips_of_one_visit_agree_or_are_kept_apart(other: float, apart: bool) -> None:
    found = disagreement([_cadence(169.0)], [_cadence(other)])
    assert (found is not None) == apart
    if found is not None:
        assert (found.metric, found.first, found.other) == ("cadence", 169.0, other)
