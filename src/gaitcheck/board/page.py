"""The board as a page and on paper: two templates over one content, every text escaped."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from gaitcheck.board.content import Board, TeamRow
from gaitcheck.report.html import page_fonts, render_page
from gaitcheck.report.typesetting import typeset

TEMPLATES = files("gaitcheck.board") / "templates"
STRIP_WIDTH, STRIP_HEIGHT = 640, 44


def _dots(row: TeamRow, side: str) -> str:
    """All dots of a side as one path: a thousand athletes are one shape."""
    y = {"left": 14, "right": 28}.get(side, 21)
    return "".join(f"M{10 + at * (STRIP_WIDTH - 20):.1f} {y}h0" for s, at in row.points if s == side)


def page(board: Board, link: str) -> str:
    """The page; ``link`` leads from where it lies to the club's folder."""
    return render_page(
        TEMPLATES,
        "board",
        b=board,
        w=board.words,
        href=lambda path: link + quote(path),
        dots=_dots,
        fonts=page_fonts(),
        strip=(STRIP_WIDTH, STRIP_HEIGHT),
    )


def printed(board: Board) -> bytes:
    """The board as PDF."""
    with tempfile.TemporaryDirectory(prefix="gaitcheck-board-") as folder:
        return typeset(TEMPLATES / "board.typ", asdict(board), Path(folder))
