"""The picture is levelled along something that is known to stand upright, to lie level, or along the belt's edges."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field, model_validator

from gaitcheck.corrections.definition import Correction, HowRead, Point

CLICK_SD_PX = 3.0
"""How far off a click on an edge lies; heuristic."""
THING_SD_DEG = {"upright": 0.5, "across": 0.5, "belt": 1.0}
"""How far door frames and rails are off plumb and floors off level, and a camera off the belt's middle; heuristic."""
SHORTEST_PX = 40.0
MOST_ROLL_DEG = 45.0


def _lean_deg(first: Point, second: Point) -> float:
    """How far a line leans to the picture's right from straight up, -90 to 90 deg."""
    across, up = second[0] - first[0], first[1] - second[1]
    across, up = (-across, -up) if up < 0 else (across, up)
    return math.degrees(math.atan2(across, up))


def _pairs(points: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return [(points[k], points[k + 1]) for k in range(0, len(points), 2)]


class LevelCorrection(Correction):
    """How far the camera leaned, told by clicks in the upright picture."""

    what: Literal["level"] = "level"
    along: Literal["upright", "across", "belt"]
    """What was clicked along: something upright, something level, or (from behind and in front) both belt edges."""
    points: Annotated[tuple[Point, ...], Field(min_length=2, max_length=4)]
    """Two clicks; for the belt two along each edge."""
    before: float | None = None
    """The roll that was read, deg."""

    @model_validator(mode="before")
    @classmethod
    def _worked_out(cls, told: Any) -> Any:
        """What follows from the points is written for readers and worked out again."""
        return {name: value for name, value in told.items() if name != "after"} if isinstance(told, dict) else told

    @model_validator(mode="after")
    def _clicked_apart(self) -> LevelCorrection:
        if len(self.points) != (4 if self.along == "belt" else 2):
            raise ValueError("two points are needed, and four along the belt's edges")
        if any(math.dist(*pair) < SHORTEST_PX for pair in _pairs(self.points)):
            raise ValueError(f"points must lie at least {SHORTEST_PX:.0f} px apart; click the ends of something long")
        if abs(self.after) > MOST_ROLL_DEG:
            raise ValueError("the picture would lean by more than 45 degrees; click along what it says")
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def after(self) -> float:
        """How far the camera leaned to its right, deg: what is upright leans the other way in the picture."""
        leans = [_lean_deg(*pair) for pair in _pairs(self.points)]
        if self.along == "across":
            return (90.0 - leans[0]) if leans[0] > 0 else (-90.0 - leans[0])
        return -sum(leans) / len(leans)

    @property
    def sd_deg(self) -> float:
        """How surely that is known."""
        shortest = min(math.dist(*pair) for pair in _pairs(self.points))
        return math.hypot(math.degrees(math.sqrt(2) * CLICK_SD_PX / shortest), THING_SD_DEG[self.along])

    def reads(self, how: HowRead, fps: float) -> HowRead:
        return replace(how, camera_roll_deg=self.after, camera_roll_sd_deg=self.sd_deg)


CORRECTION = LevelCorrection
