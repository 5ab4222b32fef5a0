"""A joint lies elsewhere in the picture than was measured.

What is moved is the drawn joint of one frame, from where earlier corrections left it. It moves in that frame alone, or,
with a weight, in all steps of the same foot around the same share of stance.

A hand has its own error: two readings of knee and hip at foot strike by one rater lie within 3 to 8 degrees of each
other within a day (95 %; Damsted, Nielsen & Larsen, Int J Sports Phys Ther). What was moved carries the upper end of
that besides its own error, by the share of the steps and the weight with which it was moved: a correction makes nothing
more certain.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gaitcheck.corrections.definition import Correction, Instant, Point


class JointCorrection(Correction):
    """Hip, knee or ankle of one leg, dragged in one frame."""

    names_a_side: ClassVar[bool] = True

    what: Literal["joint"] = "joint"
    joint: Literal["hip", "knee", "ankle"]
    side: Literal["left", "right"]
    """Whose joint."""
    at_s: Instant
    """Of the frame, playback s of the clip."""
    before: Point
    """Where it was drawn, px of the upright picture, with the corrections before this one."""
    after: Point
    """Where it is."""
    reach: Literal["steps", "frame"]
    """All steps of the foot that stands then, around the same share of stance; or this frame alone."""
    mirrored: bool = False
    """The film was told to be mirrored when this was said."""
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the way that is gone in the other steps."""


CORRECTION = JointCorrection
