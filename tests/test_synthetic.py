"""The rendered runner against closed forms: truth must be true before anything is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcheck.errors import UsageError
from gaitcheck.synthetic.bodies import body_names, load_body, skin
from gaitcheck.synthetic.camera import VIEW_AZIMUTH_DEG, phone
from gaitcheck.synthetic.gait import GRAVITY_M_S2, Runner, solve_leg
from gaitcheck.synthetic.recipe import Recipe, read_recipe, stage
from gaitcheck.synthetic.style import LegStyle, RunnerStyle
from gaitcheck.synthetic.truth import describe

BODY = "learning_00"


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner(load_body(BODY), RunnerStyle(), 4.0, seed=2)


def test_bodies_are_split_once_and_for_all() -> None:
    names = body_names()
    assert sum(n.startswith("learning_") for n in names) == 24
    assert sum(n.startswith("calibration_") for n in names) == 8
    assert sum(n.startswith("held_out_") for n in names) == 8
    assert len({load_body(n).vertices.tobytes() for n in names}) == 40
    with pytest.raises(KeyError):
        load_body("nobody")


def test_an_unmoved_skeleton_gives_the_rest_mesh() -> None:
    body = load_body(BODY)
    still = np.broadcast_to(np.eye(3), (len(body.bone_names), 3, 3))
    np.testing.assert_allclose(skin(body, still, body.bone_heads), body.vertices, atol=1e-9)


def test_the_standing_foot_moves_with_the_belt(runner: Runner) -> None:
    """Between flat foot and heel-off the ankle's speed is the belt's, to 2 mm over the span."""
    stance = next(s for s in runner.stances if s.initial_contact_s > 0.5)
    span = stance.toe_off_s - stance.initial_contact_s
    t0, t1 = stance.initial_contact_s + 0.20 * span, stance.initial_contact_s + 0.45 * span
    a, b = (runner.pose(t).joints[f"{stance.side}_ankle"] for t in (t0, t1))
    assert a[0] - b[0] == pytest.approx(runner.style.speed_m_s * (t1 - t0), abs=0.002)
    assert a[2] == pytest.approx(b[2], abs=0.002)


def test_flight_is_ballistic(runner: Runner) -> None:
    stance = next(s for s in runner.stances if s.initial_contact_s > 0.5)
    t = stance.toe_off_s + np.array([0.01, 0.04, 0.07])
    z = [runner.pelvis_height_change_m(float(x)) for x in t]
    assert (z[0] - 2 * z[1] + z[2]) / 0.03**2 == pytest.approx(-GRAVITY_M_S2, rel=1e-6)


def test_height_is_continuous_and_its_speed_too(runner: Runner) -> None:
    t = np.arange(0.5, 2.5, 1e-3)
    z = np.array([runner.pelvis_height_change_m(float(x)) for x in t])
    assert np.abs(np.diff(z)).max() < 0.0015
    assert np.abs(np.diff(z, 2)).max() < 4e-5


@settings(max_examples=50, deadline=None)
@given(st.floats(-0.35, 0.35), st.floats(-0.1, 0.1), st.floats(-0.79, -0.55), st.floats(-25, 25))
def test_leg_lengths_hold_and_the_knee_turns_in(x: float, y: float, z: float, turn: float) -> None:
    hip, ankle = np.zeros(3), np.array([x, y, z])
    knee, reached, hinge = solve_leg(hip, ankle, 0.42, 0.43, turn, "left")
    assert np.linalg.norm(knee - hip) == pytest.approx(0.42, abs=1e-6)
    assert np.linalg.norm(reached - knee) == pytest.approx(0.43, abs=1e-6)
    assert hinge[1] > 0
    straight, _, _ = solve_leg(hip, ankle, 0.42, 0.43, 0.0, "left")
    if turn > 1:
        assert knee[1] < straight[1] + 1e-9


def test_planted_values_come_out_in_the_truth() -> None:
    style = RunnerStyle(
        stride_variability=0.0,
        left=LegStyle(pelvic_drop_deg=9.0, foot_offset_m=-0.03),
        right=LegStyle(pelvic_drop_deg=2.0, foot_offset_m=0.05, knee_turn_in_deg=15.0),
    )
    recipe = Recipe(body=BODY, duration_s=3.0, runner=style)
    staged = stage(recipe)
    metrics = describe(staged.mover, staged.tripod, "rear", staged.times_s)["metrics"]
    assert metrics["contralateral_pelvic_drop"]["left"] == pytest.approx(9.0, abs=0.6)
    assert metrics["contralateral_pelvic_drop"]["right"] == pytest.approx(2.0, abs=0.6)
    assert metrics["crossover_fraction"] == {"left": 1.0, "right": 0.0}
    assert metrics["frontal_plane_projection_angle"]["right"] > 8 > metrics["frontal_plane_projection_angle"]["left"]
    assert metrics["cadence"]["left"] == pytest.approx(style.cadence_per_min, abs=0.5)
    assert metrics["contact_time"]["right"] == pytest.approx(1000 * style.contact_time_s)


@pytest.mark.parametrize("view", list(VIEW_AZIMUTH_DEG))
def test_a_camera_sees_its_target_in_the_middle_and_up_as_up(view: str) -> None:
    camera = phone(view, roll_deg=0.0)
    middle = camera.project(np.array([0.0, 0.0, 0.95]))
    np.testing.assert_allclose(middle, [360, 640], atol=1e-6)
    assert camera.project(np.array([0.0, 0.0, 1.5]))[1] < 640
    left = camera.project(np.array([0.0, 0.1, 0.95]))[0] - 360
    assert {"rear": left < 0, "front": left > 0, "left": abs(left) < 1, "right": abs(left) < 1}[view]


def test_a_camera_rolled_clockwise_turns_the_picture_anticlockwise() -> None:
    camera = phone("rear", roll_deg=5.0)
    right = camera.project(np.array([0.0, -0.3, 0.95])) - camera.project(np.array([0.0, 0.3, 0.95]))
    assert np.rad2deg(np.arctan2(-right[1], right[0])) == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spead = 3", "unknown entry"), ("[runner]\nspeed_m_s = 'fast'", "must be float"), ("body = 'me'", "no body"),
        ("duration_s = 1e9", "120 s"), ("[filming]\nview = 'top'", "no view"), ("=", "can't be read"),
        ("runner = 3", "table"),
    ],
)  # fmt: skip
def test_bad_recipes_are_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        read_recipe(path)


def test_the_samples_recipes_are_those_of_their_truth() -> None:
    folder = Path(__file__).parents[1] / "sample_videos"
    for path in folder.glob("*.toml"):
        assert read_recipe(path).duration_s == 12.0


def test_a_rendered_clip_has_its_truth_beside_it(tmp_path: Path) -> None:
    pytest.importorskip("pyvista")
    from gaitcheck.synthetic.recipe import render_clip
    from gaitcheck.video import decode, probe

    recipe = Recipe(body=BODY, duration_s=0.5, seed=1)
    small = replace(recipe.filming, width=180, height=320, fps=20.0)
    seen: list[int] = []
    truth = render_clip(replace(recipe, filming=small), tmp_path / "clip.mp4", seen.append)
    assert truth.exists()
    assert seen[-1] == 10
    frames = list(decode(probe(tmp_path / "clip.mp4")))
    assert len(frames) == 10
    assert frames[0].image.std() > 10
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "clip.truth.json"]
