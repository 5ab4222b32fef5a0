"""The team's names and what is told of them, in ``team.json``; edited in place, or brought in from a table."""

from __future__ import annotations

import json
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints, ValidationError

from gaitcheck.analysis.store import write_whole
from gaitcheck.app.home import Home
from gaitcheck.board.index import Known
from gaitcheck.checked import Checked, Height, Sex, Speed, Words, text_of
from gaitcheck.errors import InputError, UsageError
from gaitcheck.fleet.roster import SEXES, folder_name, same_name
from gaitcheck.fleet.tables import read_table
from gaitcheck.interview import parse_number
from gaitcheck.request import refusal
from gaitcheck.seal import open_json, seal_json

TEAM = "team.json"
MOST = 5_000


class Kept(Checked):
    """What is known of somebody."""

    name: Annotated[Words, StringConstraints(pattern=r"\S")]
    group: Words = ""
    height_cm: Height = None
    sex: Sex | None = None
    speed_kmh: Speed = None


@dataclass(frozen=True)
class Member:
    """Somebody of the team, with the visits there are, oldest first, as (day, folder)."""

    kept: Kept
    visits: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """As it is spelled."""
        return self.kept.name

    @property
    def folder(self) -> str:
        """Of the visits."""
        return self.visits[-1][1].split("/")[-2] if self.visits else folder_name(self.kept.name)

    @property
    def told(self) -> dict[str, Any]:
        """What a visit is told of its athlete."""
        return {
            key: value for key, value in self.kept.model_dump().items() if key != "name" and value not in (None, "")
        }


_WRITING = threading.RLock()
"""One change of a team at a time, whoever asks for it."""


class Members:
    """The team of a club."""

    def __init__(self, home: Home) -> None:
        self._path = home.root / TEAM

    def _read(self) -> list[Kept]:
        try:
            return [
                Kept.model_validate(row)
                for row in json.loads(open_json(text_of(self._path), self._path.name))["team"][:MOST]
            ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(f"{self._path.name} is damaged; put back a copy of it, or delete it.") from error

    def _write(self, team: list[Kept]) -> None:
        if len(team) > MOST:
            raise InputError(f"A team has at most {MOST} names.")
        rows = [one.model_dump() for one in sorted(team, key=lambda one: same_name(one.name))]
        write_whole(self._path, seal_json(json.dumps({"team": rows}, indent=1, ensure_ascii=False) + "\n"), mode=0o600)

    def all(self, known: Known) -> list[Member]:
        """Everybody who was told, or has visits, by name."""
        kept = {same_name(one.name): one for one in self._read()}
        visits = {}
        for name, own in known.visits.items():
            kept.setdefault(same_name(name), Kept(name=name, group=own[-1].group))
            visits[same_name(name)] = tuple((str(visit.day), visit.folder) for visit in own)
        return [Member(one, visits.get(key, ())) for key, one in sorted(kept.items())]

    def change(self, was: str, told: dict[str, list[str]]) -> None:
        """Write down what a form tells of somebody, who may be new.

        Raises
        ------
        UsageError
            If something can't be right.
        """
        found = {
            key: values[0].strip() for key, values in told.items() if key in Kept.model_fields and values[0].strip()
        }
        one = _checked(found)
        with _WRITING:
            self._change(was, one)

    def _change(self, was: str, one: Kept) -> None:
        team = [other for other in self._read() if same_name(other.name) not in (same_name(was), same_name(one.name))]
        self._write([*team, one])

    def remove(self, name: str) -> None:
        """Let somebody go."""
        with _WRITING:
            team = self._read()
            left = [one for one in team if same_name(one.name) != same_name(name)]
            if len(left) < len(team):
                self._write(left)

    def add(self, rows: list[Kept]) -> None:
        """Bring several in; who was there already is told anew."""
        new = {same_name(one.name): one for one in rows}
        with _WRITING:
            self._write([*(one for one in self._read() if same_name(one.name) not in new), *new.values()])


def _checked(found: dict[str, Any]) -> Kept:
    if not found.get("name"):
        raise UsageError("Somebody of a team has a name.")
    numbers = {key: parse_number(found[key]) for key in ("height_cm", "speed_kmh") if key in found}
    sex = {"sex": SEXES.get(str(found["sex"]).casefold(), found["sex"])} if "sex" in found else {}
    try:
        return Kept.model_validate({**found, **numbers, **sex}, strict=True)
    except ValidationError as error:
        raise refusal(error) from error


def from_table(members: Members, name: str, body: bytes) -> int:
    """Bring a team in from a CSV or XLSX file with a column ``athlete``; how many.

    Raises
    ------
    InputError
        If it is no such table, or something in it can't be right.
    """
    suffix = ".xlsx" if name.lower().endswith(".xlsx") else ".csv"
    with tempfile.TemporaryDirectory(prefix="gaitcheck-roster-") as place:
        path = Path(place) / f"roster{suffix}"
        path.write_bytes(body)
        table = read_table(path)
    if "athlete" not in table.columns:
        raise InputError("The table has no column athlete; its first row must name the columns.")
    rows = []
    for number, row in table.rows:
        cells = {("name" if key == "athlete" else key): " ".join(cell.text.split()) for key, cell in row.items()}
        if any(cell.formula or cell.text.startswith("=") for cell in row.values()):
            raise InputError(f"row {number} holds a formula; write what it stands for.")
        told = {key: text for key, text in cells.items() if key in Kept.model_fields and text}
        try:
            rows.append(_checked(told))
        except UsageError as error:
            raise InputError(f"row {number}: {error}") from error
    members.add(rows)
    return len(rows)
