"""The rendered runner against closed forms: truth must be true before anything is measured."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcheck.errors import UsageError
from gaitcheck.synthetic.bodies import body_names, load_body, skin
from gaitcheck.synthetic.camera import VIEW_AZIMUTH_DEG, phone
from gaitcheck.synthetic.filming import Filming, Tripod, frame_times, sub_exposures
from gaitcheck.synthetic.gait import GRAVITY_M_S2, Runner, solve_leg
from gaitcheck.synthetic.look import HAIR_STYLES, Look
from gaitcheck.synthetic.outfit import dress
from gaitcheck.synthetic.population import random_recipe, random_style
from gaitcheck.synthetic.recipe import Recipe, read_recipe, stage
from gaitcheck.synthetic.room import Room, mirror_for
from gaitcheck.synthetic.style import Fatigue, Footwork, LegStyle, RunnerStyle, plan_stances
from gaitcheck.synthetic.truth import describe, sagittal_instant

BODY = "learning_00"


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner(load_body(BODY), RunnerStyle(), 4.0, seed=2)


def test_bodies_are_split_once_and_for_all() -> None:
    names = body_names()
    assert sum(n.startswith("learning_") for n in names) == 24
    assert sum(n.startswith("calibration_") for n in names) == 40
    assert sum(n.startswith("held_out_") for n in names) == 8
    assert sum(n.startswith("pictured_") for n in names) == 72
    assert len({load_body(n).vertices.tobytes() for n in names}) == 144
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
        ("spead = 3", "unknown entry"), ("[runner]\nspeed_m_s = 'fast'", "a number"), ("body = 'me'", "no body"),
        ("duration_s = 1e5", "120 s"), ("[filming]\nview = 'top'", "no view"), ("=", "can't be read"),
        ("runner = 3", "table"), ("[look]\nhair_style = 'mohawk'", "hair_style"), ("[filming]\nwidth = 101", "even"),
        ("[filming]\ncodec = 'vp9'", "codec"), ("[runner]\ncontact_time_s = 0.5", "contact ends"),
        ("[look]\nshirt = ['a', 1, 2]", "shirt must be 3 numbers"), ("[room]\nwall = [0.5]", "wall must be 3 numbers"),
        ("[filming]\nheight_m = nan", "must be a number"), ("seed = -1", "seed is 0 or more"),
        ("a = " + "[" * 50_000, "can't be read"), ("# " + "x" * 200_000, "File too large"),
        ("[filming]\nplayback_fps = -30.0", "playback_fps"), ("crf = 99", "crf from 0 to 51"),
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
        truth = json.loads(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert truth["recipe"] == json.loads(json.dumps(asdict(read_recipe(path))))
        assert path.with_suffix(".mp4").stat().st_size <= 4_000_000


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


@pytest.mark.parametrize("seed", range(6))
def test_any_runners_standing_foot_stays_on_the_belt(seed: int) -> None:
    """Settled, heel while pitched up, sole while flat, ball after heel-off: none slips 2 mm, whatever the toe-out."""
    recipe = random_recipe(seed, duration_s=2.0)
    mover = stage(recipe).mover
    for stance in [s for s in mover.stances if s.initial_contact_s > 0.4][:2]:
        settled = stance.initial_contact_s + recipe.runner.footwork.settled_after_s
        times = np.linspace(settled, stance.toe_off_s, 60)[1:-1]
        poses = [mover.pose(float(t)) for t in times]
        pitch = np.array([p.foot_pitch_deg[stance.side] for p in poses])
        belt = np.stack([recipe.runner.speed_m_s * times, 0 * times, 0 * times], axis=1)
        for joint, where in (("ball", pitch < -0.5), ("heel", pitch > 0.5)):
            track = np.array([p.joints[f"{stance.side}_{joint}"] for p in poses]) + belt
            if where.sum() > 3:
                assert np.ptp(track[where], axis=0).max() < 0.002


def test_a_foot_lands_as_fast_as_asked_and_a_push_that_peaks_early_leaves_the_body_higher() -> None:
    """Speed and place have no step at contact and toe-off; in flight the pelvis falls freely."""
    feet = Footwork(forward_at_contact_m_s=1.2, sink_at_contact_m_s=0.8, settled_after_s=0.04, early_push=0.3)
    style = RunnerStyle(foot_inclination_at_contact_deg=0.0, footwork=feet, stride_variability=0.0)
    mover = Runner(load_body(BODY), style, 4.0, seed=2)
    stance = next(s for s in mover.stances if s.initial_contact_s > 1.0)
    start, stop, h = stance.initial_contact_s, stance.toe_off_s, 1e-4

    def speed(t: float) -> np.ndarray:
        return (mover.foot(stance.side, t + h)[0] - mover.foot(stance.side, t - h)[0]) / (2 * h)

    for t in (start - 2 * h, start + 2 * h):
        assert speed(t) == pytest.approx([1.2 - style.speed_m_s, 0.0, -0.8], abs=0.06)
    assert speed(start + 0.05) == pytest.approx([-style.speed_m_s, 0.0, 0.0], abs=1e-3)

    height = mover.pelvis_height_change_m
    for t in (start, stop):
        assert (height(t + h) - height(t)) / h == pytest.approx((height(t) - height(t - h)) / h, abs=0.02)
    middle = stop + stance.flight_after_s / 2
    fall = (height(middle + 0.01) - 2 * height(middle) + height(middle - 0.01)) / 0.01**2
    assert fall == pytest.approx(-9.81, rel=1e-6)
    assert height(stop) - height(start) == pytest.approx(0.3 * 9.81 * stance.flight_after_s**2 / 2)


@pytest.mark.parametrize("seed", range(4))
def test_no_random_runner_crouches_or_flies(seed: int) -> None:
    """The population's knees bend as running knees do (46 real runners: 29 to 53 deg at the stance peak)."""
    recipe = random_recipe(40 + seed, duration_s=2.5)
    staged = stage(recipe)
    metrics = describe(staged.mover, staged.tripod, "rear", staged.times_s[::60])["metrics"]
    assert 25 < np.mean(list(metrics["peak_knee_flexion_in_stance"].values())) < 65
    assert 0.03 < np.mean(list(metrics["vertical_oscillation"].values())) < 0.16
    assert np.mean(list(metrics["flight_time"].values())) > 20


