"""Repair of frames in which the model took the left leg for the right.

From the side legs pass each other in the picture every step, and the model swaps them as they do, now
and then for a third of the frames, often at the same place of every stride: no jump gives that away.
But legs take turns. Left minus right, over a stride, is a curve that turns into its negative half a
stride later; the trunk, whose two sides can't be mistaken for each other, tells where in the stride an
instant lies. So the frames are given signs such that the signed difference is such a curve, changes
of sign being rare: the curve and the signs are found in turn, from several beginnings, and the best is kept.

Order across is never looked at: from behind, a crossover runner's ankles change places, and that is the
finding, not a fault.

Biased by: a clip in which the model is wrong as often as right; then the hips' sides decide, or from beside the
sizes of shank and foot, which are larger on the near leg (in 19 of 20 rendered clips).
Source: odd harmonics of a function with half-wave antisymmetry; held against rendered truth in docs/validation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.takes.rhythm import lowest_points, stride_phase, strongest_rhythm, swings_as_expected
from gaitcheck.typing import FloatArray
from gaitcheck.views import View

Scalar = TypeVar("Scalar", bound=np.generic)

LEG = ("knee", "ankle", "heel", "foot_index")
ARM = ("elbow", "wrist")
SURE = 0.7
"""Arms and legs that swing as clearly as this settle which leg is which."""
LENGTHS = (("knee", "ankle"), ("heel", "foot_index"))
SHORTEST_CLIP_S = 2.0
ODD_HARMONICS = (1, 3, 5)
PLAIN = 5
"""Columns of the basis (a constant, harmonics 1 and 3) by which finished signs are judged: a curve that needs the
fifth harmonic has been cut in the wrong places."""
BEGINNINGS = 8
ROUNDS = 8
CHANGE_COSTS = 6.0
"""What one change of sign costs, in units of the median squared residual; heuristic."""
WORTHWHILE = 0.7
"""Signs other than the model's own are believed if they leave less than this share of the residual; heuristic."""
MAJORITY = 0.6


def _differences(pixels: FloatArray) -> FloatArray:
    """Left minus right of the leg joints, (T, 2n)."""
    left, right = (pixels[:, [INDEX[f"{side}_{j}"] for j in LEG]] for side in ("left", "right"))
    return np.asarray((left - right).reshape(len(pixels), -1))


def _phase(times_s: FloatArray, pixels: FloatArray) -> FloatArray | None:
    """Phase of the stride (T,), rad; None where no rhythm shows."""
    joints = [INDEX[f"{side}_{j}"] for side in ("left", "right") for j in ("hip", "shoulder")]
    height = -np.mean(pixels[:, joints, 1], axis=1)
    valid = np.isfinite(height)
    if valid.mean() < 0.5 or times_s[-1] - times_s[0] < SHORTEST_CLIP_S:
        return None
    interval = float(np.median(np.diff(times_s)))
    even = np.arange(times_s[0], times_s[-1], interval)
    signal = np.interp(even, times_s[valid], height[valid])
    step_hz, _ = strongest_rhythm(signal, interval)
    lowest = even[0] + lowest_points(signal, interval, step_hz) * interval
    return stride_phase(times_s, lowest) if len(lowest) > 3 else None


def _basis(phase: FloatArray) -> FloatArray:
    """A constant and the odd harmonics of the stride, (T, 1 + 2h)."""
    waves = [f(k * phase) for k in ODD_HARMONICS for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(phase), *waves], axis=1)


@dataclass(frozen=True)
class _Curves:
    """Curves of a basis (T, b), fitted by least squares again and again: its inverse is found once."""

    basis: FloatArray
    inverse: FloatArray

    @classmethod
    def of(cls, basis: FloatArray) -> _Curves:
        return cls(basis, np.asarray(np.linalg.pinv(basis, rcond=len(basis) * np.finfo(float).eps), dtype=float))

    def fit(self, values: FloatArray) -> FloatArray:
        """The nearest of these curves to values (T, n)."""
        return np.asarray(self.basis @ (self.inverse @ values))


def _best_signs(plus: FloatArray, minus: FloatArray, change: float) -> FloatArray:
    """Signs (T,) of least total cost: plus (T,) for +1, minus for -1, ``change`` for each change (Viterbi)."""
    as_told, exchanged = float(plus[0]), float(minus[0])
    changed = [(False, False)]
    for here, there in zip(plus[1:].tolist(), minus[1:].tolist(), strict=True):
        to_told, to_exchanged = exchanged + change, as_told + change
        changed.append((to_told < as_told, to_exchanged < exchanged))
        as_told, exchanged = min(as_told, to_told) + here, min(exchanged, to_exchanged) + there
    state = 1 if exchanged < as_told else 0
    signs = []
    for back in reversed(changed):
        signs.append(-1.0 if state else 1.0)
        state ^= back[state]
    return np.array(signs[::-1])


