"""From landmarks to estimates: the measuring core, for landmarks from wherever they came."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from gaitcheck import discovery
from gaitcheck.corrections import UNTOUCHED, ByHand
from gaitcheck.errors import UsageError
from gaitcheck.gait.calibration import calibrate
from gaitcheck.gait.contacts import detect_contacts
from gaitcheck.gait.joint_centres import readers
from gaitcheck.gait.plane import Plane, enter_plane
from gaitcheck.gait.sides import require_sides, sides_probability
from gaitcheck.gait.sight.fuse import seen_roll
from gaitcheck.gait.sight.look import Eyes, look
from gaitcheck.gait.strides import Stance, order_stances
from gaitcheck.metrics import Metric, all_metrics
from gaitcheck.motion import Trajectories, clean
from gaitcheck.pose.landmarks import INDEX, OURS, SIDES, Landmarks
from gaitcheck.pose.models import model_path
from gaitcheck.quality import require_level
from gaitcheck.settings import DEFAULT, Settings
from gaitcheck.setup import Setup
from gaitcheck.typing import FloatArray
from gaitcheck.uncertainty import ErrorModel, Estimate, Steps, estimate_metric, load_error_model, read_steps
from gaitcheck.uncertainty.estimate import missing
from gaitcheck.views import Facing, SeenView, detect_view, settle_facing

if TYPE_CHECKING:
    import pandas as pd

FRAME_COLUMNS = ("metric", "side", "value", "low", "high", "unit", "n_strides", "validated", "reason")


def _absence(metric: Metric, side: str, seen: SeenView, landmarks: Landmarks) -> str | None:
    """The reason code why a metric can't be measured in this clip, or None."""
    view = seen.view
    if metric.plane not in ("any", view.plane):
        return "wrong_plane"
    if seen.oblique_deg > metric.most_oblique_deg:
        return "oblique_view"
    if view.plane == "sagittal" and metric.sides == "each" and metric.joints and side not in view.visible_sides:
        return "far_leg_hidden"
    sides = [s for s in SIDES if side in (s, "both")]
    if metric.reads_toe_off and landmarks.lacking & {f"{s}_foot_index" for s in sides}:
        return "joints_not_seen"
    names = {f"{s}_{joint}" for joint in metric.joints for s in sides}
    if names & landmarks.lacking or (names and np.isnan(landmarks.pixels[:, [INDEX[name] for name in names]]).all()):
        return "joints_not_seen"
    return None


def _estimates(
    seen: SeenView, landmarks: Landmarks, plane: Plane, stances: list[Stance], errors: ErrorModel
) -> list[Estimate]:
    found = []
    for metric in all_metrics():
        for side in ("both",) if metric.sides == "both" else ("left", "right"):
            reason = _absence(metric, side, seen, landmarks)
            if reason is not None:
                found.append(missing(metric, side, reason))
                continue
            own = [s for s in stances if side in (s.side, "both")]
            found.append(estimate_metric(metric, side, plane, own, errors))
    return found


def steps_of(estimates: list[Estimate], plane: Plane, stances: list[Stance], errors: ErrorModel) -> list[Steps]:
    """Step by step, whatever has a value."""
    metrics = {metric.name: metric for metric in all_metrics()}
    return [
        read_steps(metrics[e.metric], plane, [s for s in stances if e.side in (s.side, "both")], errors)
        for e in estimates
        if e.value is not None
    ]


@lru_cache(maxsize=1)
def constants() -> dict[str, float]:
    """Every number that measuring rests on and that ``Settings`` does not hold, by module and name."""
    rooms = ("video", "pose", "takes", "views", "motion", "gait", "metrics", "quality", "uncertainty", "corrections")
    return discovery.constants(importlib.import_module(f"gaitcheck.{room}") for room in rooms)


