"""How surely left and right are told in a clip: three things must all be right, each with evidence of its own.

Which way the runner faces the camera (the model's idea of faces in all frames, and the belt, or from beside which way
feet are carried); which leg is which (most frames of the model's, and the arms, which go against their legs); and, from
behind and in front, whose turn it is to stand (all limbs over the whole clip). Each piece of evidence counts as much as
it was found to be worth on rendered and recorded clips, as log odds; pieces for the same question add.

Biased by: a mirrored (selfie) film, which no evidence in it can tell. Source: docs/validation.md, "Sides".
"""

from __future__ import annotations

import numpy as np

from gaitcheck.errors import RunnerError
from gaitcheck.gait.steps import Turns, limb_turns, lowest_points_s, step_frequency_hz
from gaitcheck.motion import Trajectories
from gaitcheck.views import Facing

LEAST_PROBABILITY = 0.99
NEVER_WRONG = 5.3
"""Log odds of evidence that was wrong in none of some 200 clips."""
BELT = 3.3
"""The belt told the wrong way in one clip of 52."""
PER_SHARE_OF_FRAMES = 13.0
"""For every share of frames over one half that is of one mind, up to ``NEVER_WRONG``."""
MOST_BY_ARMS = {"frontal": 1.0, "sagittal": 2.0}
"""From beside elbow and wrist both swing clearly, and are worth twice what one joint is from behind or in front: there
arms were against legs that had their own names in one clip of 60."""
PER_POINT = 11.0
"""For every point of how clearly limbs take turns (``steps.Turns``): the least of all clips that come right is 0.49."""
FAINT_SWING, CLEAR_SWING = 0.45, 0.7
"""Arms and legs that swing less clearly than the first say nothing of each other: one clip of 120 that comes right has
them against each other at 0.44."""


def _facing(facing: Facing | None) -> float:
    """Log odds that front and back, or from beside the direction, are right."""
    if facing is None:
        return NEVER_WRONG
    rear = facing.rear
    share = facing.from_behind if rear else 1.0 - facing.from_behind
    told = float(np.clip(PER_SHARE_OF_FRAMES * (share - 0.5), -NEVER_WRONG, NEVER_WRONG))
    if facing.carried_nearer is not None:
        nearer = facing.carried_nearer if rear else 1.0 - facing.carried_nearer
        told += BELT * float(np.clip((nearer - 0.5) / 0.3, -1.0, 1.0))
    return told + (BELT if facing.given else 0.0)


def _names(turns: Turns, kept_share: float, plane: str) -> float:
    """Log odds that each leg has its own name: how many frames were left as named, and arms against legs.

    Where all frames were renamed because of the arms, the two contradict each other: from behind and in front, where
    one joint of the arms is looked at, nothing is sure then.
    """
    by_frames = float(np.clip(PER_SHARE_OF_FRAMES * (kept_share - 0.5), -NEVER_WRONG, NEVER_WRONG))
    clear = (min(abs(turns.legs), abs(turns.arms)) - FAINT_SWING) / (CLEAR_SWING - FAINT_SWING)
    by_arms = NEVER_WRONG * float(np.clip(clear, 0.0, MOST_BY_ARMS[plane])) * float(np.sign(turns.legs * turns.arms))
    return by_frames + by_arms


def sides_probability(
    motion: Trajectories, facing: Facing | None, exchanged_share: float, *, seen_by_somebody: bool = False
) -> float:
    """Probability that the legs of a clip have their own names.

    Parameters
    ----------
    motion
        cleaned.
    exchanged_share
        Of frames in which the model's names of the legs were exchanged.
    seen_by_somebody
        Somebody who looked at the film said where the camera stood, and the belt does not contradict it.
    """
    turns = limb_turns(motion, lowest_points_s(motion, step_frequency_hz(motion)))
    odds = [
        NEVER_WRONG if seen_by_somebody else _facing(facing),
        _names(turns, 1.0 - exchanged_share, motion.view.plane),
    ]
    if motion.view.plane == "frontal":
        odds.append(PER_POINT * abs(turns.legs + turns.arms))
    return float(np.prod([1.0 / (1.0 + np.exp(-value)) for value in odds]))


def require_sides(probability: float, name: str, view_given: bool = False) -> None:
    """Refuse a clip whose legs can't be named; ``view_given`` changes what is said of it.

    Raises
    ------
    RunnerError
        If the probability lies below ``LEAST_PROBABILITY``.
    """
    if probability < LEAST_PROBABILITY:
        remedy = (
            "see whether it shows the view you gave, and film the whole body in good light with nothing before it"
            if view_given
            else "film the whole body in good light with nothing before it, or say what it shows with --view"
        )
        raise RunnerError(
            f"Left and right can't be told surely enough in {name} ({int(100 * probability)} % sure, 99 % are needed), "
            f"and advice for the wrong leg is worse than none; {remedy}."
        )
