"""One metric, one side, one clip: the estimate.

Systematic uncertainty is found by running the metric again on perturbed input: camera roll moved
by its sd, camera distance by its sd, contact instants by theirs. What landmarks themselves get
wrong comes from the error model, times how strange the pictures look. All parts are independent and add in squares.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.plane import Plane
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics import Metric, all_metrics
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray
from gaitcheck.uncertainty.between_strides import believable, half_width, share_half_width
from gaitcheck.uncertainty.error_model import ErrorEntry, ErrorModel
from gaitcheck.uncertainty.interval import Interval, interval_of

FEWEST_STRIDES = 3
NOMINAL_FRAME_S = 1 / 60
PERTURBED_STANCES = 12
HAND = "by_hand"
"""What an interval's part from a hand's corrections is called."""
HAND_SD_DEG = 8.0 / 1.96
"""Two readings of hip and knee in single frames lie within 3 to 8 deg of each other within a day (95 %; Damsted,
Nielsen & Larsen, Int J Sports Phys Ther); the upper end is taken, and all of it as the correcting hand's error."""
HAND_SD_OF_LEG = 0.5 * math.sin(math.radians(HAND_SD_DEG))
"""The same at the end of a thigh or a shank, half a leg long."""
UNTESTED = 1.6
"""How many times as uncertain as usual: beyond lies hardly a calibration clip (docs/validation.md)."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, or the reason code why there is none.

    ``sd`` is the spread between strides; the interval holds all parts. ``parts`` gives the systematic sds by name.
    Units are the metric's own. ``untested`` tells that the pictures look stranger than any that intervals were held
    against: nothing is said of it as sure. ``off_the_limbs`` tells that the angles measured do not lie on the limbs in
    the picture: nothing is said of it at all. ``validated``: its errors were held against truth; where they were not,
    the interval is that of the least certain metric of its kind, and nothing is rated by it. ``corrected``: a hand
    changed it from ``value_before``.
    """

    metric: str
    side: str
    unit: str
    value: float | None
    sd: float | None
    ci95_low: float | None
    ci95_high: float | None
    n_strides: int
    reason: str | None
    parts: dict[str, float]
    untested: bool = False
    off_the_limbs: bool = False
    validated: bool = True
    corrected: bool = False
    value_before: float | None = None

    @property
    def interval(self) -> Interval | None:
        """The value with its interval, where there is one."""
        return interval_of(self.value, self.ci95_low, self.ci95_high)


@dataclass(frozen=True)
class Steps:
    """One metric of one side, step by step, in its own unit.

    Attributes
    ----------
    stances
        The n steps.
    raw
        (n,) as read, NaN where that was not possible.
    values
        (n,) as the mean counts them, without the error model's bias; a share of steps counts by the value that it
        counts.
    counted
        (n,) steps that the mean rests on: read, and not mistracked.
    """

    metric: str
    unit: str
    stances: list[Stance]
    raw: FloatArray
    values: FloatArray
    counted: NDArray[np.bool_]

    @property
    def kept(self) -> FloatArray:
        """Values of the steps that count."""
        return self.values[self.counted]


def missing(metric: Metric, side: str, reason: str, n_strides: int = 0) -> Estimate:
    """An estimate that could not be made."""
    return Estimate(metric.name, side, metric.unit, None, None, None, None, n_strides, reason, {})


def _mean(metric: Metric, motion: Trajectories, stances: list[Stance], calibration: Calibration) -> float:
    values = np.array([metric.compute(motion, stance, calibration) for stance in stances])
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _shifted(stances: list[Stance], contact_s: float, toe_off_s: float) -> list[Stance]:
    """Stances whose ends are moved; the next contacts stay, since their errors are their own."""
    return [
        replace(s, initial_contact_s=s.initial_contact_s + contact_s, toe_off_s=s.toe_off_s + toe_off_s)
        for s in stances
    ]


def _half(values: tuple[float, float]) -> float:
    return abs(values[0] - values[1]) / 2.0


def difficulty(metric: Metric, plane: Plane, sides: Iterable[str]) -> float:
    """How many times as uncertain as usual a metric is that reads joints: where the pictures look strange.

    Parameters
    ----------
    metric
        What is measured.
    plane
        Knows how strange the pictures of each leg look.
    sides
        Legs that count; the worse one's is taken.

    Returns
    -------
    float
        1 for ordinary pictures and for metrics that read no joints.
    """
    return plane.difficulty(sides) if metric.joints and plane.corrected else 1.0


