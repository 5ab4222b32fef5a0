"""The near and the far leg were taken for each other for a while."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from gaitcheck.corrections.definition import Correction, Instant, ToRealTime


class LegsCorrection(Correction):
    """From when to when the legs had each other's names, beyond what was put right already."""

    renames_sides: ClassVar[bool] = True
    tells_sides: ClassVar[bool] = True

    what: Literal["legs"] = "legs"
    from_s: Instant
    """Playback s of the clip."""
    to_s: Instant
    """Playback s of the clip."""

    @model_validator(mode="after")
    def _in_order(self) -> LegsCorrection:
        if self.to_s <= self.from_s:
            raise ValueError("to_s must come after from_s")
        return self

    def exchanges(self, real: ToRealTime) -> tuple[float, float]:
        return real(self.from_s), real(self.to_s)


CORRECTION = LegsCorrection
