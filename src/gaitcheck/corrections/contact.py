"""A foot met the belt, or left it, some frames earlier or later than was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from gaitcheck.corrections.definition import Correction, Instant, ToRealTime
from gaitcheck.errors import InputError

if TYPE_CHECKING:
    from gaitcheck.gait.contacts import Contact
    from gaitcheck.settings import Settings

NEAR_S = 0.01
"""A contact is the one that is meant if it lies so near to where it was, real s."""


class ContactCorrection(Correction):
    """One initial contact or toe-off, moved."""

    names_a_side: ClassVar[bool] = True

    what: Literal["contact"] = "contact"
    event: Literal["initial_contact", "toe_off"]
    """Which end of the stance."""
    side: Literal["left", "right"]
    """Whose foot."""
    mirrored: bool = False
    """The film was told to be mirrored when this was said."""
    before: Instant
    """When it was found, playback s of the clip."""
    after: Instant
    """When it was, playback s of the clip."""

    def times(self, contacts: list[Contact], real: ToRealTime, settings: Settings) -> list[Contact]:
        from gaitcheck.gait.contacts.definition import plausible

        field = f"{self.event}_s"
        own = [c for c in contacts if c.side == self.side]
        meant = min(own, key=lambda c: abs(getattr(c, field) - real(self.before)), default=None)
        place = f"the {self.side} {self.event.replace('_', ' ')} at {self.before:.2f} s"
        if meant is None or abs(getattr(meant, field) - real(self.before)) > NEAR_S:
            raise InputError(f"A correction moves {place}, but there is none; take that correction back.")
        now = real(self.after)
        first = self.event == "initial_contact"
        moved = replace(meant, initial_contact_s=now) if first else replace(meant, toe_off_s=now)
        if not plausible(moved, settings):
            raise InputError(
                f"A correction moves {place} so far that the foot would stand for {1000 * moved.duration_s:.0f} ms, "
                "which can't be; move it less."
            )
        others = [c for c in contacts if c is not meant]
        if any(c.initial_contact_s < moved.toe_off_s and moved.initial_contact_s < c.toe_off_s for c in others):
            raise InputError(f"A correction moves {place} into the next step; move it less.")
        return sorted([*others, moved], key=lambda c: c.initial_contact_s)


CORRECTION = ContactCorrection
