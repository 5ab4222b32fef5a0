"""The camera stood elsewhere than was read: from behind, in front, left or right of the runner."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from gaitcheck.corrections.definition import Correction, HowRead


class ViewCorrection(Correction):
    """Where the camera stood."""

    renames_sides: ClassVar[bool] = True
    tells_sides: ClassVar[bool] = True

    what: Literal["view"] = "view"
    before: str = ""
    """What was read."""
    after: Literal["rear", "front", "left", "right"]
    """Where the camera stood."""

    def reads(self, how: HowRead, fps: float) -> HowRead:
        return replace(how, view=self.after)


CORRECTION = ViewCorrection
