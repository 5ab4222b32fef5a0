"""Metrics against closed-form geometry: signs, symmetry, invariance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.gait.calibration import Calibration, level, unroll
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics import all_metrics
from gaitcheck.metrics.geometry import bend_deg, from_vertical_deg
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import INDEX

METRICS = {metric.name: metric for metric in all_metrics()}
FLAT = Calibration(0.0, 1.0, "given", 200.0, None, 1e9, 0.1)
NAMES = {
    "frontal_plane_projection_angle", "peak_frontal_plane_projection_angle", "hip_adduction",
    "contralateral_pelvic_drop",
    "knee_separation", "foot_placement_offset", "crossover_fraction", "step_width", "trunk_lateral_lean", "cadence",
    "contact_time", "flight_time", "duty_factor", "stride_time", "overstride", "tibia_inclination_at_contact",
    "knee_flexion_at_contact", "peak_knee_flexion_in_stance", "ankle_dorsiflexion_at_midstance",
    "hip_extension_at_toe_off",
    "trunk_forward_lean", "vertical_oscillation", "foot_inclination_at_contact", "arm_swing",
}  # fmt: skip


def stance(side: str) -> Stance:
    return Stance(0, side, 0.5, 0.75, 0.87, 1.24, None)


def value(name: str, motion: Trajectories, side: str) -> float:
    return METRICS[name].compute(motion, stance(side), FLAT)


def legs(knee_in: float = 0.0, foot_in: float = 0.0, drop: float = 0.0) -> dict[str, tuple[float, float]]:
    """A runner from behind, both legs alike; the right hip lower by ``drop`` px."""
    places = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        places[f"{side}_hip"] = (sign * 20, 200 + (0.5 if side == "left" else -0.5) * drop)
        places[f"{side}_knee"] = (sign * (20 - knee_in), 100)
        places[f"{side}_ankle"] = (sign * (20 - foot_in), 0)
        places[f"{side}_shoulder"] = (sign * 40, 350)
    return places


def test_the_promised_metrics_are_all_there() -> None:
    assert set(METRICS) == NAMES


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_knee_inside_the_line_is_valgus_on_either_side(still_runner, side: str) -> None:
    expected = 2 * np.rad2deg(np.arctan2(10, 100))
    motion = still_runner("rear", legs(knee_in=10))
    assert value("frontal_plane_projection_angle", motion, side) == pytest.approx(expected)
    assert value("peak_frontal_plane_projection_angle", motion, side) == pytest.approx(expected)
    assert value("frontal_plane_projection_angle", still_runner("rear", legs(knee_in=-10)), side) < 0


@pytest.mark.parametrize("noise_px", [0.0, 2.0])
def test_an_arm_s_swing_is_its_range_over_a_stride_however_its_landmarks_shake(still_runner, noise_px: float) -> None:
    motion = still_runner("left", {"left_shoulder": (0.0, 300.0)})
    angle = np.deg2rad(-12.0 + 25.0 * np.sin(2 * np.pi * motion.times_s / 0.74))
    elbow = 300.0 * np.array([0.0, 1.0]) + 60.0 * np.stack([np.sin(angle), -np.cos(angle)], axis=1)
    shaken = np.random.default_rng(4).normal(0.0, noise_px, elbow.shape)
    motion.points[:, INDEX["left_elbow"]] = elbow + shaken
    assert value("arm_swing", motion, "left") == pytest.approx(50.0, abs=0.5 + 1.5 * noise_px)
    motion.points[40:60, INDEX["left_elbow"]] = np.nan
    assert np.isnan(value("arm_swing", motion, "left"))


def test_pelvic_drop_keeps_its_side(still_runner) -> None:
    motion = still_runner("rear", legs(drop=4))
    tilt = np.rad2deg(np.arctan2(4, 40))
    assert value("contralateral_pelvic_drop", motion, "left") == pytest.approx(tilt)
    assert value("contralateral_pelvic_drop", motion, "right") == pytest.approx(-tilt)


def test_hip_adduction_adds_drop_to_the_thigh(still_runner) -> None:
    motion = still_runner("rear", legs(knee_in=10, drop=4))
    tilt = np.rad2deg(np.arctan2(4, 40))
    thigh = np.rad2deg(np.arctan2(10, 102))
    assert value("hip_adduction", motion, "left") == pytest.approx(tilt + thigh)


@pytest.mark.parametrize(("foot_in", "crosses"), [(15.0, 0.0), (25.0, 1.0)])
def test_foot_offset_and_crossover(still_runner, foot_in: float, crosses: float) -> None:
    motion = still_runner("rear", legs(foot_in=foot_in))
    for side in ("left", "right"):
        assert value("foot_placement_offset", motion, side) == pytest.approx((20 - foot_in) / 200)
        assert value("crossover_fraction", motion, side) == crosses


def test_sagittal_signs(still_runner) -> None:
    places = {
        "left_hip": (0, 200), "right_hip": (0, 200), "left_shoulder": (20, 350), "right_shoulder": (20, 350),
        "left_knee": (30, 105), "left_ankle": (50, 10), "left_heel": (40, 0), "left_foot_index": (70, 5),
    }  # fmt: skip
    motion = still_runner("left", places)
    assert value("overstride", motion, "left") == pytest.approx(50 / 200)
    assert value("tibia_inclination_at_contact", motion, "left") == pytest.approx(np.rad2deg(np.arctan2(20, 95)))
    assert value("trunk_forward_lean", motion, "both") == pytest.approx(np.rad2deg(np.arctan2(20, 150)))
    assert value("hip_extension_at_toe_off", motion, "left") < 0
    thigh, shank = np.arctan2(30, 95), np.arctan2(20, 95)
    assert value("knee_flexion_at_contact", motion, "left") == pytest.approx(np.rad2deg(abs(thigh - shank)))


def test_timing_metrics() -> None:
    s = stance("left")
    assert METRICS["contact_time"].compute(None, s, FLAT) == pytest.approx(250)  # type: ignore[arg-type]
    assert METRICS["flight_time"].compute(None, s, FLAT) == pytest.approx(120)  # type: ignore[arg-type]
    assert METRICS["stride_time"].compute(None, s, FLAT) == pytest.approx(740)  # type: ignore[arg-type]
    assert METRICS["duty_factor"].compute(None, s, FLAT) == pytest.approx(0.25 / 0.74)  # type: ignore[arg-type]
    assert METRICS["cadence"].compute(None, s, FLAT) == pytest.approx(120 / 0.74)  # type: ignore[arg-type]


@given(st.floats(-89, 89), st.floats(0.1, 1e3))
def test_from_vertical_reads_back_an_angle(angle: float, length: float) -> None:
    tip = length * np.array([[np.sin(np.deg2rad(angle)), -np.cos(np.deg2rad(angle))]])
    assert from_vertical_deg(np.zeros((1, 2)), tip)[0] == pytest.approx(angle, abs=1e-6)


@given(st.floats(0, 170), st.floats(0, 360))
def test_bend_is_the_same_however_turned(bend: float, turn: float) -> None:
    a = np.deg2rad([turn, turn + 180.0 - bend])
    ends = np.stack([np.cos(a), np.sin(a)], axis=1)
    assert bend_deg(ends[:1], np.zeros((1, 2)), ends[1:])[0] == pytest.approx(bend, abs=1e-6)


@given(st.floats(-20, 20), st.sampled_from(["rear", "front", "left", "right"]))
def test_rolling_the_camera_and_back_changes_nothing(roll: float, view: str) -> None:
    from gaitcheck.views import view_named

    rng = np.random.default_rng(0)
    points = rng.normal(0, 200, (4, 33, 2))
    motion = Trajectories(
        np.arange(4) / 60, points, points, np.zeros((4, 33)), np.ones((4, 33)), view_named(view), 1280.0, 1 / 60
    )
    there = unroll(motion, Calibration(roll, 1, "given", 200, None, 3.0, 0.1))
    back = unroll(there, Calibration(-roll, 1, "given", 200, None, 3.0, 0.1))
    np.testing.assert_allclose(back.points, points, atol=1e-9)


def test_perspective_is_undone_exactly(still_runner) -> None:
    """A point 0.4 m behind the hips at 4 m looks a tenth smaller and is put back."""
    motion = still_runner("rear", {"left_knee": (50.0, 0.0)})
    motion.depth_m[:] = 0.4
    flat = level(motion, Calibration(0, 1, "given", 200, None, 4.0, 0.1))
    np.testing.assert_allclose(flat.point("left_knee")[:, 0], 55.0)
