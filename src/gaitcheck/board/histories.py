"""Histories of a club's athletes, found through the index."""

from __future__ import annotations

from pathlib import Path

from gaitcheck.board.index import open_index
from gaitcheck.board.summary import VisitSummary
from gaitcheck.errors import InputError
from gaitcheck.fleet.roster import folder_name, same_name
from gaitcheck.progress.history import write_history
from gaitcheck.wording import load_wording

NAME = "progress.pdf"
MOST_NAMED = 8


def _listed(names: list[str]) -> str:
    shown = [name or "(no name)" for name in names[:MOST_NAMED]]
    return ", ".join(shown) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def _home(root: Path, visits: list[VisitSummary]) -> Path:
    """The folder that holds all of an athlete's visits and nobody else's, else the club's."""
    parents = {(root / visit.folder).parent for visit in visits}
    return parents.pop() if len(parents) == 1 else root


def write_histories(root: Path, athlete: str | None = None, out: Path | None = None) -> list[Path]:
    """Write the progress PDF of one athlete, or of everybody in a club with two visits and more.

    Raises
    ------
    InputError
        If there is nobody to write about, or a document can't be read.
    """
    words = load_wording().history["refused"]
    with open_index(root) as index:
        known = index.refresh()
    if known.faults and not known.visits:
        raise InputError(known.faults[0].message)
    if not known.visits:
        raise InputError(words["nothing"].format(path=root))
    chosen = {
        name: visits
        for name, visits in known.visits.items()
        if athlete is None or same_name(name) == same_name(athlete)
    }
    if not chosen:
        raise InputError(words["nobody"].format(path=root, athlete=athlete, known=_listed(list(known.visits))))
    if len(chosen) > 1 and out is not None:
        raise InputError(words["several"].format(path=root, known=_listed(list(chosen))))
    several = {name: visits for name, visits in chosen.items() if len(visits) > 1}
    if not several:
        raise InputError(words["one_visit" if len(chosen) == 1 else "nobody_twice"].format(path=root))
    written = []
    for name, visits in several.items():
        home = _home(root, visits)
        alone = len(known.visits) == 1 or home != root
        target = out or home / (NAME if alone else f"progress {folder_name(name)}.pdf")
        write_history([root / visit.folder for visit in visits], target)
        written.append(target)
    return written
