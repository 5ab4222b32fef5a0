"""Files that anybody may hand to gaitcheck, broken in every way that chance finds: each is read, or refused clearly.

    python benchmarks/fuzz.py SCRATCH [--seconds 60] [--only roster_csv,review] [--seed 0]

For each reader a valid file is changed again and again (bytes flipped, pieces cut out, doubled, exchanged, numbers and
names put in their place); whatever is not a value or a ``GaitcheckError`` of one line is a fault. What was found is
written to SCRATCH/faults with the change that led there, so that it can be kept as a test. Prints tries and faults a
reader; ends with 1 if there are any.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import openpyxl
import pandas as pd
import pyarrow as pa
import tomli_w
from tests import cases

from gaitcheck.advice.intake import read_intake
from gaitcheck.analysis.kept import read_landmarks_of
from gaitcheck.analysis.review import read_review
from gaitcheck.analysis.store import load, telling
from gaitcheck.app.drafts import Drafts
from gaitcheck.app.home import open_home
from gaitcheck.app.roster import Members, from_table
from gaitcheck.board.index import open_index
from gaitcheck.board.write import make_board
from gaitcheck.corrections import read_corrections
from gaitcheck.errors import GaitcheckError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet.pseudonyms import open_key
from gaitcheck.fleet.roster import RosterError, read_roster
from gaitcheck.pipeline import analyze
from gaitcheck.pose import LANDMARK_NAMES
from gaitcheck.progress.checkins import CheckinAnswers, earlier, record
from gaitcheck.report.brand import read_brand
from gaitcheck.report.content import Writer
from gaitcheck.request import Request
from gaitcheck.results import read_landmarks
from gaitcheck.samples import sample_clip
from gaitcheck.seal import open_json
from gaitcheck.setup import Setup
from gaitcheck.synthetic.recipe import Recipe, read_recipe

WORDS = [
    *(
        b"",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"nan",
        b"-inf",
        b"1e999",
        b"-1",
        b"0",
        b"99999999999999999999",
        b"true",
    ),
    *(b"null", b"[]", b"{}", b"[[[[[[[[", b'"', b"'", b"\n", b"\r", b"=", b"=cmd()", b"../../x", b"\\u202e", b"-----"),
    *("é😀".encode(), b"a" * 5000, b"2026-13-45", b"<script>", b"#let", b"[[correction]]", b"schema_version"),
]
MOST_KEPT = 20


@dataclass(frozen=True)
class Reader:
    """A file that is read: a valid one, and what reads it from a folder of its own."""

    name: str
    file: str
    valid: bytes
    read: Callable[[Path], object]


def change(data: bytes, rng: random.Random) -> bytes:
    """One valid file, broken in one to four places."""
    for _ in range(rng.randint(1, 4)):
        at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        to = min(to, at + rng.choice((1, 4, 30, 400, 10**6)))
        kind = rng.randrange(8)
        if kind == 0:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data[to:]
        elif kind == 2:
            data = data[:to] + data[at:to] + data[to:]
        elif kind == 3:
            data = data[:at] + rng.choice(WORDS) + data[at:]
        elif kind == 4:
            data = data[:at] + rng.choice(WORDS) + data[to:]
        elif kind == 5:
            data = data[: rng.randrange(len(data) + 1)]
        elif kind == 6:
            data = _other_token(data, rng)
        else:
            other = rng.randrange(len(data) + 1)
            data = data[:at] + data[other : other + to - at] + data[to:]
    return data


def _other_token(data: bytes, rng: random.Random) -> bytes:
    """A word or a number exchanged for another of the file's own, or one of ours."""
    tokens = data.split()
    if not tokens:
        return data
    gone, put = rng.choice(tokens), rng.choice([rng.choice(tokens), rng.choice(WORDS)])
    return data.replace(gone, put, rng.choice((1, 1, 10**6)))


def fault_of(reader: Reader, folder: Path) -> str:
    """What is wrong with how a file is read; empty where nothing is."""
    try:
        reader.read(folder)
    except RosterError:
        return ""
    except GaitcheckError as error:
        text = str(error)
        return "" if text and "\n" not in text and "Traceback" not in text else f"not one sentence: {text!r}"
    except Exception:
        return traceback.format_exc(limit=-3)
    return ""


def _xlsx(folder: Path) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("roster", 0)
    for row in (["athlete", "clips", "height_cm"], ["Ann", "a.mp4", 171], ["Bob", "b.mp4", 180]):
        sheet.append(row)
    path = folder / "valid.xlsx"
    book.save(path)
    return path.read_bytes()


def _unsealed(path: Path) -> bytes:
    """A file without its seal, so that what is changed in it is read."""
    return open_json(path.read_text(encoding="utf-8"), path.name).encode("utf-8")


