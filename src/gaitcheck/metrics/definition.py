"""What a metric declares of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import gaitcheck.metrics as package
from gaitcheck.discovery import collect
from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories
from gaitcheck.pose.landmarks import LANDMARK_NAMES
from gaitcheck.typing import FloatArray

UNITS = ("deg", "leg_length", "ms", "per_min", "fraction", "s")
Compute = Callable[[Trajectories, Stance, Calibration], float]
OverTime = Callable[[Trajectories, str, Calibration], FloatArray]
"""Values (T,) of one side over the whole clip."""


@dataclass(frozen=True)
class Curve:
    """What a metric is a value of, over time: its name and, in the metric's unit, its values."""

    name: str
    values: OverTime


@dataclass(frozen=True)
class Metric:
    """A metric: a pure function of one stance, and what the framework needs to know of it.

    Attributes
    ----------
    plane
        frontal | sagittal | any: the views that can carry it.
    unit
        deg | leg_length | ms | per_min | fraction | s.
    sides
        "each" gives a value a side, "both" one for the runner.
    possible
        Least and most that a running body can do, in the unit; a value beyond is misread and never shown. Wide
        heuristics, beyond what any runner of the sources reaches.
    joints
        Landmarks it needs, without side.
    most_oblique_deg
        Camera angle beyond which it lies.
    order
        Place in tables.
    source_keys
        Where the definition comes from.
    counts_negative
        For a share of steps, the metric whose negative values it counts: its errors turn steps over.
    shifts_with_contact
        A constant error of initial contact changes it.
    reads_toe_off
        It hangs on the instant the toes leave, which only toes tell.
    curve
        The metric over time, where a curve over stance says more than a value; on paper where it has words.
    headline
        Place among the numbers of a report's first page, where it was not told as a finding.
    board
        Place among the columns of a coach's board.
    """

    name: str
    plane: Literal["frontal", "sagittal", "any"]
    unit: str
    compute: Compute
    joints: tuple[str, ...]
    order: int
    source_keys: tuple[str, ...]
    sides: Literal["each", "both"] = "each"
    possible: tuple[float, float] = (float("-inf"), float("inf"))
    most_oblique_deg: float = 20.0
    counts_negative: Metric | None = None
    shifts_with_contact: bool = True
    reads_toe_off: bool = False
    curve: Curve | None = None
    headline: int | None = None
    board: int | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration that can't be right, naming what is wrong and what may stand there."""
        joints = {name.partition("_")[2] for name in LANDMARK_NAMES if name.startswith("left_")}
        known: dict[str, tuple[set[str], set[str]]] = {
            "plane": ({self.plane}, {"frontal", "sagittal", "any"}),
            "sides": ({self.sides}, {"each", "both"}),
            "unit": ({self.unit}, set(UNITS)),
            "joints": (set(self.joints), joints),
        }
        for field, (told, allowed) in known.items():
            if told - allowed:
                wrong = sorted(told - allowed)[0]
                raise ValueError(f"{self.name}: {field} can't be {wrong!r}; use {', '.join(sorted(allowed))}")


def all_metrics() -> list[Metric]:
    """Every metric there is a file for, in the order they declare.

    Raises
    ------
    ValueError
        If two have one name.
    """
    found = collect(package, "METRIC", Metric)
    names = [metric.name for metric in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two files declare a metric {twice!r}; name one of them otherwise")
    return sorted(found, key=lambda metric: (metric.order, metric.name))


def in_order(place: Literal["headline", "board"]) -> tuple[str, ...]:
    """Names of the metrics that have such a place, in its order."""
    chosen = [(getattr(metric, place), metric.name) for metric in all_metrics() if getattr(metric, place) is not None]
    return tuple(name for _, name in sorted(chosen))


def shares_of_steps() -> frozenset[str]:
    """Names of the metrics that count steps instead of measuring one."""
    return frozenset(metric.name for metric in all_metrics() if metric.counts_negative is not None)
