"""The thigh's line drawn on beyond the knee, and the angle of the shank to it."""

from __future__ import annotations

import numpy as np

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    thigh, shank = leg.knee - leg.hip, leg.ankle - leg.knee
    beyond = leg.knee + thigh * 0.62 * float(np.linalg.norm(shank)) / max(float(np.linalg.norm(thigh)), 1e-9)
    pen.line(leg.knee, beyond, "#ffffff", 1.6, "6 5")
    pen.arc(leg.knee, beyond - leg.knee, shank, 0.26 * leg.length, YELLOW)
    pen.beside(leg.knee, 0.2 * leg.length, leg.outward, label)


DRAWING = Drawing(("frontal_plane_projection_angle",), "frontal", draw, place=1)
