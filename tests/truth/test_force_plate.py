"""Events and geometry against motion capture and force plates, without a single pixel.

Joint centres of treadmill runners (Fukuchi 2017) are projected by a virtual phone 3.6 m away at hip
height; force plates say when each foot was down, the 3-D joint centres what the angles were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from gaitcheck.gait.calibration import calibrate
from gaitcheck.gait.contacts import Contact, detect_contacts
from gaitcheck.gait.joint_centres import readers
from gaitcheck.gait.plane import Plane, enter_plane
from gaitcheck.gait.strides import Stance, order_stances
from gaitcheck.metrics import all_metrics
from gaitcheck.motion import clean
from gaitcheck.settings import DEFAULT
from gaitcheck.synthetic.camera import Camera, phone
from gaitcheck.views import detect_view
from tests.truth import rbds

MODEL = "motion capture"
"""No reader was made for landmarks without a pose model's errors: the detectors stand alone."""

pytestmark = pytest.mark.skipif(not rbds.DATA.is_dir(), reason="mocap reference data is not on this machine")

METRICS = {metric.name: metric for metric in all_metrics()}
EDGE_S = 1.0


@dataclass(frozen=True)
class Filmed:
    run: rbds.MocapRun
    contacts: list[Contact]
    stances: list[Stance]
    plane: Plane


def film(
    runner: str,
    speed: str,
    view: str,
    *,
    noise_px: float = 0.0,
    camera: Camera | None = None,
    roll_deg: float = 0.0,
) -> Filmed:
    run = rbds.load(runner, speed)
    landmarks = rbds.film(run, view, noise_px=noise_px, camera=camera)
    seen = detect_view(landmarks)
    assert seen.view.name == view
    motion, swaps = clean(landmarks, seen.view, DEFAULT)
    assert swaps == 0
    contacts = detect_contacts(motion, MODEL, DEFAULT)
    stances = order_stances(contacts)
    calibration = calibrate(motion, contacts, MODEL, DEFAULT, roll_deg=roll_deg)
    return Filmed(run, contacts, stances, enter_plane(motion, stances, calibration, readers(motion, MODEL)))


def errors_ms(filmed: Filmed, side: str) -> tuple[np.ndarray, np.ndarray, int, int, float]:
    """Errors of contact and toe-off, steps missed, steps invented, mean contact error; ms."""
    starts, stops = filmed.run.contacts(side, "initial_contact"), filmed.run.contacts(side, "toe_off")
    own = [c for c in filmed.contacts if c.side == side]
    nearest = [int(np.argmin(np.abs(starts - c.initial_contact_s))) for c in own]
    start = np.array([c.initial_contact_s - starts[k] for c, k in zip(own, nearest, strict=True)])
    stop = np.array([c.toe_off_s - stops[k] for c, k in zip(own, nearest, strict=True)])
    # An edge step has no force-plate twin; it is neither invented nor wrong.
    inside = np.array([starts[0] - 0.1 < c.initial_contact_s < starts[-1] + 0.1 for c in own])
    invented = int((np.abs(start[inside]) > 0.15).sum()) + len(nearest) - len(set(nearest))
    end = filmed.plane.motion.times_s[-1]
    middle = [t for t in starts if EDGE_S < t < end - EDGE_S]
    missed = sum(not any(abs(c.initial_contact_s - t) < 0.15 for c in own) for t in middle)
    contact = float(np.mean([c.duration_s for c in own]) - np.mean([stops[k] - starts[k] for k in nearest]))
    return 1000 * start[inside], 1000 * stop[inside], missed, invented, 1000 * contact


@pytest.mark.parametrize("view", ["rear", "left", "right"])
@pytest.mark.parametrize(("runner", "speed"), rbds.RUNS_WITH_FORCES)
@pytest.mark.parametrize("side", ["left", "right"])
def test_contacts_agree_with_the_force_plate(runner: str, speed: str, view: str, side: str) -> None:
    start, stop, missed, invented, contact = errors_ms(film(runner, speed, view), side)
    assert missed == 0
    assert invented == 0
    assert np.abs(start).mean() <= 20
    assert np.abs(stop).mean() <= 20
    assert abs(contact) <= 20


@pytest.mark.parametrize("view", ["rear", "left", "right"])
@pytest.mark.parametrize(("runner", "speed"), rbds.RUNS_WITH_FORCES)
def test_noise_of_two_pixels_and_a_tilted_camera_are_borne(runner: str, speed: str, view: str) -> None:
    camera = phone(view, distance_m=3.6, height_m=0.92, target_height_m=0.85, roll_deg=3.0)
    filmed = film(runner, speed, view, noise_px=2.0, camera=camera, roll_deg=3.0)
    for side in ("left", "right"):
        start, stop, missed, invented, contact = errors_ms(filmed, side)
        assert (missed, invented) == (0, 0)
        assert np.abs(start).mean() <= 10
        assert np.abs(stop).mean() <= 20
        assert abs(contact) <= 15
        if view == "rear":
            angle, offset = TABLE[runner, speed][side]  # type: ignore[misc]
            assert mean(filmed, "frontal_plane_projection_angle", side) == pytest.approx(angle, abs=1.0)
            assert true_leg_cm(filmed) * mean(filmed, "foot_placement_offset", side) == pytest.approx(offset, abs=0.5)
            drop = mean(filmed, "contralateral_pelvic_drop", side)
            assert drop == pytest.approx(hip_line_drop(filmed, side), abs=2.0)