def _first_rows(path: Path) -> bytes:
    """Two frames of landmarks as text, so that what is changed is not caught by checksums of pages."""
    return pd.read_parquet(path).iloc[: 2 * len(LANDMARK_NAMES)].to_csv(index=False).encode("utf-8")


TRC = b"""PathFileType\t4\t(X/Y/Z)\tx.trc
DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames
60\t60\t3\t2\tm\t60\t1\t3
Frame#\tTime\tRHip\t\t\tLHip\t\t
\t\tX1\tY1\tZ1\tX2\tY2\tZ2

1\t0.0\t0.1\t0.9\t0\t-0.1\t0.9\t0
2\t0.016\t0.1\t0.9\t0\t-0.1\t0.9\t0
3\t0.033\t0.1\t0.9\t0\t-0.1\t0.9\t0
"""
BRAND = b'name = "Club"\ncontact = "x"\ncolour = "#123456"\n'
REVIEW = b'by = "Ann"\ndate = 2026-11-03\nnote = "x"\n[[strike]]\nfinding = "knee_valgus"\nside = "left"\n'
DRAFT = b'{"name": "aaaaaaaaaaaa", "clips": [{"number": 1, "name": "x.mp4", "file": "x.mp4", "bytes": 3}]}'
TEAM = b'{"team": [{"name": "Ann", "group": "A", "height_cm": 171}]}'
CORRECTIONS = b"""[[correction]]
what = "joint"
by = "Ann"
on = 2026-11-03T12:00:00Z
clip = "0000000000000000000000000000000000000000000000000000000000000000"
joint = "knee"
side = "left"
at_s = 2.5
before = [353, 801]
after = [365, 801]
reach = "steps"
weight = 0.8
[[correction]]
what = "contact"
by = "Ann"
on = 2026-11-03T12:00:00Z
clip = "0000000000000000000000000000000000000000000000000000000000000000"
event = "toe_off"
side = "left"
before = 1.0
after = 1.02
[[correction]]
what = "step"
side = "left"
at_s = 3.1
[[correction]]
what = "view"
clip = "0000000000000000000000000000000000000000000000000000000000000000"
after = "rear"
[[correction]]
what = "runner"
clip = "0000000000000000000000000000000000000000000000000000000000000000"
after = 2
"""


def _answers() -> bytes:
    """Every answer that any of the stories gives."""
    told: dict[str, object] = {}
    for story in cases.stories().values():
        told |= story["answers"]
    return tomli_w.dumps(told).encode("utf-8")


def _recipe() -> bytes:
    """A recipe that names every value it may hold."""
    return tomli_w.dumps(dataclasses.asdict(Recipe())).encode("utf-8")


