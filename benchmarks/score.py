"""From observations to errors: what gaitcheck says of each clip beside what is true of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.contacts import Contact
from gaitcheck.gait.strides import Stance, order_stances
from gaitcheck.measure import Measurement, measure
from gaitcheck.metrics import all_metrics
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.takes.signals import leg_length_px
from gaitcheck.uncertainty import ErrorModel, load_error_model
from gaitcheck.uncertainty.estimate import difficulty
from gaitcheck.views import view_named
from observe import Observation, read

MATCH_S = 0.12


OF_MODEL = ("landmarks", "other_pictures")
"""Parts of an interval that come from the error model."""


@dataclass(frozen=True)
class Value:
    """One metric of one side of one clip: the truth, what gaitcheck says, what raw landmarks say.

    ``rest_sd`` is the stated sd without the error model's part, ``difficulty`` what that part was multiplied by,
    ``bias`` what the error model subtracted; ``withheld`` marks what gaitcheck measures but doesn't show.
    """

    clip: str
    view: str
    metric: str
    side: str
    unit: str
    truth: float
    value: float
    low: float
    high: float
    rest_sd: float
    difficulty: float
    bias: float
    corrected: bool
    withheld: bool
    raw: float


@dataclass(frozen=True)
class Steps:
    """Contacts of one clip against the truth; errors in seconds, found minus true."""

    clip: str
    view: str
    true: int
    found: int
    invented: int
    initial_contact_s: tuple[float, ...]
    toe_off_s: tuple[float, ...]


@dataclass
class Scores:
    """Everything scored; ``failed`` names clips gaitcheck refused, and why."""

    values: list[Value] = field(default_factory=list)
    steps: list[Steps] = field(default_factory=list)
    recipes: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def open_model(errors: ErrorModel) -> ErrorModel:
    """The error model with nothing withheld, so that what is withheld can be judged too."""
    return replace(errors, entries={key: replace(entry, usable=True) for key, entry in errors.entries.items()})


def _true_stances(observation: Observation) -> list[Stance]:
    steps = observation.truth["steps"]
    return order_stances([Contact(s["side"], s["initial_contact_s"], s["toe_off_s"]) for s in steps])


def _raw_motion(landmarks: Landmarks, view: str) -> Trajectories:
    """Landmarks as they are: no smoothing, no levelling, no correction."""
    seen_as = view_named(view)
    points = np.empty_like(landmarks.pixels)
    points[..., 0] = seen_as.horizontal_sign * (landmarks.pixels[..., 0] - landmarks.width / 2)
    points[..., 1] = landmarks.height / 2 - landmarks.pixels[..., 1]
    even = np.arange(landmarks.times_s[0], landmarks.times_s[-1], landmarks.frame_interval_s)
    nearest = np.abs(landmarks.times_s[None] - even[:, None]).argmin(axis=1)
    return Trajectories(
        even,
        points[nearest],
        points[nearest],
        landmarks.world[nearest][:, :, 2],
        landmarks.visibility[nearest],
        seen_as,
        float(max(landmarks.width, landmarks.height)),
        landmarks.frame_interval_s,
    )


def raw_values(observation: Observation, view: str) -> dict[tuple[str, str], float]:
    """What the same definitions give on raw landmarks with the true contacts, by metric and side."""
    motion, stances = _raw_motion(observation.landmarks, view), _true_stances(observation)
    calibration = Calibration(0.0, 0.0, "given", leg_length_px(observation.landmarks.pixels), None, 1e6, 0.0)
    found = {}
    for metric in all_metrics():
        if not metric.joints or metric.plane not in ("any", motion.view.plane):
            continue
        for side in ("both",) if metric.sides == "both" else ("left", "right"):
            own = [metric.compute(motion, s, calibration) for s in stances if side in (s.side, "both")]
            if own and np.isfinite(own).any():
                found[metric.name, side] = float(np.nanmean(own))
    return found


def _truth_of(observation: Observation, metric: str, side: str) -> float:
    sides = observation.truth["metrics"].get(metric, {})
    if side == "both":
        return float(np.mean(list(sides.values()))) if sides else float("nan")
    return float(sides.get(side, float("nan")))


def _steps(observation: Observation, reading: Measurement) -> Steps:
    true = observation.truth["steps"]
    first, last = true[0]["initial_contact_s"] - 0.05, true[-1]["toe_off_s"]
    left = list(reading.stances)
    contact_errors, toe_errors = [], []
    for step in true:
        near = [s for s in left if s.side == step["side"]]
        near = [s for s in near if abs(s.initial_contact_s - step["initial_contact_s"]) < MATCH_S]
        if not near:
            continue
        best = min(near, key=lambda s: abs(s.initial_contact_s - step["initial_contact_s"]))
        left.remove(best)
        contact_errors.append(best.initial_contact_s - step["initial_contact_s"])
        toe_errors.append(best.toe_off_s - step["toe_off_s"])
    invented = sum(first <= s.initial_contact_s and s.toe_off_s <= last for s in left)
    return Steps(
        observation.name,
        observation.truth["view"],
        len(true),
        len(contact_errors),
        invented,
        tuple(contact_errors),
        tuple(toe_errors),
    )


def score(observation: Observation, errors: ErrorModel, *, correct: bool = True) -> tuple[list[Value], Steps]:
    """All values and steps of one clip, measured as a user would: nothing given but the clip.

    Without ``correct``, joint centres stay where the pose model has them.

    Raises
    ------
    InputError
        If gaitcheck refuses the clip.
    """
    eyes = observation.eyes if observation.crops else None
    reading = measure(observation.landmarks, eyes=eyes, correct=correct, errors=open_model(errors))
    view, corrected = reading.seen.view.name, reading.plane.corrected
    raw = raw_values(observation, observation.truth["view"])
    metrics = {metric.name: metric for metric in all_metrics()}
    values = []
    for estimate in reading.estimates:
        truth = _truth_of(observation, estimate.metric, estimate.side)
        if estimate.value is None or estimate.ci95_low is None or estimate.ci95_high is None or not np.isfinite(truth):
            continue
        entry = errors.entry(estimate.metric, view, corrected)
        sides = ("left", "right") if estimate.side == "both" else (estimate.side,)
        sd = (estimate.ci95_high - estimate.ci95_low) / 2 / 1.96
        values.append(
            Value(
                observation.name,
                observation.truth["view"],
                estimate.metric,
                estimate.side,
                estimate.unit,
                truth,
                estimate.value,
                estimate.ci95_low,
                estimate.ci95_high,
                float(np.sqrt(max(sd**2 - sum(estimate.parts.get(part, 0.0) ** 2 for part in OF_MODEL), 0.0))),
                difficulty(metrics[estimate.metric], reading.plane, sides),
                0.0 if entry is None else entry.bias,
                corrected,
                entry is not None and not entry.usable,
                raw.get((estimate.metric, estimate.side), float("nan")),
            )
        )
    return values, _steps(observation, reading)


def score_all(folder: Path, names: Iterable[str], *, correct: bool = True) -> Scores:
    """Score every observation named, those that are there."""
    load_error_model.cache_clear()
    errors, scores = load_error_model(), Scores()
    for name in names:
        path = folder / f"{name}.npz"
        if not path.exists():
            continue
        observation = read(path)
        scores.recipes[name] = observation.recipe
        try:
            values, steps = score(observation, errors, correct=correct)
        except InputError as error:
            scores.failed[name] = str(error)
            continue
        scores.values += values
        scores.steps.append(steps)
    return scores