# Truth straight from the 3-D joint centres, mean over all steps (../shared/data/README.md):
# frontal-plane angle (deg), ankle to pelvis midline (cm), cadence (steps/min).
TABLE = {
    ("rbds001", "2_5"): {"left": (-4.7, -1.2), "right": (0.5, 1.8), "cadence": 156.8},
    ("rbds001", "3_5"): {"left": (-5.2, -2.7), "right": (-1.3, 0.7), "cadence": 171.2},
    ("rbds041", "2_5"): {"left": (-7.4, 4.1), "right": (1.2, 3.5), "cadence": 157.5},
    ("rbds041", "3_5"): {"left": (-7.4, 4.3), "right": (0.8, 3.7), "cadence": 163.0},
    ("rbds032", "3_5"): {"left": (-0.4, 2.7), "right": (1.0, 1.0), "cadence": 155.5},
}


def hip_line_drop(filmed: Filmed, side: str) -> float:
    """Peak roll of the 3-D hip-centre line in stance, mean over steps, deg."""
    left, right = filmed.run.joints["left_hip"], filmed.run.joints["right_hip"]
    gap = left - right
    sign = 1.0 if side == "left" else -1.0
    roll = sign * np.rad2deg(np.arctan2(gap[:, 2], gap[:, 1]))
    times = filmed.run.times_s
    own = [s for s in filmed.stances if s.side == side]
    return float(np.mean([roll[(times >= s.initial_contact_s) & (times < s.toe_off_s)].max() for s in own]))


def mean(filmed: Filmed, name: str, side: str) -> float:
    own = [s for s in filmed.stances if side in (s.side, "both")]
    return float(np.nanmean([METRICS[name].compute(filmed.plane.motion, s, filmed.plane.calibration) for s in own]))


def true_leg_cm(filmed: Filmed) -> float:
    joints = filmed.run.joints
    thigh = np.linalg.norm(joints["left_hip"] - joints["left_knee"], axis=1)
    return float(100 * np.median(thigh + np.linalg.norm(joints["left_knee"] - joints["left_ankle"], axis=1)))


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize(("runner", "speed"), [run for run in TABLE if run[0] != "rbds032"])
def test_frontal_plane_agrees_with_three_dimensions(runner: str, speed: str, view: str) -> None:
    filmed = film(runner, speed, view)
    for side in ("left", "right"):
        angle, offset = TABLE[runner, speed][side]  # type: ignore[misc]
        assert mean(filmed, "frontal_plane_projection_angle", side) == pytest.approx(angle, abs=1.0)
        assert true_leg_cm(filmed) * mean(filmed, "foot_placement_offset", side) == pytest.approx(offset, abs=0.5)
        assert mean(filmed, "contralateral_pelvic_drop", side) == pytest.approx(hip_line_drop(filmed, side), abs=1.0)


def angle_in_three_dimensions(filmed: Filmed, side: str) -> float:
    """Frontal-plane angle of the 3-D joint centres over the middle fifth of every stance found, deg."""
    hip, knee, ankle = (filmed.run.joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    sign = 1.0 if side == "left" else -1.0

    def down(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return sign * np.rad2deg(np.arctan2((b - a)[:, 1], (a - b)[:, 2]))

    angle, times = down(knee, ankle) - down(hip, knee), filmed.run.times_s
    found = []
    for s in filmed.stances:
        tenth = 0.1 * (s.toe_off_s - s.initial_contact_s)
        if s.side == side:
            found.append(angle[(times >= s.midstance_s - tenth) & (times < s.midstance_s + tenth)].mean())
    return float(np.mean(found))


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize(("runner", "speed"), list(TABLE))
def test_perspective_is_taken_out_of_the_frontal_angle(runner: str, speed: str, view: str) -> None:
    """All five runs, also those whose mid-stance the table takes from the ankle instead of forces."""
    filmed = film(runner, speed, view)
    for side in ("left", "right"):
        true = angle_in_three_dimensions(filmed, side)
        assert mean(filmed, "frontal_plane_projection_angle", side) == pytest.approx(true, abs=0.6)


@pytest.mark.parametrize("view", ["rear", "right"])
@pytest.mark.parametrize(("runner", "speed"), list(TABLE))
def test_cadence_agrees(runner: str, speed: str, view: str) -> None:
    assert mean(film(runner, speed, view), "cadence", "both") == pytest.approx(TABLE[runner, speed]["cadence"], abs=0.5)


def test_a_real_crossover_is_seen_and_a_wide_runner_is_not() -> None:
    crossing, wide = film("rbds001", "3_5", "rear"), film("rbds041", "2_5", "rear")
    assert mean(crossing, "crossover_fraction", "left") > 0.9
    assert mean(wide, "crossover_fraction", "left") == 0.0
    assert mean(wide, "crossover_fraction", "right") == 0.0


def test_roll_estimated_from_balance_is_within_its_sd() -> None:
    for runner, speed in TABLE:
        run = rbds.load(runner, speed)
        landmarks = rbds.film(run, "rear")
        motion, _ = clean(landmarks, detect_view(landmarks).view, DEFAULT)
        calibration = calibrate(motion, detect_contacts(motion, MODEL, DEFAULT), MODEL, DEFAULT)
        assert abs(calibration.roll_deg) <= calibration.roll_sd_deg
