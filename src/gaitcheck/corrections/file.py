"""``corrections.toml`` beside a document: every correction of its clips, in the order in which they were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import tomli_w
from pydantic import Field, ValidationError, model_validator

from gaitcheck.checked import Checked, plain_file, toml_of
from gaitcheck.corrections.definition import AnyCorrection, Correction, kinds
from gaitcheck.errors import InputError, UsageError
from gaitcheck.seal import open_toml, seal_toml

CORRECTIONS = "corrections.toml"
LARGEST_BYTES = 1_000_000
MOST = 1_000


class Corrections(Checked):
    """Corrections of one visit's clips."""

    correction: Annotated[tuple[AnyCorrection, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _sides_first(self) -> Corrections:
        for k, one in enumerate(self.correction):
            earlier = (other for other in self.correction[:k] if other.clip == one.clip)
            if one.renames_sides and any(other.names_a_side for other in earlier):
                raise ValueError(
                    f"correction {k + 1} ({one.what}) changes which side is left; it must come before those that name "
                    "a side, so take these back first"
                )
        return self

    def of(self, clip: str) -> tuple[Correction, ...]:
        """Those of one clip, by its fingerprint."""
        return tuple(one for one in self.correction if one.clip == clip)

    def require_clips(self, clips: Iterable[str], path: Path) -> None:
        """Refuse corrections of other clips than there are.

        Raises
        ------
        InputError
            If a correction was made on another clip.
        """
        strangers = {one.clip for one in self.correction} - set(clips)
        if strangers:
            raise InputError(
                f"{path} was made on another clip ({min(strangers)[:12]}...); corrections hold for the film they were "
                "made on alone, so delete it or move it to where that clip's results are."
            )

    def without(self, number: int) -> Corrections:
        """All but one, counted from 1.

        Raises
        ------
        UsageError
            If there is none of that number, or later ones name sides by what it says.
        """
        if not 1 <= number <= len(self.correction):
            raise UsageError(f"There is no correction {number}; there are {len(self.correction)}.")
        gone = self.correction[number - 1]
        later = [one for one in self.correction[number:] if one.clip == gone.clip]
        if gone.renames_sides and any(one.names_a_side for one in later):
            raise UsageError(
                f"Correction {number} ({gone.what}) settles which side is left, and later ones name a side; take those "
                "back first."
            )
        return Corrections(correction=self.correction[: number - 1] + self.correction[number:])

    def to_toml(self) -> str:
        """The file's text."""
        return seal_toml(tomli_w.dumps(self.model_dump(exclude_none=True)))


def refused(error: ValidationError, name: str) -> InputError:
    """The first thing that is wrong with corrections, in one sentence."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "correction")
    words = str(first.get("ctx", {}).get("error", first["msg"]))
    said = words[:1].lower() + words[1:]
    return InputError(f"{name}: {f'{place}: ' if place else ''}{said}; mend it or delete the file.")


def parse(text: bytes, name: str) -> list[Mapping[str, Any]]:
    """The tables of a file of corrections, which may leave out who, when and which clip.

    Raises
    ------
    InputError
        If it is too large or no such file.
    """
    if len(text) > LARGEST_BYTES:
        raise InputError(f"{name} is larger than 1 MB; shorten it.")
    try:
        table = toml_of(open_toml(text.decode("utf-8-sig"), name))
    except ValueError as error:
        raise InputError(f"{name} is no TOML file that can be read; mend it or delete it.") from error
    rows = table.get("correction", [])
    unknown = sorted(set(table) - {"correction"})
    if unknown or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{name}: corrections stand below [[correction]], one each; mend it or delete the file.")
    return rows


def read_tables(path: Path) -> list[Mapping[str, Any]]:
    """The tables of a file of corrections, wherever it is.

    Raises
    ------
    InputError
        If it can't be read.
    """
    try:
        with plain_file(path).open("rb") as stream:
            return parse(stream.read(LARGEST_BYTES + 1), path.name)
    except OSError as error:
        raise InputError(
            f"{path} can't be read ({error.strerror}); name the file that holds the corrections."
        ) from error


def validated(rows: Iterable[Mapping[str, Any]], name: str) -> Corrections:
    """Corrections of tables that are complete.

    Raises
    ------
    InputError
        Saying the first thing that is wrong.
    """
    try:
        return Corrections.model_validate({"correction": list(rows)})
    except ValidationError as error:
        raise refused(error, name) from error


def completed(
    rows: Iterable[Mapping[str, Any]],
    by: str,
    now: dt.datetime,
    clips: list[tuple[str, str]],
    name: str,
    found: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Corrections:
    """Corrections of which some leave out who, when or which clip.

    Parameters
    ----------
    clips
        Name and fingerprint of each clip; a correction may name either, or neither where there is but one clip.
    found
        By fingerprint and kind, what was read before, for corrections that don't say; ``sides`` tells whether the film
        was read in a mirror.

    Raises
    ------
    InputError
        If one can't be right.
    """
    known = dict(clips)
    usual = {"by": by, "on": now} | ({"clip": clips[0][1]} if len(clips) == 1 else {})
    told = [{**usual, **row} for row in rows]
    told = [{**row, "clip": known.get(str(row["clip"]), row["clip"])} if "clip" in row else row for row in told]
    return validated(_with_what_was(told, found), name)


def _with_what_was(rows: list[dict[str, Any]], found: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Corrections that say what was read before them, and whether their sides are those of a film in a mirror."""
    mirrored = {clip: bool(read.get("sides", False)) for clip, read in found.items()}
    told = []
    for row in rows:
        clip, what = str(row.get("clip")), str(row.get("what"))
        kind, read = kinds().get(what), found.get(clip, {})
        before = {"before": read[what]} if what in read and row.get("before") is None else {}
        which = {"mirrored": mirrored[clip]} if kind is not None and kind.names_a_side and clip in mirrored else {}
        told.append({**which, **row, **before})
        if what == "mirrored" and clip in mirrored:
            mirrored[clip] = row.get("after") is True
    return told


def read_corrections(folder: Path) -> Corrections:
    """The corrections of a results folder; none where it has no file of them.

    Raises
    ------
    InputError
        If the file can't be read.
    """
    path = folder / CORRECTIONS
    if not path.is_file():
        return Corrections()
    return validated(read_tables(path), path.name)
