"""What pictures say put into what the whole motion says, leg by leg: the same curves, moved as pictures ask.

How far pictures lie from the curves read of the motion is one smooth curve over a stance for each leg, fitted to all of
its pictures by their own spreads, outliers held off. Each number is moved by a share of it that was chosen on
calibration bodies. Steps keep what sets them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gaitcheck.gait.joint_centres import SHARES, ReadStance
from gaitcheck.gait.sight.look import Look, roll_sense
from gaitcheck.gait.sight.network import seen_by
from gaitcheck.typing import FloatArray

TRUST = {
    "rear": {"thigh": 0.65, "fppa": 0.85, "drop": 0.75, "offset": 0.9, "knees": 0.75, "lean": 0.0},
    "front": {"thigh": 0.35, "fppa": 0.5, "drop": 0.5, "offset": 0.65, "knees": 0.7, "lean": 0.0},
    "near": {"thigh": 0.45, "shank": 0.45, "pitch": 0.7, "lean": 0.0},
}
"""Share of a reading's difference that is believed, by view: errors of motion and pictures are only half related, and
where one is much the better it counts for more. Chosen on calibration bodies 24 to 31 (docs/validation.md)."""
STRETCH = {
    "rear": {"thigh": (-6.0, 1.12), "fppa": (2.5, 1.1), "drop": (4.5, 1.2)},
    "front": {},
    "near": {},
}
"""What is read lies too near to the middle of what was learned; it is moved away from a middle by a factor, so that far
values are told as far as they are (slope of told on true; chosen as above)."""
USUAL_SPREAD = {
    "rear": {"thigh": 1.32, "fppa": 2.23, "drop": 2.0, "offset": 0.0127, "knees": 0.0138},
    "front": {"thigh": 1.77, "fppa": 3.0, "drop": 4.3, "offset": 0.0174, "knees": 0.0211},
    "near": {"thigh": 2.8, "shank": 2.46, "pitch": 2.96},
}
"""What spread the networks give their readings on calibration bodies, deg and leg lengths, by view."""
USUALLY_APART = {
    "rear": {"thigh": 1.35, "fppa": 2.6, "drop": 2.26, "offset": 0.012, "knees": 0.0129},
    "front": {"thigh": 2.24, "fppa": 3.6, "drop": 1.7, "offset": 0.0166, "knees": 0.0184},
    "near": {},
}
"""How far pictures usually lie from what was read of the motion in mid-stance (root mean square), deg, leg lengths."""
FAR_APART = 1.5
"""Only nine legs in a hundred are farther apart than so many times the usual."""
ROLL_SD_DEG = {"rear": (0.35, 0.6), "front": (0.55, 1.0)}
"""How far off the roll is that pictures tell, over a clip, and the spread networks usually give it, deg, by view."""
OUTLIER_SPREADS = 2.5
MIDDLE = slice(3, 8)
DEGREE = 2


def _smooth(shares: FloatArray, values: FloatArray, spreads: FloatArray) -> FloatArray:
    """A parabola (11,) over ``SHARES`` through values (n,), outliers held off."""
    weights = 1.0 / np.maximum(spreads, 1e-6)
    terms = np.vander(2 * shares - 1, DEGREE + 1)
    for _ in range(3):
        found, *_ = np.linalg.lstsq(terms * weights[:, None], values * weights, rcond=None)
        off = values - terms @ found
        wide = OUTLIER_SPREADS * 1.4826 * float(np.median(np.abs(off))) + 1e-9
        weights = np.where(np.abs(off) > wide, wide / np.maximum(np.abs(off), 1e-9), 1.0) / np.maximum(spreads, 1e-6)
    return np.asarray(np.vander(2 * SHARES - 1, DEGREE + 1) @ found)


def seen_roll(looks: Mapping[str, Look]) -> tuple[float, float] | None:
    """The camera's roll that pictures tell, and its sd, deg; None from beside, or where a leg was not seen.

    The mean of both legs, so that what is lopsided in the runner cancels.
    """
    if set(looks) != {"left", "right"}:
        return None
    sd, usual = ROLL_SD_DEG[looks["left"].view.name]
    means, unsure = [], [1.0]
    for side, one in looks.items():
        values, spreads = one.reading("roll")
        unsure.append(float(np.median(spreads)) / usual)
        means.append(roll_sense(one.view, side) * float(np.average(values, weights=1 / spreads**2)))
    return float(np.mean(means)), sd * max(unsure)


def upright(look: Look, roll_deg: float) -> dict[str, FloatArray]:
    """Readings (n,) by name with the camera's roll taken out: angles in deg, lengths in leg lengths."""
    turn_deg = roll_sense(look.view, look.side) * roll_deg
    sine = np.sin(np.deg2rad(turn_deg))
    if look.view.plane == "sagittal":
        turns = {"thigh": turn_deg, "shank": turn_deg, "pitch": turn_deg, "lean": -turn_deg}
        return {name: look.reading(name)[0] + change for name, change in turns.items()}
    moved = {
        "thigh": turn_deg,
        "fppa": 0.0,
        "drop": turn_deg,
        "offset": sine * look.ankle_below,
        "knees": sine * look.knee_below,
        "lean": -turn_deg,
    }
    return {name: look.reading(name)[0] + change for name, change in moved.items()}


