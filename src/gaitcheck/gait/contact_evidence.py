"""How far each instant is from a foot's contact ends, told by all of the runner's movement at once.

A toe that leaves, a heel that lands, a knee that gives, a trunk that is pushed: each says something of
contact, none says enough in every view, shoe and light. An ensemble of small networks, learned on
rendered runners whose contacts are known exactly, reads the movement of trunk and legs within 0.12 s
of an instant and tells the time to the nearest end of that foot's contact, positive inside it.

Biased by: ways of landing that no rendered runner has. Source: docs/validation.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.networks import Ensemble, load_ensemble
from gaitcheck.gait.strides import SIDE_SIGN
from gaitcheck.motion import Trajectories

FloatArray = NDArray[np.float64]

JOINTS = ("hip", "knee", "ankle", "heel", "foot_index")
OFFSETS_S = np.array([-0.12, -0.08, -0.05, -0.025, 0.0, 0.025, 0.05, 0.08, 0.12])
LONGEST_S = 0.07
"""Times to a contact end are told up to this; farther off they say nothing."""


def evidence_model(view: str) -> Ensemble | None:
    """The ensemble for a view, or None. Both side views share one: the plane's axes are the runner's."""
    return load_ensemble("contact_models", "side" if view in ("left", "right") else view)


def evidence_features(motion: Trajectories, side: str) -> FloatArray:
    """Inputs (T, d) for one foot: trunk and legs about their own means, in leg lengths, now and around now.

    The frontal plane is mirrored so that the foot is always on the + side; in the sagittal plane near and
    far leg are told apart by a last input.
    """
    other = "right" if side == "left" else "left"
    frontal = motion.view.plane == "frontal"
    sign = np.array([SIDE_SIGN[side] if frontal else 1.0, 1.0])
    hips = motion.middle("hip")
    length = _leg(motion)
    centre = np.nanmedian(hips, axis=0)
    tracks = [(motion.point(f"{s}_{joint}") - centre) * sign / length for s in (side, other) for joint in JOINTS]
    trunk = 0.5 * (hips + motion.middle("shoulder"))
    tracks.append((trunk - np.nanmedian(trunk, axis=0)) * sign / length)
    flat = np.concatenate(tracks, axis=1)
    around = [_at(motion.times_s, flat, offset) for offset in OFFSETS_S]
    near = np.full((len(flat), 1), float(side in motion.view.visible_sides))
    return np.concatenate([*around, near], axis=1)


def _leg(motion: Trajectories) -> float:
    lengths = []
    for side in ("left", "right"):
        hip, knee, ankle = (motion.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        lengths.append(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1))
    return float(np.nanpercentile(np.concatenate(lengths), 80))


def _at(times_s: FloatArray, values: FloatArray, offset_s: float) -> FloatArray:
    """Values (T, k) at every time plus ``offset_s``, linear; NaN beyond the ends."""
    moved = np.stack(
        [np.interp(times_s + offset_s, times_s, column, left=np.nan, right=np.nan) for column in values.T], axis=1
    )
    return np.asarray(moved)


def contact_evidence(motion: Trajectories, side: str, model: Ensemble) -> FloatArray:
    """Time (T,), s, to the nearest end of the foot's contact, positive inside; NaN where inputs are missing."""
    inputs = evidence_features(motion, side)
    found = np.full(len(inputs), np.nan)
    whole = np.isfinite(inputs).all(axis=1)
    if whole.any():
        found[whole] = model.predict(inputs[whole])[:, 0]
    return found