def elsewhere_sd(entry: ErrorEntry, landmarks_sd: float) -> float:
    """What is added for pictures of another kind than those learned from.

    The widening of pictures that look strange says the same; the larger of both counts, not their sum.
    """
    return float(np.sqrt(max(entry.sd**2 + entry.elsewhere**2 - landmarks_sd**2, 0.0)))


def known_errors(metric: Metric, plane: Plane, errors: ErrorModel) -> tuple[ErrorEntry | None, bool]:
    """What landmarks add to a metric here, and whether that was measured on it.

    A metric that reads joints and was never held against truth is lent the least certain entry of its unit in the
    view, None where there is none. One that reads instants alone has its errors from theirs.
    """
    view = plane.motion.view.name
    own = errors.entry(metric.name, view, plane.corrected)
    if own is not None or not metric.joints:
        return own or ErrorEntry(), True
    kin = (other.name for other in all_metrics() if other.unit == metric.unit and other.joints)
    return errors.widest(kin, view, plane.corrected), False


def hand_sd(metric: Metric, plane: Plane, stances: list[Stance]) -> float:
    """What joints moved by hand add to a metric's mean, in its unit; 0 where none of its joints was moved.

    Parameters
    ----------
    metric
        What is measured; angles and lengths alone read joints.
    plane
        Knows which joints were moved in which steps, and how far of the way.
    stances
        The steps that count.

    Returns
    -------
    float
        A hand's error by the share of the steps, and of the way, that it moved.
    """
    unit_sd = {"deg": HAND_SD_DEG, "leg_length": HAND_SD_OF_LEG}.get(metric.unit, 0.0)
    first = plane.undragged
    if not unit_sd or first is None:
        return 0.0

    def weight(stance: Stance) -> float:
        told = max((plane.by_hand.get(joint, {}).get(stance.number, 0.0) for joint in metric.joints), default=0.0)
        if not told:
            return 0.0
        now, before = (metric.compute(m, stance, plane.calibration) for m in (plane.motion, first))
        return 0.0 if abs(now - before) < 1e-9 else told

    weights = [weight(stance) for stance in stances]
    return unit_sd * float(np.mean(weights)) if weights else 0.0


def read_steps(metric: Metric, plane: Plane, stances: list[Stance], errors: ErrorModel) -> Steps:
    """A metric of every step, as read and as the mean counts it.

    Parameters
    ----------
    metric
        What is read.
    plane
        The runner's plane.
    stances
        The stances that count.
    errors
        Has the bias that is taken off.

    Returns
    -------
    Steps
        One value a stance, as read and as counted.
    """
    raw = np.array([metric.compute(plane.motion, stance, plane.calibration) for stance in stances], dtype=float)
    told = np.array([not stance.rejected for stance in stances], dtype=bool)
    if metric.counts_negative is not None:
        own = read_steps(metric.counts_negative, plane, stances, errors)
        across = np.where(np.isfinite(own.values), own.values < 0, np.nan)
        return Steps(metric.name, metric.unit, stances, raw, across, own.counted)
    bias = errors.bias(metric.name, plane.motion.view.name, plane.corrected)
    return Steps(metric.name, metric.unit, stances, raw, raw - bias, believable(np.where(told, raw, np.nan)))


