"""Somebody else in the picture is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gaitcheck.corrections.definition import Correction, HowRead


class RunnerCorrection(Correction):
    """Who runs, of several people; that person is followed anew, so the film itself is needed."""

    renames_sides: ClassVar[bool] = True

    what: Literal["runner"] = "runner"
    before: int | None = None
    """Who was measured."""
    after: Annotated[int, Field(ge=1, le=9)]
    """Counted from the picture's left."""

    def reads(self, how: HowRead, fps: float) -> HowRead:
        return replace(how, runner=self.after)


CORRECTION = RunnerCorrection
