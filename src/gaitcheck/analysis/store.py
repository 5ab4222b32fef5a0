"""Results on disk: whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from gaitcheck.analysis.document import SCHEMA_VERSION, Analysis
from gaitcheck.analysis.migrations import OLDEST, migrate
from gaitcheck.checked import text_of
from gaitcheck.clock import EARLIEST_FILMED
from gaitcheck.errors import GaitcheckError, InputError, OutputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.seal import sha256_of

DOCUMENT = "analysis.json"
LEADING_STILL = "leading.svg"
"""The still of what leads, legs alone, for boards."""
CHECKSUMS = "checksums.txt"
"""Sha256 of every file of a results folder, as ``sha256sum -c`` reads them."""
OURS = re.compile(
    r"(checksums\.txt|report\.(pdf|html)|share\.(png|mp4)|leading\.svg|analysis\.json|(overlay|proxy|first)(_\d+)?\.mp4)"
)
"""What an analysis writes besides its exports. Everything else in its folder is somebody else's and survives."""


LARGEST = 1e6
"""No value of a runner is larger, in any unit."""
LONGEST_REASON = 80
AT_THE_PATH, EXCHANGE = -100, 2
"""Linux's AT_FDCWD and RENAME_EXCHANGE."""
LEFT_BEHIND = re.compile(r"\.(?P<name>.+)\.(?P<kind>part|old)-[A-Za-z0-9_]{8}")
"""Folders of a change that never ended: half-made (part), or moved out of the way (old)."""


def numbered(stem: str, suffix: str, clip: int) -> str:
    """A clip's file in a results folder: ``proxy.mp4`` for the first clip, ``proxy_2.mp4`` for the second."""
    return f"{stem}{suffix}" if clip == 0 else f"{stem}_{clip + 1}{suffix}"


@dataclass(frozen=True)
class Kind:
    """What a folder is recognised by, and which of its files are replaced."""

    marker: str
    ours: re.Pattern[str]


RESULTS = Kind(DOCUMENT, OURS)


def check_target(out: Path, kind: Kind = RESULTS) -> None:
    """Refuse a folder that holds something else than an earlier analysis, or what else ``kind`` says.

    Raises
    ------
    UsageError
        If ``out`` is a file or a folder with other things in it.
    """
    try:
        str(out.absolute()).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError("The folder for --out has a name that is not UTF-8; name another.") from error
    if out.is_symlink() and not out.exists():
        raise UsageError(f"{out} is a link to a place that is not there; name a folder for --out.")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / kind.marker).exists():
        raise UsageError(f"{out} holds other files; name a new or empty folder for --out.")


def _scratch_is_fuller(out: Path) -> bool:
    """Whether temporary files lie on another disk than results will, and that one has less room."""
    with contextlib.suppress(OSError):
        scratch, place = Path(tempfile.gettempdir()), next(parent for parent in out.parents if parent.is_dir())
        apart = scratch.stat().st_dev != place.stat().st_dev
        return apart and shutil.disk_usage(scratch).free < shutil.disk_usage(place).free
    return False


@contextlib.contextmanager
def staging(out: Path, kind: Kind = RESULTS) -> Iterator[Path]:
    """A folder beside ``out`` that becomes ``out`` in one rename, or vanishes.

    Raises
    ------
    OutputError
        If the place can't be written to, or the disk is full.
    """
    check_target(out, kind)
    out = out.resolve()
    if out.is_dir() and not os.access(out, os.W_OK):
        raise OutputError(f"{out} may not be written to; choose another --out or change its permissions.")
    folder: Path | None = None
    missing = [parent for parent in out.parents if not parent.exists()]
    try:
        with _alone(out) as alone:
            out.parent.mkdir(parents=True, exist_ok=True)
            if alone:
                recover(out.parent, out.name)
            folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.part-", dir=out.parent))
            yield folder
            if kind.marker == DOCUMENT:
                _write_checksums(folder, kind)
            _keep_others(out, folder, kind)
            _sync(folder)
            _swap(folder, out)
    except OSError as error:
        if error.errno == errno.ENOSPC and _scratch_is_fuller(out):
            raise OutputError(
                f"The disk for temporary files is full; free some space in {tempfile.gettempdir()}, or set TMPDIR to a "
                "folder elsewhere."
            ) from error
        reason = error.strerror or str(error)
        raise OutputError(
            f"The results can't be written to {out} ({reason}); choose another --out or free some space."
        ) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        for parent in missing:
            with contextlib.suppress(OSError):
                parent.rmdir()  # takes nothing but an empty folder


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[bool]:
    """A results folder for one piece of work at a time on this machine; the lock goes with its process.

    Whether that is sure is told: a machine without a place for locks has to do without.

    Raises
    ------
    OutputError
        If somebody else is at work on it.
    """
    name = hashlib.sha256(os.fsencode(out)).hexdigest()[:24]
    owner = os.getuid() if hasattr(os, "getuid") else 0
    try:
        lock = sqlite3.connect(Path(tempfile.gettempdir()) / f"gaitcheck-{owner}-{name}.lock", timeout=0)
    except sqlite3.Error:
        yield False
        return
    held = True
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            held = False
            if "locked" in str(error):
                raise OutputError(
                    f"Another gaitcheck is writing to {out}; wait for it, or name another folder for --out."
                ) from error
        yield held
    finally:
        lock.close()


