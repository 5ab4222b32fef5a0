"""Readers and the joints made from what they read, in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.contacts.read_contacts import KIND as CONTACTS
from gaitcheck.gait.joint_centres import CURVES, INSTANTS, KIND, SHARES, ReadStance, correct, readers
from gaitcheck.gait.reader import Reader, load_reader, seen_as
from gaitcheck.gait.strides import Stance
from gaitcheck.gait.surroundings import movement, over_clip, posture
from gaitcheck.metrics import all_metrics
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.views import view_named

METRICS = {metric.name: metric for metric in all_metrics()}
LEVEL = Calibration(0, 1, "given", 200.0, None, 4.0, 0.1)
FRAMES = 61


def _stance(side: str) -> Stance:
    return Stance(0, side, 0.3, 0.6, None, None, None)


def _figure(view: str) -> Trajectories:
    """A figure a little apart from any pose that is read, standing still."""
    points = np.random.default_rng(0).normal(0, 4, (1, 33, 2)).repeat(FRAMES, axis=0)
    for side, out in (("left", 1.0), ("right", -1.0)):
        for joint, across, up in (
            ("shoulder", 30, 150), ("hip", 20, 0), ("knee", 20, -100), ("ankle", 20, -200),
            ("heel", 18, -215), ("foot_index", 24, -215),
        ):  # fmt: skip
            points[:, INDEX[f"{side}_{joint}"]] = (out * across, up)
    return Trajectories(
        np.arange(FRAMES) / 60, points, points, np.zeros((FRAMES, 33)), np.ones((FRAMES, 33)),
        view_named(view), 1280.0, 1 / 60,
    )  # fmt: skip


@given(
    st.sampled_from(["left", "right"]),
    st.sampled_from(["rear", "front"]),
    *(st.floats(-15, 15),) * 2,
    st.floats(-12, 12),
    st.floats(-0.1, 0.15),
    st.floats(-8, 8),
)
def test_frontal_joints_say_what_was_read(
    side: str, view: str, thigh: float, shank: float, drop: float, offset: float, lean: float
) -> None:
    told = dict(zip(CURVES["frontal"], (thigh, shank, drop, offset, 0.2), strict=True))
    # The hip must lie on its own side of the middle, as every hip does.
    hip = offset + 0.5 * np.tan(np.deg2rad(-shank)) + 0.5 * np.tan(np.deg2rad(-thigh))
    if hip < 0.02:
        return
    read = ReadStance(_stance(side), {name: np.full(len(SHARES), v) for name, v in told.items()}, lean)
    moved = correct(_figure(view), [read], LEVEL.leg_length_px)

    def of(name: str) -> float:
        return METRICS[name].compute(moved, read.stance, LEVEL)

    assert of("frontal_plane_projection_angle") == pytest.approx(shank - thigh, abs=1e-6)
    assert of("contralateral_pelvic_drop") == pytest.approx(drop, abs=1e-6)
    assert of("hip_adduction") == pytest.approx(drop - thigh, abs=1e-6)
    assert of("foot_placement_offset") == pytest.approx(offset, abs=1e-9)
    assert of("knee_separation") == pytest.approx(0.2, abs=1e-9)
    assert of("trunk_lateral_lean") == pytest.approx(lean, abs=0.02)


@given(st.floats(-40, 40), st.floats(-50, 30), st.floats(-40, 40), st.floats(-10, 20))
def test_sagittal_joints_say_what_was_read(thigh: float, shank: float, pitch: float, lean: float) -> None:
    told = dict(zip(CURVES["sagittal"], (thigh, shank, pitch), strict=True))
    read = ReadStance(_stance("left"), {name: np.full(len(SHARES), v) for name, v in told.items()}, lean)
    moved = correct(_figure("left"), [read], LEVEL.leg_length_px)

    def of(name: str) -> float:
        return METRICS[name].compute(moved, read.stance, LEVEL)

    assert of("tibia_inclination_at_contact") == pytest.approx(shank, abs=1e-6)
    assert of("hip_extension_at_toe_off") == pytest.approx(-thigh, abs=1e-6)
    assert of("ankle_dorsiflexion_at_midstance") == pytest.approx(pitch - shank, abs=1e-6)
    assert of("trunk_forward_lean") == pytest.approx(lean, abs=0.02)


def test_outside_stances_that_were_read_nothing_moves() -> None:
    figure = _figure("rear")
    told = {name: np.zeros(len(SHARES)) for name in CURVES["frontal"]}
    moved = correct(figure, [ReadStance(_stance("left"), told, 0.0)], 200.0)
    still = (figure.times_s < 0.28) | (figure.times_s > 0.63)
    np.testing.assert_array_equal(moved.points[still], figure.points[still])


@pytest.mark.parametrize("view", ["rear", "front"])
def test_a_mirrored_runner_gives_the_other_leg_the_same_inputs(view: str) -> None:
    figure = _figure(view)
    mirrored = figure.points.copy()
    for name, column in INDEX.items():
        if name.startswith("left_"):
            other = INDEX[name.replace("left_", "right_")]
            mirrored[:, [column, other]] = figure.points[:, [other, column]]
    mirrored[..., 0] *= -1
    other = replace(figure, points=mirrored, guesses=mirrored)
    instants = 0.3 + INSTANTS * 0.3
    for inputs in (movement, posture):
        left = inputs(figure, over_clip(figure), "left", instants)
        np.testing.assert_allclose(left, inputs(other, over_clip(other), "right", instants), atol=1e-9)


def test_a_network_is_what_it_says() -> None:
    layers = ((np.array([[1.0, -1.0]]), np.array([0.0, 0.5])), (np.array([[2.0], [3.0]]), np.array([1.0])))
    reader = Reader(
        np.array([10.0]), np.array([2.0]), (layers, layers), np.array([100.0]), np.array([10.0]), np.zeros(1)
    )
    # (12 - 10) / 2 = 1 -> ramps (1, 0) -> 2 * 1 + 1 = 3 -> 130; far out, inputs are cut at 4 spreads.
    assert reader.read(np.array([[12.0]]))[0, 0] == pytest.approx(130.0)
    assert reader.read(np.array([[1000.0]])) == reader.read(np.array([[18.0]]))
    assert reader.distance(np.array([[12.0], [16.0]])) == pytest.approx(2.0)
    assert reader.distance(np.empty((0, 1))) == float("inf")


@pytest.mark.parametrize("kind", [CONTACTS, KIND])
@pytest.mark.parametrize("seen", ["rear", "front", "near", "far"])
def test_readers_are_there_and_their_mean_input_gives_their_mean_output(kind: str, seen: str) -> None:
    reader = load_reader(kind, "pose_full", seen)
    assert reader is not None
    assert np.isfinite(reader.read(reader.mean[None])).all()
    assert reader.distance(reader.mean[None]) == pytest.approx(0.0, abs=1e-6)
    assert load_reader(kind, "pose_lite", seen) is None


def test_legs_are_named_by_how_they_are_seen() -> None:
    assert [seen_as(view_named(v), "left") for v in ("rear", "front", "left", "right")] == [
        "rear", "front", "near", "far",
    ]  # fmt: skip
    assert readers(_figure("rear"), "pose_lite") == {}
