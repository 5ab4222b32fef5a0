"""Results on disk: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from gaitcheck.analysis.document import SCHEMA_VERSION, Analysis
from gaitcheck.errors import InputError, OutputError, UsageError

DOCUMENT = "analysis.json"
KEPT = ("checkin_*.json", "checkin_*.pdf")
"""What others put beside an analysis; it survives a new one in the same folder."""


def numbered(stem: str, suffix: str, clip: int) -> str:
    """A clip's file in a results folder: ``proxy.mp4`` for the first clip, ``proxy_2.mp4`` for the second."""
    return f"{stem}{suffix}" if clip == 0 else f"{stem}_{clip + 1}{suffix}"


def check_target(out: Path) -> None:
    """Refuse a folder that holds something else than an earlier analysis.

    Raises
    ------
    UsageError
        If ``out`` is a file or a folder with other things in it.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / DOCUMENT).exists():
        raise UsageError(f"{out} holds other files; name a new or empty folder for --out.")


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` that becomes ``out`` in one rename, or vanishes.

    Raises
    ------
    OutputError
        If the place can't be written to, or the disk is full.
    """
    check_target(out)
    out = out.absolute()
    folder: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.part-", dir=out.parent))
        yield folder
        for pattern in KEPT:
            for item in out.glob(pattern):
                shutil.copy2(item, folder / item.name)
        _sync(folder)
        _swap(folder, out)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"The results can't be written to {out} ({reason}); choose another --out or free some space."
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a small file whole or not at all; text as UTF-8 with plain newlines.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise OutputError(f"{path} can't be written ({error.strerror}); choose another place.") from error


def _sync(folder: Path) -> None:
    for item in folder.iterdir():
        with item.open("rb") as stream:
            os.fsync(stream.fileno())


def _swap(folder: Path, out: Path) -> None:
    folder.chmod(0o755)
    if not out.exists():
        folder.rename(out)
        return
    old = out.with_name(f".{out.name}.old-{folder.name[-8:]}")
    out.rename(old)
    try:
        folder.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def load(folder: Path | str) -> Analysis:
    """Read a results folder's document.

    Raises
    ------
    InputError
        If it is missing, truncated, of another schema, or not a document.
    """
    path = Path(folder) / DOCUMENT if Path(folder).is_dir() else Path(folder)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read; name a folder that gaitcheck analyze has written.") from error
    try:
        analysis = Analysis.model_validate_json(text)
    except ValidationError as error:
        raise InputError(
            f"{path} is damaged or not a gaitcheck document ({error.error_count()} faults); "
            "run gaitcheck analyze again."
        ) from error
    if analysis.schema_version != SCHEMA_VERSION:
        raise InputError(
            f"{path} has schema {analysis.schema_version}, this gaitcheck reads {SCHEMA_VERSION}; analyse again."
        )
    return analysis
