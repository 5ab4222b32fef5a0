"""Vector shapes over a photograph."""

from __future__ import annotations

import numpy as np

from gaitcheck.typing import FloatArray

LETTER_WIDTH = 0.56
"""Of a semibold letter, as a share of its size; on the wide side."""


SMALLEST = 0.7
"""How far a label is made smaller to stand clear of the leg."""


class Pen:
    """SVG shapes with a dark halo, so that they stand out on any clothes."""

    def __init__(self, height: float, width: float) -> None:
        self.shapes: list[str] = []
        self._width = width
        self._unit = height / 450.0

    def line(self, a: FloatArray, b: FloatArray, colour: str, width: float = 3.0, dash: str = "") -> None:
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return
        ends = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke-linecap="round"'
        w = width * self._unit
        pattern = (
            f' stroke-dasharray="{" ".join(f"{float(d) * self._unit:.1f}" for d in dash.split())}"' if dash else ""
        )
        self.shapes.append(
            f'<line {ends} stroke="#101820" stroke-opacity="0.65" stroke-width="{w * 1.9:.1f}"{pattern}/>'
        )
        self.shapes.append(f'<line {ends} stroke="{colour}" stroke-width="{w:.1f}"{pattern}/>')

    def joint(self, at: FloatArray, colour: str) -> None:
        if np.isfinite(at).all():
            r = 4.6 * self._unit
            self.shapes.append(
                f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{r:.1f}" fill="#fff" stroke="{colour}" '
                f'stroke-width="{r * 0.45:.1f}"/>'
            )

    def arc(self, at: FloatArray, first: FloatArray, second: FloatArray, radius: float, colour: str) -> None:
        """An arc about a point between two directions."""
        one, two = (d / max(float(np.linalg.norm(d)), 1e-9) for d in (first, second))
        start, end = at + radius * one, at + radius * two
        sweep = 1 if one[0] * two[1] - one[1] * two[0] > 0 else 0
        path = f"M{start[0]:.1f} {start[1]:.1f} A{radius:.1f} {radius:.1f} 0 0 {sweep} {end[0]:.1f} {end[1]:.1f}"
        self.shapes.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-linecap="round" '
            f'stroke-width="{2.4 * self._unit:.1f}"/>'
        )

    def _reach(self, text: str) -> float:
        return LETTER_WIDTH * 15.0 * self._unit * len(text)

    def beside(self, at: FloatArray, away: float, outward: FloatArray, text: str) -> None:
        """Text ``away`` px beside a place, outward, or inward where there is more room for it."""
        if not np.isfinite(at).all():
            return
        sign = 1.0 if outward[0] > 0 else -1.0
        room = self._width - at[0] if sign > 0 else at[0]
        if away + self._reach(text) > room and room < self._width / 2:
            sign, room = -sign, self._width - room
        fits = (room - away) / max(self._reach(text), 1.0)
        place, anchor = at + np.array([sign * away, 0.0]), "start" if sign > 0 else "end"
        self.text(place, text, anchor, float(np.clip(fits, SMALLEST, 1.0)))

    def text(self, at: FloatArray, text: str, anchor: str = "start", smaller: float = 1.0) -> None:
        """Text with a halo; moved inward where it would leave the picture."""
        if not np.isfinite(at).all() or not text:
            return
        size, reach = 15.0 * smaller * self._unit, smaller * self._reach(text)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * reach
        at = np.array([np.clip(at[0], before + 4, max(self._width - reach + before - 4, before + 4)), at[1]])
        place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:.1f}" text-anchor="{anchor}"'
        face = 'font-family="Source Sans Pro, DejaVu Sans" font-weight="600"'
        halo = f'stroke="#101820" stroke-width="{size * 0.28:.1f}" stroke-linejoin="round"'
        self.shapes.append(f'<text {place} {face} fill="#101820" {halo}>{text}</text>')
        self.shapes.append(f'<text {place} {face} fill="#fff">{text}</text>')