def recover(parent: Path, name: str | None = None) -> None:
    """Tidy up what a killed analysis left in ``parent``: an earlier folder is put back, half-made ones go.

    Only what names itself as ours is touched, and only where nobody is at work.

    Parameters
    ----------
    name
        Only what belongs to the folder of this name.
    """
    for item in parent.glob(".*"):
        match = LEFT_BEHIND.fullmatch(item.name)
        if match is None or name not in (None, match["name"]) or not item.is_dir() or item.is_symlink():
            continue
        if match["kind"] == "old" and not (item / DOCUMENT).exists():
            continue
        if match["kind"] == "old" and not (parent / match["name"]).exists():
            item.rename(parent / match["name"])
        else:
            shutil.rmtree(item, ignore_errors=True)


def _keep_others(old: Path, new: Path, kind: Kind) -> None:
    """Carry over what is in the old folder and was not made by an analysis."""
    if not old.is_dir():
        return
    for item in old.iterdir():
        target = new / item.name
        if kind.ours.fullmatch(item.name) or target.exists():
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.copytree(item, target, symlinks=True)
        else:
            shutil.copy2(item, target, follow_symlinks=False)


def check_file_target(path: Path, *, replace: bool) -> None:
    """Refuse a file that can't be written, before any work is done.

    Raises
    ------
    UsageError
        If something is there already and may not be replaced, or it can't be a file.
    OutputError
        If its folder is missing or can't be written to.
    """
    try:
        if path.is_dir() or not path.name:
            raise UsageError(f"{path} is a folder; name a file.")
        if path.exists() and (not replace or not path.is_file()):
            raise UsageError(f"{path} is there already; name another file or add --replace.")
        if not os.access(path.absolute().parent, os.W_OK):
            raise OutputError(f"{path.absolute().parent} can't be written to; choose another place.")
    except OSError as error:
        raise UsageError(f"{path} can't be a file ({error.strerror}); name another.") from error


def write_whole(path: Path, content: str | bytes, *, new: bool = False, mode: int = 0o644) -> None:
    """Write a small file whole or not at all; text as UTF-8 with plain newlines.

    Parameters
    ----------
    new
        Refuse to replace a file that is there, even one that came in between.
    mode
        Who may read it.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.absolute().parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(mode)
        if new:
            os.link(part, path)
        else:
            part.replace(path)
    except FileExistsError as error:
        raise OutputError(f"{path.name} has just been written by someone else; run it again.") from error
    except OSError as error:
        raise OutputError(f"{path} can't be written ({error.strerror}); choose another place.") from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()


def write_with(path: Path, write: Callable[[Path], None]) -> None:
    """Have a library write a file, whole or not at all.

    Raises
    ------
    OutputError
        If it can't be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name[:40]}.", dir=path.absolute().parent) as place:
            part = Path(place) / path.name
            write(part)
            part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} can't be written ({error.strerror}); choose another place.") from error


def _write_checksums(folder: Path, kind: Kind) -> None:
    lines = [
        f"{sha256_of(item)}  {item.name}\n"
        for item in sorted(folder.iterdir())
        if item.is_file() and kind.ours.fullmatch(item.name) and item.name != CHECKSUMS
    ]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def require_intact(folder: Path, *names: str) -> None:
    """Refuse files of a results folder that are not as they were written; a folder without checksums is believed.

    Raises
    ------
    InputError
        Naming the first that was damaged or changed, or if the checksums are there and can't be read.
    """
    try:
        text = text_of(folder / CHECKSUMS)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno != errno.EFBIG:
            raise InputError(
                f"{folder / CHECKSUMS} can't be read ({error.strerror}); check its permissions."
            ) from error
        raise InputError(f"{folder / CHECKSUMS} is damaged; run gaitcheck analyze again, or delete it.") from error
    told = {name: digest for digest, _, name in (line.partition("  ") for line in text.splitlines())}
    for name in names:
        path = folder / name
        if path.is_file() and name in told and sha256_of(path) != told[name]:
            raise InputError(
                f"{path} is damaged or was changed after it was written; run gaitcheck analyze again, or, if you "
                f"changed it, delete {CHECKSUMS}."
            )


def _sync(folder: Path) -> None:
    for item in folder.iterdir():
        if item.is_file() and not item.is_symlink():
            with item.open("rb") as stream:
                os.fsync(stream.fileno())


