"""One athlete's data, whole: taken along in an archive, or deleted from a club's folder."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from gaitcheck.analysis.store import write_whole
from gaitcheck.coach.batch import LAST_RUN, alone
from gaitcheck.coach.board import write_board
from gaitcheck.coach.index import open_index
from gaitcheck.coach.pseudonyms import Pseudonyms
from gaitcheck.coach.roster import same_name
from gaitcheck.errors import InputError, OutputError, UsageError
from gaitcheck.wording import load_wording


def _folders(root: Path, athlete: str) -> tuple[str, list[Path]]:
    """An athlete's name as the documents spell it, and every results folder of theirs."""
    with open_index(root) as index:
        known = index.refresh()
    for name, visits in known.visits.items():
        if same_name(name) == same_name(athlete):
            return name, [root / visit.folder for visit in visits]
    words = load_wording().board["refused"]
    listed = ", ".join(sorted(known.visits)[:8])
    raise InputError(words["no_athlete"].format(path=root, athlete=athlete, known=listed))


def _spelled(athlete: str, key: Pseudonyms | None) -> str:
    """A name as results hold it: its pseudonym where a key knows one."""
    if key is None:
        return athlete
    by_name = {same_name(name): pseudonym for pseudonym, name in key.names().items()}
    return by_name.get(same_name(athlete), athlete)


def export_athlete(root: Path, athlete: str, out: Path, key: Pseudonyms | None = None) -> Path:
    """Everything that is kept of an athlete, as a zip archive with an index of what it holds.

    Raises
    ------
    UsageError
        If the archive's name can't be one or is taken.
    InputError
        If there is no such athlete, or the archive can't be written.
    """
    if out.suffix.lower() != ".zip" or out.exists():
        raise UsageError(f"{out} must be a new file that ends in .zip.")
    _, folders = _folders(root, _spelled(athlete, key))
    part = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for folder in folders:
                for item in sorted(folder.rglob("*")):
                    if item.is_file() and not item.is_symlink():
                        archive.write(item, item.relative_to(root).as_posix())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{out} can't be written ({error.strerror}); choose another place.") from error
    return out


def forget_athlete(root: Path, athlete: str, key: Pseudonyms | None = None) -> int:
    """Delete every results folder of an athlete, take them off index, board and key; how many visits went.

    The clips themselves, which lie where the roster has them, are not touched.

    Raises
    ------
    InputError
        If there is no such athlete, or something can't be deleted.
    """
    with alone(root):
        name, folders = _folders(root, _spelled(athlete, key))
        try:
            for folder in folders:
                shutil.rmtree(folder)
                _prune(folder.parent, root)
        except OSError as error:
            raise OutputError(f"{folder} can't be deleted ({error.strerror}); check its permissions.") from error
        _forget_failures(root, {name, athlete})
        if key is not None:
            key.forget(name)
        with open_index(root) as index:
            left = index.refresh()
            index.compact()
    if left.visits or left.faults:
        write_board(root)
    else:
        for board in ("board.html", "board.pdf", "board.csv"):
            (root / board).unlink(missing_ok=True)
    return len(folders)


def _prune(folder: Path, root: Path) -> None:
    """Remove an athlete's own folder once nothing but our progress file is in it."""
    progress = folder / "progress.pdf"
    if folder != root and folder.parent != root and progress.exists():
        progress.unlink()
    if folder != root and not any(folder.iterdir()):
        folder.rmdir()


def _forget_failures(root: Path, names: set[str]) -> None:
    """Take somebody out of what the last run says."""
    path = root / LAST_RUN
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        same = {same_name(name) for name in names}
        table["failed"] = [row for row in table["failed"] if same_name(row["athlete"]) not in same]
    except (OSError, ValueError, KeyError, TypeError):
        return
    write_whole(path, json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
