"""The body's midline, and the foot's way to it."""

from __future__ import annotations

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    reach = max(float((leg.ankle - leg.hips) @ leg.down), 0.1 * leg.length)
    pen.line(leg.hips, leg.hips + (reach + 0.06 * leg.length) * leg.down, "#ffffff", 1.6, "6 5")
    pen.line(leg.hips + reach * leg.down, leg.ankle, YELLOW, 2.2)
    pen.beside(leg.ankle - 0.06 * leg.length * leg.down, 0.16 * leg.length, leg.outward, label)


DRAWING = Drawing(("foot_placement_offset", "crossover_fraction"), "frontal", draw, place=3)
