"""What a format of another tracker's points is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import gaitcheck.pose.formats as package
from gaitcheck.checked import plain_file
from gaitcheck.discovery import collect
from gaitcheck.errors import InputError
from gaitcheck.typing import FloatArray

MOST_BYTES = 500_000_000
"""No minute of one body's points is larger; a heuristic against files that are something else."""


@dataclass(frozen=True)
class Tracks:
    """A body's points as a file has them.

    Attributes
    ----------
    points
        By the file's own names, each (T, 2), or (T, 3) with a confidence.
    times_s
        (T,) s; None where the file holds no times.
    y_up
        Whether the second axis points up, as in laboratories, or down, as in pictures; None where files of the format
        have it either way, and the runner's feet tell.
    """

    points: Mapping[str, FloatArray]
    times_s: FloatArray | None
    y_up: bool | None = False


@dataclass(frozen=True)
class LandmarkFormat:
    """A format: whether something is of it, and how it is read.

    ``read`` takes the source and which person, None where there should be one alone.
    """

    name: str
    takes: Callable[[Any], bool]
    read: Callable[[Any, int | None], Tracks]


@lru_cache(maxsize=1)
def formats() -> tuple[LandmarkFormat, ...]:
    """Every format there is a file for."""
    return tuple(collect(package, "FORMAT", LandmarkFormat))


def read_tracks(source: Any, person: int | None = None) -> Tracks:
    """Points from a file or object of any known format.

    Raises
    ------
    InputError
        If no format takes it, it is damaged, or several people are in it and none was chosen.
    """
    for known in formats():
        if known.takes(source):
            return known.read(source, person)
    names = ", ".join(known.name for known in formats())
    shown = source if isinstance(source, (str, Path)) else f"A {type(source).__name__}"
    raise InputError(
        f"{shown} is none of the landmarks that can be read ({names}); read DeepLabCut, SLEAP or other files with "
        "movement.io and give its dataset."
    )


def text_of(path: Path) -> str:
    """A text file's content, bounded.

    Raises
    ------
    InputError
        If it can't be read or is too large.
    """
    try:
        if plain_file(path).stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is too large to hold one runner's landmarks.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{path} can't be read as text; give the file that the tracker has written.") from error


def one_person(found: int, person: int | None, what: str) -> int:
    """Which of several people is meant.

    Raises
    ------
    InputError
        If that is not said, or there is no such person.
    """
    if person is None and found != 1:
        raise InputError(f"{what} holds {found} people; say which one runs with person=0, 1, ...")
    if person is not None and not 0 <= person < found:
        raise InputError(f"{what} holds {found} people; there is no person {person}.")
    return person or 0
