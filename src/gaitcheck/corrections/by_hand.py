"""All corrections of one clip together, as the measurement asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gaitcheck.corrections.definition import Correction, HowRead
from gaitcheck.corrections.joint import JointCorrection
from gaitcheck.corrections.step import StepCorrection
from gaitcheck.corrections.view import ViewCorrection
from gaitcheck.errors import InputError
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray

if TYPE_CHECKING:
    from gaitcheck.gait.contacts import Contact
    from gaitcheck.gait.strides import Stance
    from gaitcheck.motion import Trajectories
    from gaitcheck.settings import Settings

REACH_OF_STANCE = 0.4
"""How far to both sides of its share of stance a joint that was dragged takes others along; eased to nothing."""


@dataclass(frozen=True)
class Moved:
    """Joints moved by hand.

    Attributes
    ----------
    shift_px
        (T, 33, 2) in the axes of the cleaned motion, before roll and perspective are undone.
    weights
        By joint (without side), and number of the stance: the share of the way that a hand moved it.
    """

    shift_px: FloatArray
    weights: dict[str, dict[int, float]]


@dataclass(frozen=True)
class ByHand:
    """Corrections of one clip.

    Attributes
    ----------
    corrections
        In the order in which they were made.
    start_s
        Where the measured part begins, playback s of the clip.
    slow_motion
        How many times slower than life the clip plays.
    fps
        The rate at which it plays.
    roll_sd_deg
        How surely a hand told the camera's roll, deg; None where none did.
    """

    corrections: tuple[Correction, ...] = ()
    start_s: float = 0.0
    slow_motion: float = 1.0
    fps: float = 30.0
    roll_sd_deg: float | None = None

    def real(self, playback_s: float) -> float:
        """Real seconds of the measured part."""
        return (playback_s - self.start_s) / self.slow_motion

    def how(self, read: HowRead) -> HowRead:
        """How the clip is read, from how it was."""
        for one in self.corrections:
            read = one.reads(read, self.fps)
        return read

    @property
    def tells_the_view(self) -> bool:
        """Whether somebody said where the camera stood."""
        return any(isinstance(one, ViewCorrection) for one in self.corrections)

    def exchanged(self, times_s: FloatArray) -> NDArray[np.bool_]:
        """Frames (T,) in which legs had each other's names, beyond what is put right already."""
        rows = np.zeros(len(times_s), dtype=bool)
        for one in self.corrections:
            span = one.exchanges(self.real)
            if span is not None:
                rows ^= (times_s >= span[0]) & (times_s < span[1])
        return rows

    def times(self, contacts: list[Contact], settings: Settings) -> list[Contact]:
        """Contacts as corrected, in time's order.

        Raises
        ------
        InputError
            If a correction names one that is not there, or makes one that can't be.
        """
        for one in self.corrections:
            contacts = one.times(contacts, self.real, settings)
        return contacts

    def stances(self, stances: list[Stance]) -> list[Stance]:
        """Stances, with those marked that are not to be counted.

        Raises
        ------
        InputError
            If a step that is rejected is not there.
        """
        for one in self.corrections:
            if isinstance(one, StepCorrection) and not any(one.rejects(s, self.real) for s in stances):
                raise InputError("A correction rejects a step that is not there; take that correction back.")
        return [
            replace(s, rejected=True) if any(one.rejects(s, self.real) for one in self.corrections) else s
            for s in stances
        ]

    def moved(self, motion: Trajectories, stances: list[Stance]) -> Moved | None:
        """What was dragged, over the whole motion; None where nothing was.

        A later drag starts from where earlier ones left the joint, as it was drawn then, so their ways add up.

        Raises
        ------
        InputError
            If a joint was dragged outside the measured part, for all steps where no foot stands, or of a hidden leg.
        """
        drags = [one for one in self.corrections if isinstance(one, JointCorrection)]
        if not drags:
            return None
        shift = np.zeros_like(motion.points)
        weights: dict[str, dict[int, float]] = {}
        for drag in drags:
            if drag.side not in motion.view.visible_sides:
                raise InputError(
                    f"The {drag.side} {drag.joint} was corrected at {drag.at_s:.2f} s, but that leg is hidden "
                    "behind the other from there and not measured; take that correction back."
                )
            reach, stood = self._reach(drag, motion, stances)
            across, down = np.subtract(drag.after, drag.before)
            way = drag.weight * np.array([motion.view.horizontal_sign * across, -down])
            shift[:, INDEX[f"{drag.side}_{drag.joint}"]] += reach[:, None] * way
            for number in stood:
                told = weights.setdefault(drag.joint, {})
                told[number] = max(told.get(number, 0.0), drag.weight)
        return Moved(shift, weights)

    def _reach(
        self, drag: JointCorrection, motion: Trajectories, stances: list[Stance]
    ) -> tuple[FloatArray, list[int]]:
        """How far a drag reaches over time (T,), 0 to 1, and the stances that it touches."""
        at_s, times = self.real(drag.at_s), motion.times_s
        if not times[0] - motion.frame_interval_s <= at_s <= times[-1] + motion.frame_interval_s:
            raise InputError(
                f"The {drag.side} {drag.joint} was corrected at {drag.at_s:.2f} s, which is not in the measured part "
                "of the film; take that correction back."
            )
        standing = next((s for s in stances if s.initial_contact_s <= at_s <= s.toe_off_s), None)
        if drag.reach == "frame":
            alone = np.clip(1.0 - np.abs(times - at_s) / motion.frame_interval_s, 0.0, 1.0)
            return alone, [] if standing is None else [standing.number]
        if standing is None:
            raise InputError(
                f"The {drag.side} {drag.joint} was corrected for all steps at {drag.at_s:.2f} s, where no foot stands; "
                "correct it in a frame in which a foot is on the belt, or for that frame alone."
            )
        share = (at_s - standing.initial_contact_s) / (standing.toe_off_s - standing.initial_contact_s)
        reach, like = np.zeros(len(times)), [s for s in stances if s.side == standing.side]
        for stance in like:
            off = (times - stance.initial_contact_s) / (stance.toe_off_s - stance.initial_contact_s) - share
            eased = np.where(np.abs(off) < REACH_OF_STANCE, 0.5 + 0.5 * np.cos(np.pi * off / REACH_OF_STANCE), 0.0)
            reach = np.maximum(reach, eased)
        return reach, [s.number for s in like]


UNTOUCHED = ByHand()