def _settle(curves: _Curves, plain: _Curves, values: FloatArray, signs: FloatArray) -> tuple[FloatArray, float]:
    """Signs that fit a curve of their own, from a beginning, and the mean residual they leave about a plain one."""
    for _ in range(ROUNDS):
        curve = curves.fit(signs[:, None] * values)
        plus, minus = np.sum((values - curve) ** 2, axis=1), np.sum((-values - curve) ** 2, axis=1)
        scale = float(np.median(np.minimum(plus, minus)))
        found = _best_signs(plus, minus, CHANGE_COSTS * scale)
        if (found == signs).all():
            break
        signs = found
    signed = signs[:, None] * values
    residual = np.sum((signed - plain.fit(signed)) ** 2, axis=1)
    return signs, float(residual.mean())


def _own_side(world: FloatArray, signs: FloatArray) -> float:
    """How far signed legs lie on their own hips' sides, m; world (T, 33, 3), x across the picture, z away."""
    hips = np.nanmean(world[:, INDEX["left_hip"]] - world[:, INDEX["right_hip"]], axis=0)[[0, 2]]
    ankles = (world[:, INDEX["left_ankle"]] - world[:, INDEX["right_ankle"]])[:, [0, 2]]
    return float(np.nanmean(signs[:, None] * ankles, axis=0) @ hips / (np.linalg.norm(hips) + 1e-9))


def _near_is_larger(pixels: FloatArray, signs: FloatArray, near: str) -> float:
    """How much larger the leg nearer the camera looks than the other, shank and foot, in logarithms."""
    larger = 0.0
    for upper, lower in LENGTHS:
        own, other = (
            np.linalg.norm(pixels[:, INDEX[f"{side}_{upper}"]] - pixels[:, INDEX[f"{side}_{lower}"]], axis=1)
            for side in (near, OTHER_SIDE[near])
        )
        kept, changed = np.where(signs > 0, own, other), np.where(signs > 0, other, own)
        larger += float(np.log(np.nanmedian(kept) / np.nanmedian(changed)))
    return larger


def _goes_with_arms(pixels: FloatArray, phase: FloatArray, signs: FloatArray, view: View) -> float | None:
    """1 where signed legs take turns with the arms as in running, -1 where each goes with its own arm; None if unclear.

    The trunk's lowest points don't say whose they are, so legs and arms are each held against the same one.
    """
    told: dict[str, list[float]] = {"legs": [], "arms": []}
    for joint, axis, expected_deg in view.turns:
        left, right = (pixels[:, INDEX[f"{side}_{joint}"], axis] for side in ("left", "right"))
        gap = (right - left) * (view.horizontal_sign if axis == 0 else -1.0)
        limb = "arms" if joint in ARM else "legs"
        told[limb].append(swings_as_expected(gap if limb == "arms" else signs * gap, phase, expected_deg))
    legs, arms = (float(np.mean(values)) if values else 0.0 for values in told.values())
    return float(np.sign(legs * arms)) if min(abs(legs), abs(arms)) > SURE else None


def find_swaps(times_s: FloatArray, pixels: FloatArray, world: FloatArray, view: View) -> NDArray[np.bool_]:
    """Frames (T,) whose legs are exchanged; none where the clip shows no rhythm to tell by.

    Parameters
    ----------
    times_s
        (T,).
    pixels
        (T, 33, 2).
    world
        (T, 33, 3), the model's own, for the side of the hips.
    """
    exchanged = np.zeros(len(times_s), dtype=bool)
    phase, values = _phase(times_s, pixels), _differences(pixels)
    seen = np.isfinite(values).all(axis=1)
    if phase is None or seen.sum() < 30:
        return exchanged
    basis, values = _basis(phase[seen]), values[seen]
    curves, plain = _Curves.of(basis), _Curves.of(basis[:, :PLAIN])
    own, left_by_own = _settle(curves, plain, values, np.ones(len(values)))
    best, left = own, left_by_own
    main = values @ np.linalg.svd(values, full_matrices=False)[2][0]
    for k in range(BEGINNINGS):
        wave = np.cos(phase[seen] + np.pi * k / BEGINNINGS)
        signs, residual = _settle(curves, plain, values, np.where(main * wave >= 0, 1.0, -1.0))
        if residual < WORTHWHILE * left_by_own and residual < left:
            best, left = signs, residual
    kept = float((best > 0).mean())
    by_arms = _goes_with_arms(pixels[seen], phase[seen], best, view)
    if by_arms is not None:
        right_way = by_arms
    elif abs(kept - 0.5) > MAJORITY - 0.5:
        right_way = kept - 0.5
    elif view.plane == "sagittal":
        right_way = _near_is_larger(pixels[seen], best, view.visible_sides[0])
    else:
        right_way = _own_side(world[seen], best)
    best = best if right_way > 0 else -best
    exchanged[np.flatnonzero(seen)[best < 0]] = True
    return exchanged


def repair(values: NDArray[Scalar], exchanged: NDArray[np.bool_]) -> NDArray[Scalar]:
    """Exchange left and right legs of (T, 33, ...) values in the marked frames.

    Parameters
    ----------
    values
        (T, 33, ...), one entry a landmark.
    exchanged
        (T,) frames.

    Returns
    -------
    NDArray[Scalar]
        The same shape.
    """
    repaired = values.copy()
    for joint in LEG:
        left, right = INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]
        repaired[exchanged, left] = values[exchanged, right]
        repaired[exchanged, right] = values[exchanged, left]
    return repaired
