"""Films handed in and what was told of them, before they are analysed: a folder a draft."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import threading
import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from gaitcheck.analysis.store import write_whole
from gaitcheck.app.home import Home
from gaitcheck.checked import Checked, Words
from gaitcheck.errors import ClipError, InputError
from gaitcheck.fleet.roster import CLIP_SUFFIXES, VIEW_WORD, Entry, same_name
from gaitcheck.interview import as_toml
from gaitcheck.request import refusal
from gaitcheck.seal import open_json, seal_json
from gaitcheck.video.limits import LARGEST_FILE_BYTES
from gaitcheck.video.probe import printable

NAMED = re.compile(r"[A-Za-z0-9_-]{12}")
MOST_CLIPS = 200
MOST_OF_ONE = 6
"""Clips of one athlete's visit."""
KEEP_FREE_BYTES = 500_000_000
"""Nothing is taken in that would leave less on the disk."""
LARGEST_DRAFT_BYTES = 2_000_000
GONE = "This was thrown away meanwhile; begin again."
IDLE_S = 14 * 86_400.0
"""A draft that nobody touched for so long is thrown away with its films."""


class HandedIn(Checked):
    """One film: its number in the draft, the name it came with, where it lies, its size, and whose it is."""

    number: int
    name: str
    file: str
    bytes: int
    athlete: Words = ""
    day: str = ""