def test_planted_values_are_drawn_independently() -> None:
    runners = [random_style(np.random.default_rng(k), 0.85) for k in range(400)]
    names = ("pelvic_drop_deg", "knee_turn_in_deg", "foot_offset_m", "trunk_lateral_lean_deg", "toe_out_deg")
    legs = np.array([[*(getattr(r.right, name) for name in names), r.pelvic_obliquity_deg] for r in runners])
    assert np.abs(np.corrcoef(legs.T) - np.eye(legs.shape[1])).max() < 0.18


def test_dorsiflexion_is_the_shank_against_the_foot() -> None:
    """A shank leaning 20 deg forward over a foot pitched 30 deg down is 10 deg plantarflexed."""
    mover = stage(Recipe(duration_s=2.0)).mover
    pose = mover.pose(0.5)
    shank = np.array([np.sin(np.deg2rad(20)), 0.0, np.cos(np.deg2rad(20))]) * 0.4
    joints = pose.joints | {"left_knee": pose.joints["left_ankle"] + shank}
    turned = replace(pose, joints=joints, foot_pitch_deg={"left": -30.0, "right": 0.0})
    assert sagittal_instant(turned, "left")["ankle"] == pytest.approx(-10.0, abs=1e-6)


def test_fatigue_drifts_and_seeds_repeat() -> None:
    style = RunnerStyle(stride_variability=0.0, fatigue=Fatigue(pelvic_drop_deg=6.0, cadence_per_min=-10.0))
    stances = plan_stances(style, 60.0, 3)
    assert stances[-1].style.pelvic_drop_deg - stances[0].style.pelvic_drop_deg == pytest.approx(6.0, abs=0.5)
    assert stances[-1].flight_after_s > stances[0].flight_after_s
    assert random_recipe(5) == random_recipe(5) != random_recipe(6)