def readers(scratch: Path) -> list[Reader]:
    """Every reader with a valid file."""
    results = scratch / "results"
    if not (results / "analysis.json").exists():
        clip = sample_clip("rear_valgus_crossover")
        analyze(Request(clips=(clip,), setup=Setup(end_s=5.4)), results)
    document = load(results)
    evidence = load_evidence()
    story = cases.visit(cases.stories()["02_valgus_only"])
    told = scratch / "told"
    if not (told / "checkin_1.json").exists():
        told.mkdir(exist_ok=True)
        (told / "analysis.json").write_text(story.to_json(), encoding="utf-8")
        record(told, CheckinAnswers(pain=("3",), done=("90",)), cases.TODAY.replace(day=cases.TODAY.day))

    def roster(folder: Path) -> object:
        for name in ("a.mp4", "b.mp4"):
            (folder / name).write_bytes(name.encode())
        return read_roster(next(p for p in folder.iterdir() if p.stem == "roster"))

    def told_of(folder: Path) -> object:
        with telling(folder):
            return Writer(load(folder)).write()

    def on_a_board(folder: Path) -> object:
        """Beside somebody else, and after a visit of the same runner."""
        for name, day in (("Ann", "2026-10-01"), ("Ben", "2026-10-01"), ("Ben", "2026-11-02")):
            (folder / "athletes" / name / day).mkdir(parents=True)
            text = story.model_copy(update={"athlete": story.athlete.model_copy(update={"name": name})}).to_json()
            (folder / "athletes" / name / day / "analysis.json").write_text(text, encoding="utf-8")
        (folder / "analysis.json").replace(folder / "athletes" / "Ben" / "2026-11-02" / "analysis.json")
        with open_index(folder) as index:
            board = make_board(index, index.refresh(), [])
        if not any(line.athlete == "Ann" for line in board.lines):
            raise ValueError("somebody is harmed by another's document")
        return board

    def landmarks(folder: Path) -> object:
        return read_landmarks_of(folder, document, 0)

    def landmarks_table(folder: Path) -> object:
        try:
            pd.read_csv(folder / "landmarks.csv").to_parquet(folder / "landmarks.parquet")
        except (ValueError, TypeError, OverflowError, MemoryError, pa.ArrowException):
            return None
        return landmarks(folder)

    def draft(folder: Path) -> object:
        club = folder / "club"
        home = open_home(club)
        inside = home.films / ("a" * 12)
        inside.mkdir(exist_ok=True)
        shutil.copy(folder / "draft.json", inside / "draft.json")
        found = Drafts(home).get("a" * 12)
        return None if found is None else Drafts(home).entries(found)

    def team(folder: Path) -> object:
        home = open_home(folder / "club")
        shutil.copy(folder / "team.json", home.root / "team.json")
        Members(home).add([])
        return None

    def bring(folder: Path) -> object:
        return from_table(Members(open_home(folder / "club")), "team.csv", (folder / "team.csv").read_bytes())

    csv = b"athlete;clips;height_cm;sex;date;notes\nAnn;a.mp4;171;F;2026-11-03;=x\nBob;b.mp4;180,5;M;;fine\n"
    return [
        Reader("roster_csv", "roster.csv", csv, roster),
        Reader("roster_xlsx", "roster.xlsx", _xlsx(scratch), roster),
        Reader("answers", "answers.toml", _answers(), lambda f: read_intake(f / "answers.toml", evidence)),
        Reader("recipe", "recipe.toml", _recipe(), lambda f: read_recipe(f / "recipe.toml")),
        Reader("corrections", "corrections.toml", CORRECTIONS, read_corrections),
        Reader("brand", "brand.toml", BRAND, lambda f: read_brand(f / "brand.toml")),
        Reader("review", "review.toml", REVIEW, read_review),
        Reader("document", "analysis.json", document.to_json().encode(), load),
        Reader("document_of_a_story", "analysis.json", story.to_json().encode(), load),
        Reader("document_told", "analysis.json", story.to_json().encode(), told_of),
        Reader("document_on_a_board", "analysis.json", story.to_json().encode(), on_a_board),
        Reader("landmarks", "landmarks.parquet", (results / "landmarks.parquet").read_bytes(), landmarks),
        Reader("landmarks_table", "landmarks.csv", _first_rows(results / "landmarks.parquet"), landmarks_table),
        Reader("checkins", "checkin_1.json", _unsealed(told / "checkin_1.json"), earlier),
        Reader("key", "key.json", b'{"Ann": "runner-abcdef"}', lambda f: open_key(f / "key.json", f / "club")),
        Reader("trc", "x.trc", TRC, lambda f: read_landmarks(f / "x.trc")),
        Reader("draft", "draft.json", DRAFT, draft),
        Reader("team", "team.json", TEAM, team),
        Reader("team_csv", "team.csv", b"athlete;height_cm;group\nAnn;171;A\n", bring),
    ]  # fmt: skip


class Keeper:
    """Keeps what was found of a reader, one file of each kind of fault."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.faults = 0
        self._reader, self._folder = reader, folder
        self._seen: set[str] = set()

    def note(self, data: bytes, fault: str) -> None:
        """Count a fault, and keep it if none of its kind was seen; an empty one is none."""
        if not fault:
            return
        self.faults += 1
        kind = fault.strip().splitlines()[-1][:120]
        if kind in self._seen or len(self._seen) >= MOST_KEPT:
            return
        self._seen.add(kind)
        self._folder.mkdir(exist_ok=True)
        name = f"{self._reader.name}_{len(self._seen)}"
        (self._folder / f"{name}_{self._reader.file}").write_bytes(data)
        (self._folder / f"{name}.txt").write_text(fault)
        print(f"  {self._reader.name}: {kind}", flush=True)


def laid(reader: Reader, folder: Path, data: bytes) -> None:
    """A reader's folder with this file in it and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / reader.file).write_bytes(data)


def attack(reader: Reader, scratch: Path, seconds: float, seed: int) -> tuple[int, int]:
    """Tries and faults; what was found is kept."""
    rng = random.Random(f"{reader.name} {seed}")
    folder, keeper = scratch / "at" / reader.name, Keeper(reader, scratch / "faults")
    end, tries = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = reader.valid if tries == 0 else change(reader.valid, rng)
        laid(reader, folder, data)
        fault = fault_of(reader, folder)
        if tries == 0 and fault:
            raise SystemExit(f"{reader.name}: the valid file is refused: {fault}")
        tries += 1
        keeper.note(data, fault)
    return tries, keeper.faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    wanted = set(filter(None, options.only.split(",")))
    total = 0
    for reader in readers(options.scratch):
        if wanted and reader.name not in wanted:
            continue
        tries, faults = attack(reader, options.scratch, options.seconds, options.seed)
        total += faults
        print(f"{reader.name:22s} {tries:7d} tries {faults:5d} faults", flush=True)
    raise SystemExit(1 if total else 0)


if __name__ == "__main__":
    print(json.dumps({"python": sys.version.split()[0]}))
    main()
