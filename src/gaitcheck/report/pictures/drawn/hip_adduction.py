"""The thigh against the line square to the hips."""

from __future__ import annotations

import numpy as np

from gaitcheck.report.pictures.drawn.definition import YELLOW, Drawing
from gaitcheck.report.pictures.leg import Leg
from gaitcheck.report.pictures.pen import Pen


def draw(pen: Pen, leg: Leg, label: str) -> None:
    """Draw it."""
    hips = leg.far_hip - leg.hip
    square = np.array([-hips[1], hips[0]])
    square = square if float(square @ leg.down) > 0 else -square
    square = square / max(float(np.linalg.norm(square)), 1e-9)
    pen.line(leg.hip, leg.hip + 1.2 * (leg.far_hip - leg.hip), YELLOW, 2.6)
    pen.line(leg.hip, leg.hip + 0.5 * leg.length * square, "#ffffff", 1.6, "6 5")
    pen.arc(leg.hip, square, leg.knee - leg.hip, 0.34 * leg.length, YELLOW)
    pen.beside(leg.hip + 0.2 * leg.length * leg.down, 0.22 * leg.length, leg.outward, label)


DRAWING = Drawing(("hip_adduction",), "frontal", draw)
