"""One athlete's data, whole: taken along in an archive, or deleted from a club's folder.

An athlete's data are the folders below ``athletes/`` that hold visits of that name in any spelling, with whatever is
in them: results that can't be read any more, what a killed run left, the progress report; and the lines about them in
the last run, the index, the board and the key.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
from pathlib import Path

from gaitcheck.analysis.store import DOCUMENT, write_whole
from gaitcheck.board.index import open_index
from gaitcheck.board.write import write_board
from gaitcheck.checked import text_of
from gaitcheck.errors import InputError, OutputError, UsageError
from gaitcheck.fleet.batch import ATHLETES, LAST_RUN, locked, tidy
from gaitcheck.fleet.pseudonyms import Pseudonyms
from gaitcheck.fleet.roster import folder_name, same_name
from gaitcheck.wording import load_wording

BOARDS = ("board.html", "board.pdf", "board.csv")


def _check_club(root: Path) -> None:
    """Only a club's own folder: in any other, what lies beside results is somebody else's."""
    if not (root / ATHLETES).is_dir() or (root / DOCUMENT).exists():
        raise UsageError(load_wording().board["refused"]["no_club"].format(path=root))


def _spelled(athlete: str, key: Pseudonyms | None) -> str:
    """A name as results hold it: its pseudonym where a key knows one."""
    if key is None:
        return athlete
    by_name = {same_name(name): pseudonym for pseudonym, name in key.names().items()}
    return by_name.get(same_name(athlete), athlete)


def _failures(root: Path) -> list[dict[str, object]]:
    """The lines of the last run about who could not be analysed."""
    try:
        rows = json.loads(text_of(root / LAST_RUN))["failed"]
        return [row for row in rows if isinstance(row, dict) and isinstance(row.get("athlete"), str)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _is(row: dict[str, object], name: str) -> bool:
    return same_name(str(row["athlete"])) == same_name(name)


def _homes(root: Path, name: str) -> tuple[list[Path], int]:
    """The folders that hold an athlete's visits and nobody else's, and how many visits can be read in them.

    Raises
    ------
    InputError
        If nothing is known of such an athlete.
    """
    with open_index(root) as index:
        known = index.refresh()
    own = [v for visits in known.visits.values() for v in visits if same_name(v.athlete) == same_name(name)]
    others = [v for visits in known.visits.values() for v in visits if same_name(v.athlete) != same_name(name)]
    taken = {(root / visit.folder).parent for visit in others}
    folders = [root / visit.folder for visit in own]
    homes = {f if f.parent in taken or f.parent.parent != root / ATHLETES else f.parent for f in folders}
    for item in (root / ATHLETES).iterdir():
        if same_name(item.name) == same_name(folder_name(name)) and item not in taken:
            homes.add(item)
    if not homes and not any(_is(row, name) for row in _failures(root)):
        listed = ", ".join(sorted(known.visits)[:8]) or "nobody's"
        raise InputError(load_wording().board["refused"]["no_athlete"].format(path=root, athlete=name, known=listed))
    return sorted(homes), len(own)


def archive_athlete(root: Path, athlete: str, out: Path, key: Pseudonyms | None = None) -> Path:
    """Everything that is kept of an athlete, as a zip archive.

    Raises
    ------
    UsageError
        If ``root`` is no club's folder, or the archive's name can't be one, is taken or lies in it.
    InputError
        If there is no such athlete, or the archive can't be written.
    """
    _check_club(root)
    if out.suffix.lower() != ".zip" or out.exists():
        raise UsageError(f"{out} must be a new file that ends in .zip.")
    if out.resolve().is_relative_to(root.resolve()):
        raise UsageError(load_wording().board["refused"]["inside_club"].format(path=root))
    name = _spelled(athlete, key)
    homes, _ = _homes(root, name)
    part = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            for home in homes:
                for item in sorted(home.rglob("*")):
                    if item.is_file() and not item.is_symlink():
                        archive.write(item, item.relative_to(root).as_posix())
            failures = [row for row in _failures(root) if _is(row, name)]
            if failures:
                archive.writestr(LAST_RUN, json.dumps(failures, indent=1, ensure_ascii=False) + "\n")
        part.replace(out)
    except OSError as error:
        raise OutputError(f"{out} can't be written ({error.strerror}); choose another place.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return out


def forget_athlete(root: Path, athlete: str, key: Pseudonyms | None = None) -> int:
    """Delete everything kept of an athlete; how many visits that could be read went.

    The clips themselves, which lie where the roster has them, are not touched.

    Raises
    ------
    UsageError
        If ``root`` is no club's folder.
    InputError
        If there is no such athlete, or something can't be deleted.
    """
    _check_club(root)
    name = _spelled(athlete, key)
    with locked(root):
        tidy(root)
        homes, visits = _homes(root, name)
        for board in BOARDS:
            (root / board).unlink(missing_ok=True)  # first, since who is killed below names nobody who is gone
        for home in homes:
            try:
                shutil.rmtree(home)
            except OSError as error:
                raise OutputError(f"{home} can't be deleted ({error.strerror}); check its permissions.") from error
        (root / f"progress {folder_name(name)}.pdf").unlink(missing_ok=True)
        left = [row for row in _failures(root) if not _is(row, name)]
        if (root / LAST_RUN).exists():
            table = {"failed": left, "visits": len(left)}
            text = json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
            write_whole(root / LAST_RUN, text)
        if key is not None:
            key.forget(name)
        with open_index(root) as index:
            known = index.refresh()
            index.compact()
    if known.visits or known.faults or left:
        write_board(root)
    return visits
