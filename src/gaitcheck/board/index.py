"""The index of a club's folder: what boards and histories need of every document, in SQLite, made again at any time.

Documents are the truth. An entry holds only as long as size and time of its document and sign-off stay the same; a
missing, old or broken index is made anew, and where the folder may not be written to it lives in memory.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from gaitcheck.analysis.review import REVIEW, read_review
from gaitcheck.analysis.store import DOCUMENT, load, telling
from gaitcheck.board.summary import VisitSummary, summarise
from gaitcheck.errors import InputError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet.batch import ATHLETES
from gaitcheck.fleet.roster import same_name

NAME = "gaitcheck_index.sqlite"
LAYOUT = 4
OURS = 0x6761_6974
"""What marks an SQLite file as ours: application_id."""
TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS visits (
  folder TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary TEXT NOT NULL, fault TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (key TEXT PRIMARY KEY, summary TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Fault:
    """A results folder whose document can't be read, and what to do."""

    folder: str
    message: str


@dataclass(frozen=True)
class Known:
    """Every visit, oldest first within each athlete, and what can't be read."""

    visits: dict[str, list[VisitSummary]]
    faults: list[Fault]


def results_folders(root: Path) -> list[Path]:
    """Folders with a document below a club's or an athlete's folder, at most three levels down, in order."""
    found: list[Path] = []

    def walk(folder: Path, deeper: int) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError:
            return
        if any(entry.name == DOCUMENT for entry in entries):
            found.append(folder)
            return
        for entry in entries:
            if deeper and entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                walk(folder / entry.name, deeper - 1)

    walk(root, 3)
    return found


@lru_cache(maxsize=8_192)
def _read(summary: str) -> VisitSummary:
    """A summary from its text; a page that shows a club again and again reads each once."""
    return VisitSummary.model_validate_json(summary)


def _stamp(folder: Path) -> str:
    """Size and time of a document and its sign-off; changes when either does."""
    parts = []
    for name in (DOCUMENT, REVIEW):
        try:
            found = (folder / name).stat()
            parts.append(f"{found.st_size}:{found.st_mtime_ns}")
        except OSError:
            parts.append("-")
    return " ".join(parts)


class Index:
    """An open index. Use ``open_index``."""

    def __init__(self, root: Path, connection: sqlite3.Connection) -> None:
        self.root = root
        self._db = connection

    def _read(self, folder: Path, name: str) -> tuple[str, str]:
        try:
            with telling(folder):
                visit = summarise(load(folder), read_review(folder), name, load_evidence())
        except InputError as error:
            return "", str(error)
        return visit.model_dump_json(), ""

    def refresh(self, on_read: Callable[[int, int], None] = lambda *_: None) -> Known:
        """Bring the index up to date and give what it holds; ``on_read`` is told of documents read anew.

        An index that can't be written to, or holds what it should not, is left for one in memory.
        """
        try:
            return self._refresh(on_read)
        except (sqlite3.Error, ValidationError):
            self._db.close()
            self._db = _in_memory()
            return self._refresh(on_read)

    def _refresh(self, on_read: Callable[[int, int], None]) -> Known:
        there = {folder.relative_to(self.root).as_posix(): folder for folder in results_folders(self.root)}
        held = {row[0]: row[1:] for row in self._db.execute("SELECT folder, stamp, summary, fault FROM visits")}
        stamps = {name: _stamp(folder) for name, folder in there.items()}
        new = [name for name in there if name not in held or held[name][0] != stamps[name]]
        with self._db:
            self._db.executemany("DELETE FROM visits WHERE folder = ?", [(n,) for n in held if n not in there])
            for k, name in enumerate(new):
                summary, fault = self._read(there[name], name)
                held[name] = (stamps[name], summary, fault)
                self._db.execute("REPLACE INTO visits VALUES (?, ?, ?, ?)", (name, *held[name]))
                on_read(k + 1, len(new))
        visits: dict[str, list[VisitSummary]] = {}
        faults = []
        for name in there:
            _, summary, fault = held[name]
            if fault:
                faults.append(Fault(name, fault))
            else:
                visit = _read(summary)
                visits.setdefault(same_name(visit.athlete), []).append(visit)
        for own in visits.values():
            own.sort(key=lambda visit: visit.order)
        return Known({own[-1].athlete: own for own in visits.values()}, faults)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def compact(self) -> None:
        """Let nothing of deleted rows stay in the file: changes are made anew, the file is written afresh."""
        with self._db:
            self._db.execute("DELETE FROM changes")
        self._db.execute("VACUUM")

    def remembered(self, old: str, new: str, make: Callable[[], str]) -> str:
        """What was made of two visits, made once for each state of both."""
        key = "|".join((old, _stamp(self.root / old), new, _stamp(self.root / new)))
        row = self._db.execute("SELECT summary FROM changes WHERE key = ?", (key,)).fetchone()
        if row is not None:
            return str(row[0])
        made = make()
        with contextlib.suppress(sqlite3.Error), self._db:
            self._db.execute("REPLACE INTO changes VALUES (?, ?)", (key, made))
        return made


def _prepare(connection: sqlite3.Connection) -> None:
    """Tables of this layout and version; what another version has kept is thrown away."""
    connection.executescript(TABLES)
    own = f"{LAYOUT} {version('gaitcheck')}"
    row = connection.execute("SELECT value FROM about WHERE key = 'made by'").fetchone()
    with connection:
        connection.execute(f"PRAGMA application_id = {OURS}")
        if row is None or row[0] != own:
            connection.execute("DELETE FROM visits")
            connection.execute("DELETE FROM changes")
            connection.execute("REPLACE INTO about VALUES ('made by', ?)", (own,))


def _connect(root: Path) -> sqlite3.Connection:
    """The index's file in a club's folder, or memory where there can be none or another program's file lies there."""
    path = root / NAME
    if not (root / ATHLETES).is_dir():
        return _in_memory()
    for _ in range(2):
        connection: sqlite3.Connection | None = None
        try:
            fresh = not path.exists()
            connection = sqlite3.connect(path, timeout=30)
            if not fresh and connection.execute("PRAGMA application_id").fetchone()[0] != OURS:
                connection.close()
                return _in_memory()
            _prepare(connection)
            return connection
        except sqlite3.DatabaseError:
            if connection is not None:
                connection.close()
            try:
                path.unlink()
            except OSError:
                break
    return _in_memory()


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    _prepare(connection)
    return connection


@contextlib.contextmanager
def open_index(root: Path) -> Iterator[Index]:
    """The index of a folder.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if not root.is_dir():
        raise InputError(f"{root} is no folder; name one that gaitcheck batch has written.")
    connection = _connect(root)
    index = Index(root, connection)
    try:
        yield index
    finally:
        index.close()
