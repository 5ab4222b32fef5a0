"""What must not matter does not: a mirror exchanges sides and nothing else, size, place and clock change nothing.

Landmarks of the rear sample are changed as a camera, a phone or a tracker would change them, and measured anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcheck.measure import Measurement, measure
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.results import read_landmarks
from gaitcheck.setup import Setup
from gaitcheck.uncertainty import Estimate

OTHER = {"left": "right", "right": "left", "both": "both"}
FEW = settings(max_examples=5)
LEVEL = Setup(camera_roll_deg=0.0)


@pytest.fixture(scope="module")
def seen(short_results) -> tuple[Landmarks, Measurement]:
    """Landmarks of the short sample, and what is measured of them."""
    landmarks = read_landmarks(short_results[0])
    return landmarks, measure(landmarks, LEVEL)


def values(found: Measurement) -> dict[tuple[str, str], Estimate]:
    return {(e.metric, e.side): e for e in found.estimates if e.value is not None}


def farthest(before: Measurement, after: Measurement) -> float:
    """How far the value that moved most moved, in half widths of its interval; a value that is gone is far."""
    old, new = values(before), values(after)
    assert old.keys() <= new.keys()
    return max(abs(new[key].value - old[key].value) / max(old[key].interval.half, 1e-9) for key in old)


def test_a_mirror_exchanges_sides_and_nothing_else(seen) -> None:
    landmarks, before = seen
    after = measure(landmarks.mirrored(), LEVEL)
    old, new = values(before), values(after)
    assert {(metric, OTHER[side]) for metric, side in old} == set(new)
    for (metric, side), one in old.items():
        twin = new[metric, OTHER[side]]
        assert twin.value == pytest.approx(one.value, rel=1e-9, abs=1e-9)
        assert twin.interval.half == pytest.approx(one.interval.half, rel=1e-9)
        assert twin.n_strides == one.n_strides
    assert [(OTHER[s.side], s.initial_contact_s) for s in before.stances] == [
        (s.side, s.initial_contact_s) for s in after.stances
    ]


@FEW
@given(factor=st.floats(0.4, 3.0))
def test_the_picture_s_size_changes_nothing(seen, factor: float) -> None:
    landmarks, before = seen
    width, height = factor * landmarks.width, factor * landmarks.height
    sized = replace(landmarks, pixels=factor * landmarks.pixels, width=width, height=height)
    assert farthest(before, measure(sized, LEVEL)) < 1e-6


@FEW
@given(later_s=st.floats(0.001, 3600.0))
def test_when_the_clock_began_changes_nothing(seen, later_s: float) -> None:
    """A step at the very edge of a clip may come or go by a rounding; all others keep their times."""
    landmarks, before = seen
    after = measure(replace(landmarks, times_s=landmarks.times_s + later_s), LEVEL)
    times = {round(s.initial_contact_s - later_s, 2) for s in after.stances}
    assert sum(round(s.initial_contact_s, 2) not in times for s in before.stances[1:-1]) == 0
    assert farthest(before, after) < 0.3


@FEW
@given(across=st.floats(-60, 60), down=st.floats(-60, 60))
def test_where_in_the_picture_she_runs_changes_little(seen, across: float, down: float) -> None:
    landmarks, before = seen
    moved = replace(landmarks, pixels=landmarks.pixels + np.array([across, down]))
    assert farthest(before, measure(moved, LEVEL)) < 0.3


@FEW
@given(roll=st.floats(-4, 4))
def test_a_roll_that_is_told_changes_little(seen, roll: float) -> None:
    landmarks, before = seen
    c, s = np.cos(np.deg2rad(roll)), np.sin(np.deg2rad(roll))
    middle = np.array([landmarks.width / 2, landmarks.height / 2])
    turned = replace(landmarks, pixels=(landmarks.pixels - middle) @ np.array([[c, s], [-s, c]]) + middle)
    assert farthest(before, measure(turned, Setup(camera_roll_deg=-roll))) < 0.6


@pytest.mark.parametrize("seed", range(3))
def test_more_noise_narrows_no_interval(seen, seed: int) -> None:
    """Joints that jump by 4 and 8 px make angles and lengths less sure, or leave them as they are.

    Stride time of some seven strides rests on their spread alone, which noise makes smaller as often as larger.
    """
    landmarks, before = seen
    old = values(before)
    rng = np.random.default_rng(seed)
    for sd in (4.0, 8.0):
        noisy = replace(landmarks, pixels=landmarks.pixels + rng.normal(0, sd, landmarks.pixels.shape))
        new = values(measure(noisy, LEVEL))
        for key in old.keys() & new.keys():
            if old[key].unit in ("deg", "leg_length"):
                assert new[key].interval.half > 0.9 * old[key].interval.half, (key, sd)


@pytest.mark.parametrize("share", [0.1, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_dropped_frames_invent_no_step(seen, share: float, seed: int) -> None:
    landmarks, before = seen
    count = len(landmarks.times_s)
    kept = np.sort(np.random.default_rng(seed).choice(count, round((1 - share) * count), replace=False))
    parts = {name: getattr(landmarks, name)[kept] for name in ("times_s", "pixels", "world", "visibility")}
    after = measure(replace(landmarks, **parts), LEVEL)
    assert len(after.stances) <= len(before.stances)
    known = [s.initial_contact_s for s in before.stances]
    for stance in after.stances:
        assert min(abs(stance.initial_contact_s - at) for at in known) < 0.05
