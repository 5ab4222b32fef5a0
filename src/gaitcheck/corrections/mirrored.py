"""The film is mirrored, as selfie cameras do, or is not after all."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from gaitcheck.corrections.definition import Correction, HowRead


class MirroredCorrection(Correction):
    """Whether the film shows the runner in a mirror."""

    renames_sides: ClassVar[bool] = True
    tells_sides: ClassVar[bool] = True

    what: Literal["mirrored"] = "mirrored"
    before: bool = False
    """What was told at first."""
    after: bool
    """Whether it is mirrored."""

    def reads(self, how: HowRead, fps: float) -> HowRead:
        view = how.view
        if self.after != how.mirrored and view in ("left", "right"):
            view = "right" if view == "left" else "left"
        roll = how.camera_roll_deg
        if roll is not None and self.after != how.mirrored:
            roll = -roll
        return replace(how, mirrored=self.after, view=view, camera_roll_deg=roll)


CORRECTION = MirroredCorrection