def _umask() -> int:
    """What this user takes away from new files' permissions."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, so that no moment is without either; False where this system can't."""
    if sys.platform != "linux":
        return False
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    told = exchange(AT_THE_PATH, os.fsencode(one), AT_THE_PATH, os.fsencode(other), ctypes.c_uint(EXCHANGE))
    return bool(told == 0)


def _swap(folder: Path, out: Path) -> None:
    if not out.exists():
        folder.chmod(0o777 & ~_umask())
        folder.rename(out)
        return
    folder.chmod(out.stat().st_mode & 0o777)
    if _exchanged(folder, out):
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
        If it is missing, truncated, of a schema that can't be read, or not a document.
    """
    try:
        path = Path(folder) / DOCUMENT if Path(folder).is_dir() else Path(folder)
        if not path.is_file():
            raise FileNotFoundError(path)
        require_intact(path.parent, path.name)
        text = text_of(path)
        table = json.loads(text)
        schema = table.get("schema_version")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{folder} can't be read; name a folder that gaitcheck analyze has written.") from error
    except (ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is damaged or not a gaitcheck document; run gaitcheck analyze again.") from error
    if type(schema) is not int or not OLDEST <= schema <= SCHEMA_VERSION:
        newest = " or update gaitcheck" if type(schema) is int and schema > SCHEMA_VERSION else ""
        raise InputError(
            f"{path} has schema {schema}, this gaitcheck reads {OLDEST} to {SCHEMA_VERSION}; analyse again{newest}."
        )
    try:
        analysis = Analysis.model_validate_json(text) if schema == SCHEMA_VERSION else migrate(table)
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path} is damaged or not a gaitcheck document; run gaitcheck analyze again.") from error
    except InputError as error:
        raise InputError(f"{path} is of an older gaitcheck. {error}") from error
    check_names(analysis, path)
    if not holds_together(analysis):
        raise InputError(f"{path} is damaged or not a gaitcheck document; run gaitcheck analyze again.")
    return analysis


@contextlib.contextmanager
def telling(folder: Path) -> Iterator[None]:
    """While a kept document is put into words: what it holds may be checked by its type and still have none.

    Raises
    ------
    InputError
        Instead of what a code without a sentence, a day that is none, or a value that belongs nowhere ends in.
    """
    try:
        yield
    except GaitcheckError:
        raise
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, AssertionError) as error:
        what = str(error).partition("\n")[0][:LONGEST_REASON] or type(error).__name__
        raise InputError(
            f"{folder} holds what this gaitcheck has no words for ({what}); run gaitcheck analyze again."
        ) from error


def holds_together(analysis: Analysis) -> bool:
    """Whether a document's parts fit each other: clips that are there, values in their intervals, a day that was."""
    clips = range(len(analysis.clips))
    places = [m.clip for m in analysis.metrics if m.clip is not None]
    places += [item.clip for group in (analysis.quality, analysis.symmetry, analysis.stances) for item in group]
    ordered = all(
        m.interval is not None and -LARGEST <= m.interval.low <= m.interval.value <= m.interval.high <= LARGEST
        for m in analysis.metrics
        if m.value is not None
    )
    days = (analysis.day, analysis.provenance.analysed_on)
    seen = all(EARLIEST_FILMED <= day <= dt.date.today() + dt.timedelta(days=1) for day in days)
    return bool(clips) and all(place in clips for place in places) and ordered and seen


def check_names(analysis: Analysis, path: Path) -> None:
    """Refuse a document that names what this version's evidence does not hold.

    Raises
    ------
    InputError
        Naming the first of them.
    """
    evidence, plan = load_evidence(), analysis.plan
    named: list[tuple[str, Container[str]]] = [
        *((f.risk_factor, evidence.risk_factors) for f in analysis.findings),
        *((f.name, evidence.risk_factors) for f in analysis.risk_factors),
        *((m.norm, evidence.norms) for m in analysis.metrics if m.norm is not None),
        *((e.name, evidence.exercises) for e in plan.exercises),
        *((name, evidence.drills) for name in plan.options),
        *((name, evidence.treatments) for name in plan.treatments),
        *((name, evidence.statements) for name in plan.statements),
        *((flag.name, evidence.red_flags) for flag in analysis.situation.flags),
        *((t.name, evidence.home_tests) for t in analysis.home_tests),
        *((c.name, evidence.causes) for c in analysis.causes),
    ]
    if plan.retraining is not None:
        named += [(name, evidence.drills) for name in (plan.retraining.drill, *plan.retraining.reserves)]
    unknown = [name for name, table in named if name not in table]
    rungs = [rung.name for rung in evidence.ladder.rungs]
    rest = plan.relative_rest
    if rest is not None and (not 0 <= rest.rung < len(rungs) or rest.rung_name != rungs[rest.rung]):
        unknown.append(rest.rung_name)
    if unknown:
        raise InputError(f"{path} names {unknown[0]!r}, which this gaitcheck does not know; analyse again.")
