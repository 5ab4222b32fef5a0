"""One take of one runner at its real speed: films are cut, slowed, stopped, joined, turned, and the truth comes out.

Landmarks of the rendered samples stand for films: what phones and apps do to pictures is done to them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gaitcheck
from gaitcheck.errors import RunnerError
from gaitcheck.measure import measure
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.quality import joint_notes, require_level
from gaitcheck.takes import Take, choose_runner, choose_take
from gaitcheck.takes.rhythm import lowest_points, strongest_rhythm
from gaitcheck.takes.signals import signals_of
from gaitcheck.takes.time_scale import candidates, free_fall_share, judge_time_scale
from gaitcheck.views.front_or_back import exchange_sides, settle_facing

FPS = 60.0
STEP_S = 60.0 / 169.3


@pytest.fixture(scope="module")
def rear(rear_results) -> Landmarks:
    return gaitcheck.read_landmarks(rear_results[0])


@pytest.fixture(scope="module")
def side(side_results) -> Landmarks:
    return gaitcheck.read_landmarks(side_results[0])


def _frames(film: Landmarks, rows: np.ndarray, fps: float = FPS) -> Landmarks:
    """The frames in ``rows`` as a film of their own, evenly stamped."""
    return replace(
        film,
        times_s=np.arange(len(rows)) / fps,
        pixels=film.pixels[rows],
        world=film.world[rows],
        visibility=film.visibility[rows],
    )


def _take(film: Landmarks, fps: float | None = None, **how: float | None) -> Take:
    count = len(film.times_s)
    return choose_take(
        film, np.zeros(count), np.zeros(count, bool), name="film", fps=fps or 1 / film.frame_interval_s, **how
    )


def _why(take: Take) -> list[str]:
    return [part.why for part in take.left_out]


@pytest.mark.parametrize("name", ["rear", "side"])
def test_a_whole_film_stays_whole(name: str, request: pytest.FixtureRequest) -> None:
    take = _take(request.getfixturevalue(name))
    assert take.whole and take.scale.factor == 1.0 and take.scale.certain > 0.99


@pytest.mark.parametrize("slow", [4, 8])
@pytest.mark.parametrize("name", ["rear", "side"])
def test_slow_motion_is_found_by_free_fall_and_steps(name: str, slow: int, request: pytest.FixtureRequest) -> None:
    film = request.getfixturevalue(name)
    take = _take(replace(film, times_s=slow * film.times_s), fps=240.0 / slow)
    assert take.scale.factor == pytest.approx(slow)


@pytest.mark.parametrize("tagged", [60.0, 120.0, 240.0])
def test_a_tag_that_lies_is_not_believed(rear: Landmarks, tagged: float) -> None:
    assert _take(rear, fps=30.0, tagged_fps=tagged).scale.factor == 1.0


def test_a_film_that_plays_too_fast_is_refused_as_that(rear: Landmarks) -> None:
    with pytest.raises(RunnerError, match="too fast"):
        _take(replace(rear, times_s=0.5 * rear.times_s))


def test_a_rate_that_makes_running_impossible_is_refused_by_its_name(rear: Landmarks) -> None:
    with pytest.raises(RunnerError, match="--capture-fps"):
        _take(replace(rear, times_s=4 * rear.times_s), given=True)


@pytest.mark.parametrize("name", ["rear", "side"])
def test_a_step_that_is_missing_splits_the_film(name: str, request: pytest.FixtureRequest) -> None:
    film = request.getfixturevalue(name)
    step = round(STEP_S * FPS) if name == "rear" else round(60 / 157.9 * FPS)
    take = _take(_frames(film, np.r_[0:240, 240 + step : 640]))
    assert _why(take) == ["step_missing"]
    assert take.start_s == pytest.approx(4.0, abs=0.5) and take.stop_s == pytest.approx((640 - step) / FPS, abs=0.1)


@pytest.mark.parametrize("name", ["rear", "side"])
def test_legs_the_model_exchanged_for_a_while_are_no_break(name: str, request: pytest.FixtureRequest) -> None:
    film = request.getfixturevalue(name)
    pixels = film.pixels.copy()
    for joint in ("knee", "ankle", "heel", "foot_index"):
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        pixels[200:420, left], pixels[200:420, right] = film.pixels[200:420, right], film.pixels[200:420, left]
    assert _take(replace(film, pixels=pixels)).whole


def test_a_still_end_is_left_out(rear: Landmarks) -> None:
    take = _take(_frames(rear, np.r_[0:360, np.full(300, 359)]))
    assert _why(take) == ["still"] and take.stop_s == pytest.approx(6.0, abs=0.4)


def test_a_film_that_turns_back_is_cut_there(rear: Landmarks) -> None:
    take = _take(_frames(rear, np.r_[0:300, 299:-1:-1]))
    assert _why(take) == ["turned_back"] and (take.start_s, take.stop_s) == (0.0, pytest.approx(5.0, abs=0.2))


def test_a_pause_in_the_stamps_is_a_break(rear: Landmarks) -> None:
    times = np.r_[rear.times_s[:400], rear.times_s[400:] + 10.0]
    take = _take(replace(rear, times_s=times))
    assert _why(take) == ["gap"] and take.stop_s < 7.5


def test_a_runner_elsewhere_or_larger_is_another_take(rear: Landmarks) -> None:
    moved = rear.pixels.copy()
    moved[450:] = 1.5 * (moved[450:] - 300) + 300
    take = _take(replace(rear, pixels=moved))
    assert _why(take) == ["moved"] and take.stop_s == pytest.approx(7.5, abs=0.2)


def test_another_view_is_another_take(rear: Landmarks, side: Landmarks) -> None:
    both = [np.concatenate([getattr(f, n)[:k] for f, k in ((rear, 420), (side, 200))]) for n in ("pixels", "world")]
    visibility = np.concatenate([rear.visibility[:420], side.visibility[:200]])
    film = replace(rear, times_s=np.arange(620) / FPS, pixels=both[0], world=both[1], visibility=visibility)
    take = _take(film)
    assert not take.whole and (take.start_s, take.stop_s) == (0.0, pytest.approx(7.0, abs=0.3))


def test_a_ramp_is_measured_where_time_is_of_one_kind(rear: Landmarks) -> None:
    pace = np.where((np.arange(719) > 240) & (np.arange(719) < 330), 4.0, 1.0) / FPS
    take = _take(replace(rear, times_s=np.r_[0.0, np.cumsum(pace)]), fps=FPS)
    assert not take.whole and take.scale.factor == 1.0 and take.start_s > 9.0


def test_too_little_running_is_told_in_seconds(rear: Landmarks) -> None:
    with pytest.raises(RunnerError, match=r"holds only 1\.\d s of running"):
        _take(_frames(rear, np.arange(90)))


def test_the_one_who_runs_is_measured_and_another_can_be_asked_for(rear: Landmarks) -> None:
    coach = replace(rear, pixels=np.repeat(1.4 * rear.pixels[:1] - 400, len(rear.times_s), axis=0))
    chosen = choose_runner([coach, rear], None, _take)
    assert (chosen.people, chosen.number) == (2, 2) and chosen.landmarks is rear
    assert choose_runner([coach, rear], "right", _take).number == 2
    with pytest.raises(RunnerError, match="stands"):
        choose_runner([coach, rear], "1", _take)
    with pytest.raises(RunnerError, match="no person 3"):
        choose_runner([coach, rear], "3", _take)


def test_backs_taken_for_fronts_are_put_right_by_the_belt(rear: Landmarks) -> None:
    rows = np.arange(len(rear.times_s)) % 100 < 60
    settled, facing = settle_facing(exchange_sides(rear, rows), "film")
    assert facing is not None and facing.carried_nearer is not None and facing.carried_nearer > 0.8
    np.testing.assert_array_equal(facing.exchanged, rows)
    np.testing.assert_allclose(settled.pixels, rear.pixels)
    np.testing.assert_allclose(settled.world, rear.world)


def test_a_film_that_plays_backward_is_refused(rear: Landmarks) -> None:
    with pytest.raises(RunnerError, match="backward"):
        settle_facing(_frames(rear, np.arange(len(rear.times_s))[::-1]), "film")
    settle_facing(_frames(rear, np.arange(len(rear.times_s))[::-1]), "film", "rear")


def test_feet_that_rise_whichever_way_the_film_plays_say_nothing_of_the_belt(rear: Landmarks) -> None:
    signals = signals_of(rear)
    assert signals is not None
    step_hz, _ = strongest_rhythm(signals.trunk, signals.interval_s)
    lowest = lowest_points(signals.trunk, signals.interval_s, step_hz) * signals.interval_s
    from_lowest = np.abs(rear.times_s[:, None] - lowest).min(axis=1) * step_hz
    pixels = rear.pixels.copy()
    feet = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("ankle", "heel", "foot_index")]
    pixels[:, feet, 1] += 4000.0 * from_lowest[:, None] ** 2
    _, facing = settle_facing(replace(rear, pixels=pixels), "film")
    assert facing is not None and facing.rear and facing.carried_nearer is None and not facing.exchanged.any()
    with pytest.raises(RunnerError, match="backward"):
        settle_facing(_frames(rear, np.arange(len(rear.times_s))[::-1]), "film")


def test_a_runner_found_head_down_is_told_from_a_tilted_phone(rear: Landmarks) -> None:
    turned = np.array([rear.width, rear.height]) - rear.pixels
    with pytest.raises(RunnerError, match="hides the legs"):
        require_level(replace(rear, pixels=turned), "frontal", "film")


def _mirrored(film: Landmarks) -> Landmarks:
    pixels, world = film.pixels.copy(), film.world.copy()
    pixels[..., 0] = film.width - pixels[..., 0]
    world[..., 0] = -world[..., 0]
    return exchange_sides(replace(film, pixels=pixels, world=world * [1, 1, -1]), np.ones(len(film.times_s), bool))


@pytest.mark.parametrize("name", ["rear", "side"])
def test_a_mirror_exchanges_sides_and_nothing_else(name: str, request: pytest.FixtureRequest) -> None:
    film = request.getfixturevalue(name)
    own, other = ({(e.metric, e.side): e for e in measure(f).estimates} for f in (film, _mirrored(film)))
    swap = {"left": "right", "right": "left", "both": "both"}
    for (metric, side), estimate in own.items():
        twin = other[metric, swap[side]]
        assert (estimate.value is None) == (twin.value is None)
        if estimate.value is not None:
            assert twin.value == pytest.approx(estimate.value, rel=1e-6, abs=1e-6), metric


@given(st.floats(0.75, 1.5), st.floats(145.0, 200.0), st.sampled_from([24.0, 25.0, 30.0, 60.0, 120.0]))
def test_whatever_runs_is_believed_at_its_own_speed_or_at_none(share: float, per_min: float, fps: float) -> None:
    bounce = share / free_fall_share(1.0, per_min / 60)
    for factor in candidates(fps, None):
        found = judge_time_scale(bounce, per_min / 60 / factor, fps)
        if found.believed and found.kind == "running":
            assert found.factor == pytest.approx(factor, rel=0.3)


def test_a_film_from_beside_that_plays_backward_is_refused(side: Landmarks) -> None:
    film = _frames(side, np.arange(len(side.times_s))[::-1])
    with pytest.raises(RunnerError, match="backward"):
        measure(film)


@pytest.mark.parametrize("hold_s", [1.0, 4.0, 12.0])
def test_a_last_picture_that_is_held_is_no_running(rear: Landmarks, hold_s: float) -> None:
    times = rear.times_s.copy()
    times[-1] += hold_s
    take = _take(replace(rear, times_s=times))
    assert not take.whole and take.stop_s < 12.1


@pytest.mark.parametrize("every", [2, 4])
@pytest.mark.parametrize("name", ["rear", "side"])
def test_fewer_pictures_turn_no_film_back(name: str, every: int, request: pytest.FixtureRequest) -> None:
    film = request.getfixturevalue(name)
    for first in range(every):
        assert _take(_frames(film, np.arange(first, len(film.times_s), every), FPS / every)).whole


def test_what_is_left_out_is_told_stretch_by_stretch(rear: Landmarks) -> None:
    film = _frames(rear, np.r_[0:240, np.full(240, 239), 240:700])
    take = _take(film)
    assert take.start_s == pytest.approx(8.0, abs=0.5) and _why(take) == ["same", "still"]


def test_one_joint_that_is_lost_for_a_moment_breaks_nothing(rear: Landmarks) -> None:
    off = np.full((720, 33), 10.0)
    off[100:110] = np.nan
    reading = measure(rear)
    assert joint_notes(off, rear.times_s, reading.stances, ("left", "right"), 400.0) == []
    assert joint_notes(np.full((720, 33), np.nan), rear.times_s, reading.stances, ("left", "right"), 400.0) == []


@pytest.mark.parametrize("name", ["rear", "side"])
def test_legs_named_after_each_other_all_through_are_named_right_or_refused(
    name: str, request: pytest.FixtureRequest
) -> None:
    film = request.getfixturevalue(name)
    pixels, world = film.pixels.copy(), film.world.copy()
    for joint in ("knee", "ankle", "heel", "foot_index"):
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        for own, new in ((film.pixels, pixels), (film.world, world)):
            new[:, left], new[:, right] = own[:, right], own[:, left]
    try:
        found = measure(replace(film, pixels=pixels, world=world))
    except RunnerError as refusal:
        assert "left and right" in str(refusal).lower()
        return
    own = measure(film)
    assert [s.side for s in found.stances] == [s.side for s in own.stances]
    for estimate, twin in zip(own.estimates, found.estimates, strict=True):
        assert (estimate.value is None) == (twin.value is None)
        assert estimate.value is None or twin.value == pytest.approx(estimate.value, rel=0.05, abs=0.05)
