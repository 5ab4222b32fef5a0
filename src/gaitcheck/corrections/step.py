"""A step that is not to be counted: a stumble, a look back, a leg that was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from gaitcheck.corrections.definition import Correction, Instant, ToRealTime

if TYPE_CHECKING:
    from gaitcheck.gait.strides import Stance


class StepCorrection(Correction):
    """A step that no mean rests on any more. It stays in the row of steps, so that its neighbours keep their times."""

    names_a_side: ClassVar[bool] = True

    what: Literal["step"] = "step"
    side: Literal["left", "right"]
    """Foot that stands."""
    at_s: Instant
    """Some instant of its stance, playback s of the clip."""
    mirrored: bool = False
    """The film was told to be mirrored when this was said."""
    before: Literal["counted"] = "counted"
    after: Literal["rejected"] = "rejected"

    def rejects(self, stance: Stance, real: ToRealTime) -> bool:
        return stance.side == self.side and stance.initial_contact_s <= real(self.at_s) < stance.toe_off_s


CORRECTION = StepCorrection