@dataclass(frozen=True)
class Measurement:
    """What landmarks alone give: the view, the motion in the picture and in the runner's plane, stances, estimates.

    ``landmarks`` are the same with left and right put right where the model took the back for the front;
    ``sides_probability`` is how surely left is left. ``shift_px`` (T, 33, 2) is what was moved by hand, in the axes of
    ``motion``; None where nothing was.
    """

    landmarks: Landmarks
    facing: Facing | None
    seen: SeenView
    swaps: int
    motion: Trajectories
    stances: list[Stance]
    plane: Plane
    sides_probability: float
    estimates: list[Estimate]
    shift_px: FloatArray | None = None

    def estimate(self, metric: str, side: str = "both") -> Estimate:
        """One estimate by its metric's name and side.

        Raises
        ------
        KeyError
            If there is no such metric or side.
        """
        for found in self.estimates:
            if (found.metric, found.side) == (metric, side):
                return found
        raise KeyError(f"There is no {metric} of {side}; metrics are {sorted({e.metric for e in self.estimates})}.")

    def to_frame(self) -> pd.DataFrame:
        """Every estimate as a tidy table.

        Returns
        -------
        DataFrame
            One row a metric and side: ``metric``, ``side``, ``value`` with its 95 % interval ``low`` to ``high`` in
            ``unit``, ``n_strides``, ``validated`` (its errors were held against truth), and the ``reason`` where there
            is no value.
        """
        import pandas as pd

        rows = [
            (e.metric, e.side, e.value, e.ci95_low, e.ci95_high, e.unit, e.n_strides, e.validated, e.reason)
            for e in self.estimates
        ]
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS))


def measure(
    landmarks: Landmarks,
    setup: Setup = Setup(),
    *,
    height_cm: float | None = None,
    eyes: Eyes | None = None,
    correct: bool = True,
    by_hand: ByHand = UNTOUCHED,
    name: str = "the clip",
    settings: Settings = DEFAULT,
    errors: ErrorModel | None = None,
) -> Measurement:
    """Contacts, the runner's plane and every metric with its interval.

    Points of another tracker (``pose.keypoints``) are measured as they are: nothing learned of our own pose model's
    mistakes is used on them, intervals are those of its raw landmarks, and every estimate says that it was never held
    against truth (``validated`` is False).

    Of ``setup`` the view, the camera's roll and the pose model count; which part of a film to read was settled when
    landmarks were made.

    Parameters
    ----------
    landmarks
        Of one runner on a treadmill, at least 2 s, times in real seconds.
    height_cm
        Body height; gives lengths in centimetres and the camera's distance.
    eyes
        Shows frames of the clip, to be looked at; without, the motion alone is read, less surely.
    correct
        Whether joint centres are corrected where they can be; the benchmark asks for both.
    by_hand
        What somebody saw otherwise: contacts, steps, legs and joints; the view and the camera's roll are told by
        ``setup``.
    name
        What the clip is called in errors.

    Raises
    ------
    RunnerError
        If too few contacts can be found, sides can't be told, or the runner is not upright in the picture.
    InputError
        If a correction names a contact or a step that is not there, or makes one that can't be.
    UsageError
        If the setup names a view that there is not.
    """
    if not isinstance(landmarks, Landmarks):
        raise UsageError("measure takes landmarks; gaitcheck.read_landmarks makes them of points, files and folders.")
    ours = landmarks.tracker == OURS
    errors = errors or load_error_model()
    errors = errors if ours else errors.for_another_tracker()
    if landmarks.flat:
        detect_view(landmarks, setup.view)  # sides are settled by the view, so it is held against the points first
    landmarks, facing = settle_facing(landmarks, name, setup.view)
    seen = detect_view(landmarks, setup.view)
    if setup.camera_roll_deg is None:
        require_level(landmarks, seen.view.plane, name)
    motion, swaps = clean(landmarks, seen.view, settings, by_hand.exchanged(landmarks.times_s))
    sides = sides_probability(motion, facing, swaps / len(landmarks.times_s), seen_by_somebody=by_hand.tells_the_view)
    require_sides(sides, name, seen.given)
    model = model_path(setup.model).stem if ours else landmarks.tracker
    contacts = by_hand.times(detect_contacts(motion, model, settings), settings)
    stances = by_hand.stances(order_stances(contacts))
    moved = by_hand.moved(motion, stances)
    shift = None if moved is None else moved.shift_px
    looks = look(eyes, landmarks, motion, stances, model) if eyes is not None and correct else {}
    calibration = calibrate(
        motion,
        contacts,
        model,
        settings,
        height_cm=height_cm,
        roll_deg=setup.camera_roll_deg,
        roll_sd_deg=by_hand.roll_sd_deg,
        seen_roll=seen_roll(looks),
    )
    plane = enter_plane(
        motion,
        stances,
        calibration,
        readers(motion, model) if correct else {},
        looks,
        shift,
        {} if moved is None else moved.weights,
    )
    estimates = _estimates(seen, landmarks, plane, stances, errors)
    estimates = estimates if ours else [replace(estimate, validated=False) for estimate in estimates]
    return Measurement(landmarks, facing, seen, swaps, motion, stances, plane, sides, estimates, shift)