class Draft(Checked):
    """What is to be analysed, as far as it was told."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{12}$")]
    clips: tuple[HandedIn, ...] = ()
    setup: dict[str, Any] = Field(default_factory=dict)
    athlete: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    looks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    shoes: Words = ""
    blur_faces: bool = False
    job: str = ""


class Drafts:
    """All drafts of a club."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.RLock()

    def change(self, name: str, **fields: Any) -> Draft:
        """A draft with other fields, kept.

        Raises
        ------
        InputError
            If it is not there any more, or a field can't be so.
        """
        with self._lock:
            draft = self.get(name)
            if draft is None:
                raise InputError(GONE)
            try:
                return self.save(Draft.model_validate({**draft.model_dump(), **fields}))
            except ValidationError as error:
                raise refusal(error) from error

    def new(self) -> Draft:
        """An empty draft."""
        draft = Draft(name=secrets.token_urlsafe(9))
        (self._home.films / draft.name).mkdir(parents=True)
        self.save(draft)
        return draft

    def folder(self, draft: Draft) -> Path:
        """Where its films lie."""
        return self._home.films / draft.name

    def get(self, name: str) -> Draft | None:
        """A draft by its name, or None."""
        path = self._home.films / name / "draft.json"
        if not NAMED.fullmatch(name) or not path.is_file() or path.stat().st_size > LARGEST_DRAFT_BYTES:
            return None
        try:
            return Draft.model_validate_json(open_json(path.read_text(encoding="utf-8"), path.name))
        except (OSError, UnicodeDecodeError, ValidationError, InputError):
            return None

    def save(self, draft: Draft) -> Draft:
        """Keep a draft as it is now."""
        write_whole(self.folder(draft) / "draft.json", seal_json(draft.model_dump_json(indent=1)), mode=0o600)
        return draft

    def throw_away(self, draft: Draft) -> None:
        """Delete a draft and its films."""
        shutil.rmtree(self.folder(draft), ignore_errors=True)

    def tidy(self) -> None:
        """Throw away what nobody touched for long, and what an upload that broke off left."""
        for folder in [item for item in self._home.films.iterdir() if item.is_dir() and not item.is_symlink()]:
            draft = self.get(folder.name)
            old = time.time() - folder.stat().st_mtime > IDLE_S
            if NAMED.fullmatch(folder.name) and old and (draft is None or not draft.job):
                shutil.rmtree(folder, ignore_errors=True)
            for part in folder.glob("*.part"):
                with contextlib.suppress(OSError):
                    part.unlink()

    def forget(self, athlete: str) -> None:
        """Delete every film of somebody's, and what was told with it; films of others in the same draft stay."""
        for draft in [self.get(folder.name) for folder in self._home.films.iterdir()]:
            if draft is None:
                continue
            own = [clip.number for clip in draft.clips if same_name(clip.athlete) == same_name(athlete)]
            if same_name(str(draft.athlete.get("name", ""))) == same_name(athlete) or (
                own and len(own) == len(draft.clips)
            ):
                self.throw_away(draft)
            else:
                for number in own:
                    self.drop(draft.name, number)

    def room_for(self, draft: Draft, name: str, size: int | None) -> tuple[Path, str]:
        """Where an upload goes, and what it is called from now on.

        Raises
        ------
        ClipError
            If it is no film by its name, there are too many, it is too large, or the disk too full.
        """
        plain = "".join(c if c.isprintable() else "_" for c in printable(name))
        suffix = Path(plain).suffix.lower()
        shown = f"{plain[: -len(suffix)][:100]}{suffix}" if suffix else plain[:100]
        if suffix not in CLIP_SUFFIXES:
            raise ClipError(
                f"{shown} is no film by its name; choose the clip itself ({', '.join(sorted(CLIP_SUFFIXES))})."
            )
        if len(draft.clips) >= MOST_CLIPS:
            raise ClipError(f"There are {MOST_CLIPS} films here already; analyse these first.")
        if size is not None and size > LARGEST_FILE_BYTES:
            raise ClipError(f"{shown} is larger than 4 GB; trim it to 20-30 s of running.")
        if self._home.free_bytes() - (size or 0) < KEEP_FREE_BYTES:
            raise ClipError(f"The disk is too full for {shown}; free some space.")
        return self.folder(draft) / f"{secrets.token_hex(8)}{suffix}", shown

    def take_in(self, name: str, path: Path, shown: str) -> HandedIn:
        """Write down a film that has come in whole."""
        with self._lock:
            draft = self.get(name)
            if draft is None:
                raise InputError(GONE)
            number = max((clip.number for clip in draft.clips), default=0) + 1
            guess, day = guessed(shown)
            clip = HandedIn(
                number=number, name=shown, file=path.name, bytes=path.stat().st_size, athlete=guess, day=day
            )
            self.save(draft.model_copy(update={"clips": (*draft.clips, clip)}))
            return clip

    def seen(self, name: str, number: int, told: dict[str, Any]) -> None:
        """Keep what a glance at a film showed."""
        with self._lock:
            draft = self.get(name)
            if draft is not None:
                self.save(draft.model_copy(update={"looks": {**draft.looks, str(number): told}}))

    def drop(self, name: str, number: int) -> Draft:
        """Take a film out again.

        Raises
        ------
        InputError
            If the draft is not there any more.
        """
        with self._lock:
            draft = self.get(name)
            if draft is None:
                raise InputError(GONE)
            return self._dropped(draft, number)

    def _dropped(self, draft: Draft, number: int) -> Draft:
        for clip in draft.clips:
            if clip.number == number:
                (self.folder(draft) / clip.file).unlink(missing_ok=True)
        looks = {key: told for key, told in draft.looks.items() if key != str(number)}
        left = tuple(clip for clip in draft.clips if clip.number != number)
        return self.save(draft.model_copy(update={"clips": left, "looks": looks}))

    def path(self, draft: Draft, number: int) -> Path | None:
        """Where a film lies."""
        return next((self.folder(draft) / clip.file for clip in draft.clips if clip.number == number), None)

    def answers_file(self, draft: Draft) -> tuple[Path, ...]:
        """The answers as a file, where any were given."""
        told = {table: given for table, given in draft.answers.items() if given}
        if not told:
            return ()
        path = self.folder(draft) / "answers.toml"
        write_whole(path, as_toml(told), mode=0o600)
        return (path,)

    def entries(self, draft: Draft) -> list[Entry]:
        """Visits to analyse: a draft's films by whose they are and the day."""
        groups: dict[tuple[str, str], list[HandedIn]] = {}
        own = str(draft.athlete.get("name", ""))
        for clip in draft.clips:
            groups.setdefault((own, "") if own else (clip.athlete, clip.day), []).append(clip)
        told = {
            name: value
            for name, value in {**draft.setup, **draft.athlete}.items()
            if name in TOLD and value is not None
        }
        return [
            Entry(
                athlete or "Runner",
                tuple(self.folder(draft) / clip.file for clip in clips),
                intake=self.answers_file(draft) if own else (),
                shown_as=tuple(clip.name for clip in clips),
                day=day or draft.athlete.get("day") or None,
                shoes=draft.shoes,
                group=str(draft.athlete.get("group", "")),
                **told,
            )
            for (athlete, day), clips in groups.items()
        ]


TOLD = (
    "height_cm", "sex", "speed_kmh", "view", "capture_fps", "camera_roll_deg", "mirrored", "runner",
)  # fmt: skip


def guessed(name: str) -> tuple[str, str]:
    """Whose film it may be, and of which day, by its name: ``Ann_rear_2026-11-26.mp4``."""
    stem = Path(name).stem
    day = re.search(r"(20\d{2})[-_]?([01]\d)[-_]?([0-3]\d)", stem)
    rest = stem.replace(day[0], "") if day else stem
    rest = re.sub(r"[ _.-]+$", "", re.sub(r"^[ _.-]+", "", rest))
    match = VIEW_WORD.match(rest)
    guess = re.sub(r"[_.]+", " ", match["name"] if match else rest).strip()
    camera = re.fullmatch(r"(?i)(img|vid|pxl|mov|mvi|dsc|video|clip)?[ -]*\d*", guess)
    return ("" if camera else guess), ("-".join(day.groups()) if day else "")