def systematic_parts(
    metric: Metric, plane: Plane, stances: list[Stance], errors: ErrorModel, entry: ErrorEntry
) -> dict[str, float]:
    """Systematic sds of a metric's mean, by cause; ``entry`` is what landmarks add.

    Parameters
    ----------
    metric
        What is measured.
    plane
        The runner's plane, and its twins with every sd.
    stances
        Some of them stand for all.
    errors
        Sds of contact and toe-off.
    entry
        What landmarks add to the metric.

    Returns
    -------
    dict[str, float]
        Sds in the metric's unit by cause: toe_off, landmarks, other_pictures, initial_contact, landing,
        camera_roll, camera_distance, by_hand.
    """
    counted = [stance for stance in stances if not stance.rejected]
    some = counted[:: max(1, len(counted) // PERTURBED_STANCES)]
    motion, calibration = plane.motion, plane.calibration
    frames = max(motion.frame_interval_s / NOMINAL_FRAME_S, 1.0)
    contact, toe_off = errors.initial_contact_sd_s * frames**0.5, errors.toe_off_sd_s * frames**0.5

    def shifted(contact_s: float, toe_off_s: float) -> float:
        return _half(
            (
                _mean(metric, motion, _shifted(some, contact_s, toe_off_s), calibration),
                _mean(metric, motion, _shifted(some, -contact_s, -toe_off_s), calibration),
            )
        )

    landmarks_sd = entry.sd * difficulty(metric, plane, {s.side for s in some})
    parts = {
        "toe_off": shifted(0.0, toe_off),
        "landmarks": landmarks_sd,
        "other_pictures": elsewhere_sd(entry, landmarks_sd),
    }
    if metric.shifts_with_contact:
        parts["initial_contact"] = shifted(contact, 0.0)
    if not metric.joints:
        parts["landing"] = shifted(0.0, errors.landing_sd_s)
    if metric.joints:
        for name, (more, less) in (("camera_roll", plane.rolled), ("camera_distance", plane.nearer)):
            parts[name] = _half((_mean(metric, more, some, calibration), _mean(metric, less, some, calibration)))
    hand = hand_sd(metric, plane, counted)
    if hand:
        parts[HAND] = hand
    return {name: value for name, value in parts.items() if np.isfinite(value)}


def _share(metric: Metric, side: str, plane: Plane, stances: list[Stance], errors: ErrorModel) -> Estimate:
    """Share of steps whose counted value is negative, and how many steps that value's own errors would turn over."""
    counted = metric.counts_negative
    assert counted is not None
    entry, validated = known_errors(counted, plane, errors)
    if entry is None:
        return missing(metric, side, "never_held_against_truth")
    values = read_steps(counted, plane, stances, errors).kept
    n = len(values)
    if n < FEWEST_STRIDES:
        return missing(metric, side, "too_few_strides", n)
    parts = systematic_parts(counted, plane, stances, errors, entry)
    reach = 1.96 * float(np.sqrt(sum(part**2 for part in parts.values())))
    share, least, most = (float((values + moved < 0).mean()) for moved in (0.0, reach, -reach))
    return Estimate(
        metric=metric.name,
        side=side,
        unit=metric.unit,
        value=share,
        sd=float((values < 0).std(ddof=1)),
        ci95_low=max(least - share_half_width(least, n), 0.0),
        ci95_high=min(most + share_half_width(most, n), 1.0),
        n_strides=n,
        reason=None,
        parts=parts,
        untested=difficulty(counted, plane, {s.side for s in stances}) > UNTESTED,
        validated=validated,
    )


def estimate_metric(metric: Metric, side: str, plane: Plane, stances: list[Stance], errors: ErrorModel) -> Estimate:
    """Estimate of one metric for one side, or for both, from the stances that belong to it.

    Parameters
    ----------
    metric
        What is measured.
    side
        left, right or both.
    plane
        The runner's plane.
    stances
        That belong to the side.
    errors
        The error model.

    Returns
    -------
    Estimate
        Value with its 95 % interval and what it is made of, or the code why there is none.
    """
    if metric.counts_negative is not None:
        return _share(metric, side, plane, stances, errors)
    entry, validated = known_errors(metric, plane, errors)
    if entry is None:
        return missing(metric, side, "never_held_against_truth")
    if not entry.usable:
        return missing(metric, side, "landmarks_do_not_follow_pelvis")
    values = read_steps(metric, plane, stances, errors).kept
    n = len(values)
    if n < FEWEST_STRIDES:
        return missing(metric, side, "too_few_strides", n)
    value = float(values.mean())
    if not metric.possible[0] <= value <= metric.possible[1]:
        return missing(metric, side, "beyond_what_a_body_can_do", n)
    parts = systematic_parts(metric, plane, stances, errors, entry)
    width = float(np.hypot(half_width(values), 1.96 * np.sqrt(sum(part**2 for part in parts.values()))))
    low, high = value - width, value + width
    if metric.unit == "fraction":
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(
        metric=metric.name,
        side=side,
        unit=metric.unit,
        value=value,
        sd=float(values.std(ddof=1)),
        ci95_low=low,
        ci95_high=high,
        n_strides=n,
        reason=None,
        parts=parts,
        untested=difficulty(metric, plane, {s.side for s in stances}) > UNTESTED,
        validated=validated,
    )
