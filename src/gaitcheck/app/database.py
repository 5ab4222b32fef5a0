"""The page's own small databases: what is damaged is put aside, and made anew."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from gaitcheck.errors import OutputError


def _believed(_: sqlite3.Connection) -> bool:
    return True


def opened(path: Path, tables: str, as_written: Callable[[sqlite3.Connection], bool] = _believed) -> sqlite3.Connection:
    """A database with its tables; a file that is none, or has other tables, is put aside beside it.

    ``as_written`` tells whether what the tables hold is what was written; if not, the file is put aside too.

    Raises
    ------
    OutputError
        If there can be none.
    """
    for _ in range(2):
        with contextlib.suppress(sqlite3.Error):
            connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            connection.executescript(tables)
            whole = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            if whole and _has(connection, tables) and as_written(connection):
                return connection
            connection.close()
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        for rest in (f"{path.name}-wal", f"{path.name}-shm"):
            with contextlib.suppress(OSError):
                path.with_name(rest).unlink()
    raise OutputError(f"{path} can't be written to; delete it, or serve another folder.")


def _has(connection: sqlite3.Connection, tables: str) -> bool:
    """Whether the tables there are have the columns that are asked for."""
    with contextlib.closing(sqlite3.connect(":memory:")) as wanted:
        wanted.executescript(tables)
        names = [row[0] for row in wanted.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return all(_columns(wanted, name) == _columns(connection, name) for name in names)


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
