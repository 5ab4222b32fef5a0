"""The number beside the knee."""

from __future__ import annotations

from gaitcheck.report.pictures.drawn.definition import Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    pen.text(leg.knee + 0.08 * leg.length * leg.outward - 0.04 * leg.length * leg.down, label, leg.anchor)


DRAWING = Drawing(("knee_flexion_at_contact",), "sagittal", draw, place=3)
