"""What changed since an athlete's visit before."""

from __future__ import annotations

from pathlib import Path

from gaitcheck.analysis import load
from gaitcheck.analysis.store import telling
from gaitcheck.board.content import Changed, Since
from gaitcheck.board.index import Index
from gaitcheck.board.summary import VisitSummary
from gaitcheck.evidence import Evidence
from gaitcheck.progress.change import compare_visits

BEWARE = ("speed_unknown", "shoes")
"""Differences between visits that a change on the board is told with."""


def since(index: Index, visits: list[VisitSummary], evidence: Evidence) -> Since:
    """The last visit against the one before, remembered by the index."""
    if len(visits) < 2:
        return Since(kind="first", day="")
    old, new = visits[-2], visits[-1]

    def make() -> str:
        return _compared(index.root, old, new, evidence).model_dump_json()

    return Since.model_validate_json(index.remembered(old.folder, new.folder, make))


def _compared(root: Path, old: VisitSummary, new: VisitSummary, evidence: Evidence) -> Since:
    with telling(root / new.folder):
        found = compare_visits(load(root / old.folder), load(root / new.folder), evidence)
    leading = evidence.leading
    compared = [c for c in found.changes if c.difference is not None]
    real = [c for c in found.of("real") if c.metric in leading and c.difference is not None]

    def told(way: str) -> tuple[tuple[str, str, float, float], ...]:
        return tuple(
            (c.metric, c.side, c.difference.difference, c.difference.own)
            for c in real
            if c.way == way and c.difference is not None
        )

    away, toward = told("away"), told("toward")
    decided = [c for c in compared if c.verdict != "open" and c.metric in leading]
    kind: Changed = (
        "mixed" if away and toward else "worse" if away else "better" if toward else "none" if decided else "open"
    )
    reasons = tuple(dict.fromkeys(r for c in found.changes if c.metric in leading for r in c.reasons))
    return Since(
        kind=kind,
        day=str(old.day),
        away=away,
        toward=toward,
        compared=len(compared),
        reasons=reasons,
        beware=tuple(w.code for w in found.warnings if w.code in BEWARE),
    )