def _curves(read: ReadStance) -> dict[str, FloatArray]:
    """What was read of the motion, (11,) over ``SHARES``, by the names of what pictures tell."""
    told = read.curves
    if "foot_pitch_deg" in told:
        return {"thigh": told["thigh_deg"], "shank": told["shank_deg"], "pitch": told["foot_pitch_deg"]}
    return {
        "thigh": told["thigh_deg"],
        "fppa": told["shank_deg"] - told["thigh_deg"],
        "drop": told["pelvic_drop_deg"],
        "offset": told["foot_offset"],
        "knees": told["knee_distance"],
    }


def differences(look: Look, read: list[ReadStance], roll_deg: float) -> dict[str, FloatArray] | None:
    """How far pictures lie from what was read of the motion, by reading: curves (11,), and (1,) of the lean.

    None where none of the pictured stances was read.
    """
    by_number = {one.stance.number: one for one in read}
    rows = [k for k, stance in enumerate(look.stances) if stance.number in by_number]
    if not rows:
        return None
    curves = [_curves(by_number[look.stances[k].number]) for k in rows]
    shares, pictured = look.shares[rows], upright(look, roll_deg)
    found = {}
    for name in curves[0]:
        said = [float(np.interp(share, SHARES, one[name])) for share, one in zip(shares, curves, strict=True)]
        off = pictured[name][rows] - np.array(said)
        found[name] = _smooth(shares, off, look.reading(name)[1][rows])
    lean = _smooth(shares, pictured["lean"][rows], look.reading("lean")[1][rows])
    told = lean.max() if look.view.plane == "frontal" else lean.mean()
    found["lean"] = np.array([told - np.mean([one.lean_deg for one in read])])
    return found


def difficulties(read: list[ReadStance], looks: Mapping[str, Look], roll_deg: float) -> dict[str, float]:
    """How many times as uncertain as usual each leg is whose pictures were looked at, by side."""
    found = {}
    for side, look in looks.items():
        off = differences(look, [one for one in read if one.stance.side == side], roll_deg)
        if off is not None:
            found[side] = difficulty(look, off)
    return found


def with_sight(read: list[ReadStance], looks: Mapping[str, Look], roll_deg: float) -> list[ReadStance]:
    """What was read of the stances, moved to what the pictures say."""
    moved = []
    for side in ("left", "right"):
        own = [one for one in read if one.stance.side == side]
        off = differences(looks[side], own, roll_deg) if side in looks and own else None
        if off is not None:
            seen = seen_by(looks[side].view)
            strange = strangeness(looks[side])
            change = {name: _share(TRUST[seen][name], strange) * curve for name, curve in off.items()}
            stretched = _stretched(own, change, STRETCH[seen])
            own = [_moved(one, stretched) for one in own]
        moved += own
    return moved


def _stretched(
    read: list[ReadStance], change: dict[str, FloatArray], stretch: dict[str, tuple[float, float]]
) -> dict[str, FloatArray]:
    """Changes of a leg with its level in mid-stance moved away from the middle of what was learned."""
    level = {name: np.mean([_curves(one)[name][MIDDLE] for one in read]) for name in stretch}
    return {
        name: curve + (stretch[name][1] - 1) * (level[name] + curve[MIDDLE].mean() - stretch[name][0])
        if name in stretch
        else curve
        for name, curve in change.items()
    }


def strangeness(look: Look) -> float:
    """How much less sure the networks are of these pictures than of those they know: 1 is usual, never less.

    They are as unsure of a strange picture as of a hard one, so this tells where a clip lies outside what was learned.
    """
    usual = USUAL_SPREAD[seen_by(look.view)]
    ratios = [float(np.median(look.reading(name)[1])) / spread for name, spread in usual.items()]
    return max(float(np.mean(ratios)), 1.0)


def _share(trust: float, strange: float) -> float:
    """The share of pictures in the whole where they are ``strange`` times as unsure as usual: by inverse variances."""
    return trust / (trust + (1.0 - trust) * strange**2)


def difficulty(look: Look, off: dict[str, FloatArray]) -> float:
    """How many times as uncertain as usual motion and pictures together are of a leg: 1 is usual, never less.

    Parameters
    ----------
    off
        How far pictures lie from what was read of the motion (``differences``).

    Notes
    -----
    As many times as the networks are of the pictures: what is strange to them (a camera, a belt, clothes) may be as
    strange to what reads the landmarks. And more where both contradict each other beyond ``FAR_APART``.
    """
    strange = strangeness(look)
    expected = float(np.sqrt((1 + strange**2) / 2))
    usually = USUALLY_APART[seen_by(look.view)]
    apart = [float(off[name][MIDDLE].mean()) / (sd * expected) for name, sd in usually.items()]
    contradiction = max(float(np.sqrt(np.mean(np.square(apart)))) / FAR_APART, 1.0) if apart else 1.0
    return contradiction * strange


def _moved(read: ReadStance, change: dict[str, FloatArray]) -> ReadStance:
    lean = read.lean_deg + float(change["lean"][0])
    if "pitch" in change:
        told = {"thigh_deg": "thigh", "shank_deg": "shank", "foot_pitch_deg": "pitch"}
        curves = {curve: read.curves[curve] + change[name] for curve, name in told.items()}
        return replace(read, curves=curves, lean_deg=lean)
    curves = {
        "thigh_deg": read.curves["thigh_deg"] + change["thigh"],
        "shank_deg": read.curves["shank_deg"] + change["thigh"] + change["fppa"],
        "pelvic_drop_deg": read.curves["pelvic_drop_deg"] + change["drop"],
        "foot_offset": read.curves["foot_offset"] + change["offset"],
        "knee_distance": read.curves["knee_distance"] + change["knees"],
    }
    return replace(read, curves=curves, lean_deg=lean)
