"""What a drawing on a still is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import gaitcheck.report.pictures.drawn as package
from gaitcheck.discovery import collect
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen

YELLOW = "#ffe08a"


@dataclass(frozen=True)
class Drawing:
    """Lines that show a metric on a leg.

    Attributes
    ----------
    metrics
        Names it shows.
    plane
        frontal | sagittal.
    draw
        Draws it, with a label.
    place
        In the still of all angles of a plane, in this order; None for one that is drawn for a finding only.
    """

    metrics: tuple[str, ...]
    plane: str
    draw: Callable[[Pen, Leg, str], None]
    place: int | None = None


@lru_cache(maxsize=1)
def _drawings() -> tuple[Drawing, ...]:
    return tuple(collect(package, "DRAWING", Drawing))


def drawing_of(metric: str) -> Drawing | None:
    """The drawing that shows a metric, if there is one."""
    return next((drawing for drawing in _drawings() if metric in drawing.metrics), None)


def together(plane: str) -> list[tuple[str, Drawing]]:
    """What the still of both legs shows, by metric, in order."""
    own = [drawing for drawing in _drawings() if drawing.plane == plane and drawing.place is not None]
    return [(drawing.metrics[0], drawing) for drawing in sorted(own, key=lambda drawing: drawing.place or 0)]
