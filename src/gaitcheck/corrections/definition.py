"""What a correction is: who, when, what, before and after, and at which place of the measurement it acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, SerializeAsAny, StringConstraints

from gaitcheck.checked import Checked, Words
from gaitcheck.discovery import collect

if TYPE_CHECKING:
    from gaitcheck.gait.contacts import Contact
    from gaitcheck.gait.strides import Stance
    from gaitcheck.settings import Settings

Instant = Annotated[float, Field(ge=0, le=3600)]
"""The clip's own playback seconds: what a player shows."""
Point = tuple[Annotated[float, Field(ge=-5_000, le=20_000)], Annotated[float, Field(ge=-5_000, le=20_000)]]
"""Across and down in the clip's upright picture, px."""
ToRealTime = Callable[[float], float]
"""From playback seconds of the clip to real seconds of the measured part."""


@dataclass(frozen=True)
class HowRead:
    """How a clip is read; what a correction leaves alone is as it was.

    Attributes
    ----------
    view
        Auto, or a view's name.
    camera_roll_deg, camera_roll_sd_deg
        Told; None where it is read.
    mirrored
        Left and right of the picture are exchanged.
    capture_fps
        Frames/s the camera took.
    runner
        Counted from the picture's left.
    """

    view: str
    camera_roll_deg: float | None
    camera_roll_sd_deg: float | None
    mirrored: bool
    capture_fps: float
    runner: int


class Correction(Checked):
    """One correction of one clip. A kind overrides the one step of the measurement at which it acts."""

    renames_sides: ClassVar[bool] = False
    """What was left may be right afterwards; so it comes before whatever names a side."""
    tells_sides: ClassVar[bool] = False
    """Somebody says by it which leg is the left one."""
    names_a_side: ClassVar[bool] = False

    what: str
    """Which kind."""
    by: Annotated[Words, StringConstraints(pattern=r"\S")]
    """Who corrected."""
    on: dt.datetime
    """When."""
    clip: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Fingerprint of the clip's content, which it is for and for no other."""

    @property
    def on_mirrored(self) -> bool | None:
        """Whether sides are those of a film read in a mirror; None where no side is named."""
        return bool(getattr(self, "mirrored", False)) if self.names_a_side else None

    def reads(self, how: HowRead, fps: float) -> HowRead:
        """How the clip is read, from how it was; ``fps`` is the rate at which it plays."""
        return how

    def exchanges(self, real: ToRealTime) -> tuple[float, float] | None:
        """From when to when, real s, the legs had each other's names."""
        return None

    def times(self, contacts: list[Contact], real: ToRealTime, settings: Settings) -> list[Contact]:
        """Contacts as they are, from those that were found.

        Raises
        ------
        InputError
            If it names one that is not there, or makes one that can't be.
        """
        return contacts

    def rejects(self, stance: Stance, real: ToRealTime) -> bool:
        """Whether a step is not to be counted."""
        return False


@lru_cache(maxsize=1)
def kinds() -> dict[str, type[Correction]]:
    """Every kind there is a file for, by what it calls itself."""
    import gaitcheck.corrections as package

    found: list[Any] = collect(package, "CORRECTION", type)
    return {kind.model_fields["what"].default: kind for kind in found}


def _of_its_kind(told: object) -> object:
    """A table as the kind that it names."""
    if isinstance(told, Correction) or not isinstance(told, dict):
        return told
    kind = kinds().get(str(told.get("what")))
    if kind is None:
        raise ValueError(f"there is no correction {told.get('what')!r}; use {', '.join(sorted(kinds()))}")
    return kind.model_validate(told)


AnyCorrection = Annotated[SerializeAsAny[Correction], BeforeValidator(_of_its_kind)]
"""A correction of whatever kind."""