def test_rolling_shutter_reads_later_rows_later_and_every_row_is_whole() -> None:
    film = Filming(shutter_s=0.004, readout_s=0.02)
    offsets, weights = sub_exposures(film, 100, count=8)
    np.testing.assert_allclose(weights.sum(axis=0), 1.0)
    seen_at = offsets @ weights
    assert seen_at[0] == pytest.approx(-0.01, abs=0.002)
    assert seen_at[-1] == pytest.approx(0.01, abs=0.002)
    assert abs(seen_at[49]) < 0.002
    still, whole = sub_exposures(Filming(), 10)
    assert list(still) == [0.0]
    assert (whole == 1).all()


def test_frame_times_jitter_and_drop() -> None:
    film = Filming(fps=60.0, rate_jitter=0.4, dropped=0.2)
    times = frame_times(film, 10.0, np.random.default_rng(0))
    assert times[0] == 0
    assert 430 < len(times) < 530
    assert (np.diff(times) > 0.0166 * 0.55).all()


def test_a_hand_shakes_and_a_stand_does_not() -> None:
    stand = Tripod(Filming(), 1)
    assert stand.at(0.3) == stand.still
    hand = Tripod(Filming(shake_deg=0.4), 1)
    middle = np.array([hand.at(t).project(np.array([0.0, 0.0, 0.92])) for t in np.linspace(0, 5, 60)])
    assert 1 < middle.std(axis=0).max() < 30


def test_a_mirror_shows_the_other_side() -> None:
    mirror = mirror_for("rear", Room())
    np.testing.assert_allclose(mirror.reflect(np.array([[1.0, 0.3, 0.9]])), [[2 * mirror.at - 1.0, 0.3, 0.9]])


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_an_outfit_is_one_whole_skinned_mesh(style: str) -> None:
    body = load_body(BODY)
    outfit = dress(body, Look(hair_style=style, cap=True, shirt_fit=1.0, shorts_fit=1.0))
    n = len(outfit.body.vertices)
    assert outfit.colours.shape == outfit.normals.shape == (n, 3)
    assert outfit.lag.shape == (n,)
    assert outfit.body.faces.max() < n
    np.testing.assert_allclose(np.asarray(outfit.body.weights.sum(axis=1)).ravel(), 1.0, atol=1e-6)
    assert outfit.lag.max() > 0.2


def test_a_recorded_runner_keeps_the_recordings_knees_and_contacts(tmp_path: Path) -> None:
    """A recording made from a parametric runner of the same body gives its frontal angles back."""
    mover = stage(Recipe(body=BODY, duration_s=3.0)).mover
    times = np.arange(0.0, 2.5, 1 / 150)
    rows = {"time": times}
    for side, mark in (("left", "L"), ("right", "R")):
        for joint in ("hip", "knee", "ankle", "heel", "toe"):
            track = np.array([mover.pose(float(t)).joints[f"{side}_{joint}"] for t in times])
            rows |= {f"{mark}_{joint}_{axis}": track[:, k] for k, axis in enumerate("xyz")}
    pd.DataFrame(rows).to_csv(tmp_path / "run_joint_centres.csv", index=False)
    events = [{"side": s.side[0].upper(), "initial_contact_s": s.initial_contact_s, "toe_off_s": s.toe_off_s}
              for s in mover.stances if 0 < s.initial_contact_s < 2.0]  # fmt: skip
    pd.DataFrame(events).to_csv(tmp_path / "run_events.csv", index=False)
    recipe = Recipe(body=BODY, duration_s=2.5, motion="run_joint_centres.csv")
    staged = stage(recipe, tmp_path)
    found = describe(staged.mover, staged.tripod, "rear", staged.times_s[::30])["metrics"]
    original = describe(mover, staged.tripod, "rear", staged.times_s[::30])["metrics"]
    for side in ("left", "right"):
        assert found["contralateral_pelvic_drop"][side] == pytest.approx(
            original["contralateral_pelvic_drop"][side], abs=0.5
        )
        assert found["frontal_plane_projection_angle"][side] == pytest.approx(
            original["frontal_plane_projection_angle"][side], abs=0.7
        )
    with pytest.raises(UsageError, match="no contacts"):
        (tmp_path / "run_events.csv").unlink()
        stage(recipe, tmp_path)
