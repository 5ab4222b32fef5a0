"""The film plays slower than the runner ran, by another factor than was read."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from gaitcheck.corrections.definition import Correction, HowRead


class SlowMotionCorrection(Correction):
    """How many times slower than life the film plays."""

    what: Literal["slow_motion"] = "slow_motion"
    before: float | None = None
    """What was read."""
    after: Annotated[float, Field(ge=0.2, le=40)]
    """1 for a film that plays as it was."""

    def reads(self, how: HowRead, fps: float) -> HowRead:
        return replace(how, capture_fps=self.after * fps)


CORRECTION = SlowMotionCorrection
