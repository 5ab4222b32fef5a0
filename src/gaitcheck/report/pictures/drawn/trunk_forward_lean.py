"""The trunk against the vertical."""

from __future__ import annotations

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    pen.line(leg.hips, leg.shoulders, YELLOW, 2.6)
    pen.line(leg.hips, leg.hips - 0.55 * leg.length * leg.down, "#ffffff", 1.4, "3 4")
    pen.beside(0.5 * (leg.hips + leg.shoulders), 0.16 * leg.length, leg.outward, label)


DRAWING = Drawing(("trunk_forward_lean",), "sagittal", draw, place=4)
