"""Small line drawings of people doing things, made from joint places in TOML files.

A file of ``drawings/`` is named like the home test, exercise or drill it shows. Its box is 100 units wide, y
up from the floor at 0. ``limbs`` are lines through joints (``near`` leg darker than ``far``), ``props`` are the
room, ``heads`` circles, ``arrows`` the way something moves, ``marks`` what is looked at; ``ghost`` limbs are where it
moves to or from.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

BOX, HEIGHT, MARGIN = 100.0, 100.0, 4.0
STYLES = {
    "body": 'stroke="#1c2733" stroke-width="4.2"',
    "near": 'stroke="#1c2733" stroke-width="4.8"',
    "mark": 'stroke="#c2571a" stroke-width="2.6" stroke-dasharray="5 3"',
    "far": 'stroke="#8a96a3" stroke-width="3.6"',
    "ghost": 'stroke="#8a96a3" stroke-width="2.4" stroke-dasharray="3 3"',
    "prop": 'stroke="#b9c1c9" stroke-width="2.6"',
    "arrow": 'stroke="#c2571a" stroke-width="2.2" marker-end="url(#tip)"',
}


@lru_cache(maxsize=64)
def _table(name: str) -> dict[str, Any] | None:
    path = files("gaitcheck.report") / "drawings" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _line(points: list[list[float]], style: str) -> str:
    path = " ".join(f"{x:g},{HEIGHT - y:g}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke-linecap="round" stroke-linejoin="round" {STYLES[style]}/>'


def drawing_svg(name: str, alt: str = "") -> str | None:
    """The drawing of a name as SVG text, or None where there is none."""
    table = _table(name)
    if table is None:
        return None
    shapes = [_line(points, "prop") for points in table.get("props", [])]
    shapes += [_line(points, "mark") for points in table.get("marks", [])]
    for style in ("ghost", "far", "body", "near"):
        shapes += [_line(points, style) for points in table.get(style, [])]
    shapes += [
        f'<circle cx="{x:g}" cy="{HEIGHT - y:g}" r="6" fill="#fff" {STYLES["body"]}/>'
        for x, y in table.get("heads", [])
    ]
    shapes += [_line(points, "arrow") for points in table.get("arrows", [])]
    size, label = BOX + 2 * MARGIN, escape(alt, {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN:g} {-MARGIN:g} {size:g} {size:g}" '
        f'role="img" aria-label="{label}"><defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" '
        'markerWidth="3.6" markerHeight="3.6" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#c2571a"/></marker></defs>'
        + "".join(shapes)
        + "</svg>"
    )
