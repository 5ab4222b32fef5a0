"""Where a club's page keeps things: visits as a batch does, films beside them, and its own state out of sight."""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from gaitcheck.analysis.store import DOCUMENT, OURS
from gaitcheck.errors import OutputError
from gaitcheck.fleet.batch import ATHLETES, check_club

SERVED = re.compile(
    OURS.pattern
    + r"|landmarks\.parquet|strides\.csv|checkin_\d+\.(json|pdf)|corrections\.toml|review\.toml|compare\.(html|pdf)"
    + r"|(old|new)_\d+\.mp4|progress\.pdf"
)
"""Files of a results folder that a browser may ask for."""


LONGEST_NAME = 200
"""No folder that gaitcheck makes has a longer name."""


def _plain(name: str) -> bool:
    """Whether a name names something in a folder, and nothing else."""
    return name not in ("", ".", "..") and len(name) <= LONGEST_NAME and not re.search(r"[\x00/\\]", name)


@dataclass(frozen=True)
class Home:
    """One club's folder."""

    root: Path

    @property
    def athletes(self) -> Path:
        """Visits: NAME/DAY below it."""
        return self.root / ATHLETES

    @property
    def films(self) -> Path:
        """Films that were handed in, a folder a draft."""
        return self.root / "films"

    @property
    def state(self) -> Path:
        """Jobs, sessions, and which server is at work."""
        return self.root / ".gaitcheck"

    def athlete(self, name: str) -> Path | None:
        """Somebody's folder by its name, or None where there is none; nothing else can be named so."""
        if not _plain(name):
            return None
        folder = self.athletes / name
        with contextlib.suppress(OSError):
            return folder if folder.is_dir() and folder.resolve().parent == self.athletes.resolve() else None
        return None

    def visit(self, athlete: str, day: str) -> Path | None:
        """A visit's folder by its two names, or None where there is none; nothing else can be named so."""
        home = self.athlete(athlete)
        if home is None or not _plain(day):
            return None
        folder = home / day
        inside = folder.resolve().is_relative_to(self.athletes.resolve())
        return folder if inside and (folder / DOCUMENT).is_file() else None

    def visits(self, athlete: Path) -> list[Path]:
        """The visits in somebody's folder, oldest first."""
        return [item for item in sorted(athlete.iterdir()) if (item / DOCUMENT).is_file()]

    def file(self, folder: Path, name: str) -> Path | None:
        """A file of a results folder that may be shown, or None."""
        path = folder / name
        return path if SERVED.fullmatch(name) and path.is_file() and not path.is_symlink() else None

    def free_bytes(self) -> int:
        """What the disk still takes."""
        return shutil.disk_usage(self.root).free


def open_home(root: Path) -> Home:
    """A club's folder, made where it is missing.

    Raises
    ------
    UsageError
        If it holds other things.
    OutputError
        If it can't be written to.
    """
    check_club(root)
    home = Home(root.resolve())
    try:
        for folder in (home.athletes, home.films, home.state):
            folder.mkdir(parents=True, exist_ok=True)
        home.state.chmod(0o700)
    except OSError as error:
        raise OutputError(f"{root} can't be written to ({error.strerror}); choose another folder.") from error
    return home
