"""The hip line against the level."""

from __future__ import annotations

import numpy as np

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    pen.line(
        leg.hip, leg.hip - 1.25 * float(np.linalg.norm(leg.hip - leg.far_hip)) * leg.outward, "#ffffff", 1.4, "3 4"
    )
    tip = leg.hip + 1.25 * (leg.far_hip - leg.hip)
    pen.line(leg.hip, tip, YELLOW, 2.6)
    other = "end" if leg.anchor == "start" else "start"
    pen.text(tip - 0.06 * leg.length * leg.outward - 0.03 * leg.length * leg.down, label, other)


DRAWING = Drawing(("contralateral_pelvic_drop",), "frontal", draw, place=2)
