"""One bar for one measure: the typical range as a band, and of each side the value with its interval.

Sides are told apart by shape and shade: left a dark dot, right a light triangle, both a dark square. A page may
override the shades by its classes; paper takes them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, BROAD, HEIGHT = 160.0, 380.0, 42.0
"""A narrow bar and a broad one, as wide as they are drawn for their height, so that marks keep their shape."""
SHADE = {"left": "#174a8b", "right": "#3f8fc4", "both": "#2f3b46"}
BAND = "#e3eaee"
ROW = {"left": 14.0, "right": 29.0, "both": 21.0}
OF_95 = 1.2816 / 1.9600
"""How far the middle 80 % of an interval reach, of its 95 %: what is said to be likely."""


@dataclass(frozen=True)
class Place:
    """Where one side's value and its interval lie on the bar, from 0 to 1."""

    side: str
    at: float
    low: float
    high: float


@dataclass(frozen=True)
class Axis:
    """The values at a bar's ends."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """A value's place from 0 to 1; beyond the ends, the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def typical(self, low: float | None, high: float | None) -> tuple[float, float] | None:
        """The band between two limits, either of which may be missing; None without any."""
        if low is None and high is None:
            return None
        return 0.0 if low is None else self.at(low), 1.0 if high is None else self.at(high)


def _marker(place: Place, width: float) -> str:
    x, y, fill = width * place.at, ROW[place.side], f'fill="{SHADE[place.side]}"'
    if place.side == "right":
        return f'<path class="mark right" {fill} d="M{x - 3.4:.1f} {y + 3.4:.1f}l3.4 -7.2l3.4 7.2z"/>'
    if place.side == "both":
        return f'<path class="mark both" {fill} d="M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"/>'
    return f'<circle class="mark left" {fill} cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>'


def range_bar_svg(
    places: list[Place], typical: tuple[float, float] | None, concern: tuple[float, ...] = (), width: float = WIDTH
) -> str:
    """The bar as SVG text: of each side the 95 % interval, its middle 80 % thick.

    What it says stands beside it in words, so it is hidden from readers of the screen.

    ``concern`` are places of the limits of concern, drawn as dashes.
    """
    shapes = []
    if typical is not None:
        left, right = (width * end for end in typical)
        band = f'x="{left:.1f}" width="{right - left:.1f}" height="{HEIGHT:g}"'
        shapes.append(f'<rect class="band" fill="{BAND}" {band}/>')
    for x in (width * at for at in concern):
        dash = f'stroke="{SHADE["both"]}" stroke-width="1.2" stroke-dasharray="3 3"'
        shapes.append(f'<path class="limit" {dash} d="M{x:.1f} 0V{HEIGHT:g}"/>')
    for place in places:
        y, x0, x1 = ROW[place.side], width * place.low, width * place.high
        middle = [width * (place.at + OF_95 * (end - place.at)) for end in (place.low, place.high)]
        for ends, thick in (((x0, x1), 1.1), (middle, 3.0)):
            line = f'stroke="{SHADE[place.side]}" stroke-width="{thick:g}" stroke-linecap="round"'
            shapes.append(f'<path class="bar {place.side}" {line} d="M{ends[0]:.1f} {y:g}H{ends[1]:.1f}"/>')
        shapes.append(_marker(place, width))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {HEIGHT:g}" preserveAspectRatio="none" '
        f'aria-hidden="true">{"".join(shapes)}</svg>'
    )
