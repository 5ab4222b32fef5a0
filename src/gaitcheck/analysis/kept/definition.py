"""What a kept table is, and what it is written from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gaitcheck.analysis.kept as package
from gaitcheck.analysis.store import DOCUMENT, OURS, Kind
from gaitcheck.discovery import collect
from gaitcheck.gait.in_picture import DrawnJoints
from gaitcheck.pose.landmarks import Landmarks


@dataclass(frozen=True)
class StrideValue:
    """One metric of one stance.

    ``value`` is what the report's means are made of, ``value_raw`` what was read, before the error model's bias is
    taken off; ``counted``: the mean rests on this step too, since it is not mistracked.
    """

    clip: int
    number: int
    side: str
    initial_contact_s: float
    toe_off_s: float
    metric: str
    unit: str
    value: float
    value_raw: float
    counted: bool


@dataclass(frozen=True)
class ClipTracks:
    """What tables are written from: values a stance; landmarks and the joints that pictures draw, one entry a clip."""

    strides: tuple[StrideValue, ...]
    landmarks: tuple[Landmarks, ...]
    joints: tuple[DrawnJoints, ...]


@dataclass(frozen=True)
class KeptTable:
    """A file written into the results folder, beside the document."""

    file_name: str
    write: Callable[[ClipTracks, Path], None]


def file_names() -> tuple[str, ...]:
    """What tables are called, one for every table there is a file for."""
    return tuple(table.file_name for table in collect(package, "TABLE", KeptTable))


def results_kind() -> Kind:
    """A results folder, whose document, report and tables a new analysis replaces."""
    return Kind(DOCUMENT, re.compile("|".join([OURS.pattern, *map(re.escape, file_names())])))


def write_all(tracks: ClipTracks, folder: Path) -> None:
    """Write every table there is a file for."""
    for table in collect(package, "TABLE", KeptTable):
        table.write(tracks, folder / table.file_name)
