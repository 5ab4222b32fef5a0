"""The shank against the vertical through the ankle."""

from __future__ import annotations

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    pen.line(leg.ankle, leg.ankle - 0.5 * leg.length * leg.down, "#ffffff", 1.6, "6 5")
    pen.arc(leg.ankle, -leg.down, leg.knee - leg.ankle, 0.3 * leg.length, YELLOW)
    shank = 0.5 * (leg.knee + leg.ankle)
    pen.beside(shank, 0.12 * leg.length, leg.outward, label)


DRAWING = Drawing(("tibia_inclination_at_contact",), "sagittal", draw, place=1)
