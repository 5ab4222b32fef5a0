"""The page: one file, pictures inside it, the overlay video beside it."""

from __future__ import annotations

import base64
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from gaitcheck.report.content import Content


def _data_url(path: Path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def _svg(path: Path) -> Markup:
    """A figure of our own making, without its XML prologue."""
    text = path.read_text(encoding="utf-8")
    return Markup(text[text.index("<svg") :])


def write_html(
    content: Content,
    assets: Path,
    stills: list[tuple[str, str]],
    figures: list[str],
    overlays: list[str],
    target: Path,
) -> None:
    """Write the page; every text is escaped by the template engine. ``overlays`` lie beside it."""
    source = (files("gaitcheck.report") / "templates" / "report.html.jinja").read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    page = template.render(
        c=content,
        stills=[{"url": _data_url(assets / file), "caption": caption} for file, caption in stills],
        overlays=overlays,
        figures=[_svg(assets / name) for name in figures],
    )
    target.write_text(page, encoding="utf-8")
