"""What a board holds, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gaitcheck.board.index import Fault
from gaitcheck.checked import Checked
from gaitcheck.fleet.jobs import Outcome
from gaitcheck.metrics import in_order

PICTURED = in_order("board")
Changed = Literal["worse", "better", "mixed", "none", "open", "first"]


class Since(Checked):
    """What changed since the visit before: real changes away from and toward what is typical."""

    kind: Changed
    day: str
    away: tuple[tuple[str, str, float, float], ...] = ()
    toward: tuple[tuple[str, str, float, float], ...] = ()
    compared: int = 0
    beware: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """One side of a small multiple, in words."""

    side: str
    position: str
    rated: str
    said: str


@dataclass(frozen=True)
class Multiple:
    """One metric of one athlete: both sides as a bar on the axis all athletes share, empty without a value."""

    metric: str
    svg: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Line:
    """One athlete on the board, in words."""

    place: int
    athlete: str
    group: str
    day: str
    day_said: str
    tier: int
    reason: str
    action: str
    thumbnail: str
    also: str
    flags: str
    pain: str
    multiples: tuple[Multiple, ...]
    changed: Changed
    change: str
    quality: str
    beware: str
    note: str
    signed: str
    report: str
    next: str
    findings: tuple[str, ...]
    score: float
    visits: int


@dataclass(frozen=True)
class Column:
    """A small multiple's heading and the ends of its axis, in words."""

    metric: str
    title: str
    low: str
    high: str


@dataclass(frozen=True)
class TeamRow:
    """One metric over the team: places of all values on an axis from 0 to 1, and who stands out."""

    metric: str
    title: str
    axis: tuple[str, str]
    points: tuple[tuple[str, float], ...]
    median: float
    middle: str
    typical: tuple[float, float] | None
    named: tuple[tuple[str, float, str], ...]
    judged: bool


@dataclass(frozen=True)
class Board:
    """Everything a board shows."""

    language: str
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    team: tuple[TeamRow, ...]
    failures: tuple[Outcome, ...]
    faults: tuple[Fault, ...]
    groups: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    words: dict[str, Any]
