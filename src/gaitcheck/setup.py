"""How a clip was filmed, and how it is to be read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gaitcheck.checked import Checked

Runner = Literal["left", "right", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class Setup(Checked):
    """What only who filmed a clip knows, and which part of it to read. Seconds are playback seconds of the clip.

    Attributes
    ----------
    view
        Auto, or where the camera stood: rear, front, left or right of the runner.
    capture_fps
        Frames/s the camera took, for slow motion; None reads it from the clip.
    camera_roll_deg
        How far the camera leaned to its right; None reads it from the picture.
    mirrored
        A selfie camera exchanged left and right.
    start_s, end_s
        The part of the clip to read.
    runner
        Who runs where several people are seen: left, right or a number from the picture's left.
    model
        Auto, lite, full, heavy, or the path of a ``.task`` bundle.
    """

    view: str = "auto"
    capture_fps: Annotated[float | None, Field(ge=10, le=1000)] = None
    camera_roll_deg: Annotated[float | None, Field(ge=-45, le=45)] = None
    mirrored: bool = False
    start_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    end_s: Annotated[float | None, Field(ge=0, le=600)] = None
    runner: Runner | None = None
    model: str = "auto"

    @model_validator(mode="after")
    def _in_order(self) -> Setup:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError("end_s must come after start_s")
        return self
