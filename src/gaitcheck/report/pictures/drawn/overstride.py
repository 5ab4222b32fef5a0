"""How far the ankle is ahead of the hip."""

from __future__ import annotations

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    below = leg.hip + float((leg.ankle - leg.hip) @ leg.down) * leg.down
    pen.line(leg.hip, below, "#ffffff", 1.6, "6 5")
    pen.line(below, leg.ankle, YELLOW, 2.2)
    pen.text(0.5 * (below + leg.ankle) + 0.1 * leg.length * leg.down, label, "middle")


DRAWING = Drawing(("overstride",), "sagittal", draw, place=2)
