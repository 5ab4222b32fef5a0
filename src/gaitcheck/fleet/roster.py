"""Who is to be analysed: a folder, a CSV or an XLSX file, checked whole before any work.

Every problem is found at once, with its row and column. Nothing in a roster is trusted: formulas are refused, paths
must stay inside the roster's own folder, and names become folder names only after cleaning.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, get_args

from gaitcheck.analysis.document import Athlete
from gaitcheck.checked import LARGEST_WRITTEN_BYTES, LONGEST_TEXT, text_of, toml_of
from gaitcheck.clock import EARLIEST_FILMED
from gaitcheck.errors import InputError
from gaitcheck.fleet.tables import Cell, Table, read_table
from gaitcheck.report.brand import KEYS as BRAND_KEYS
from gaitcheck.request import limits
from gaitcheck.seal import sha256_of
from gaitcheck.setup import Runner, Setup
from gaitcheck.views.detection import all_views
from gaitcheck.wording import Wording, load_wording

CLIP_SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".avi", ".webm", ".3gp"})
ANSWERS = ("answers.toml", "intake.toml")
VIEW_WORD = re.compile(r"^(?P<name>.+?)[ _.-]+(rear|back|behind|front|side|left|right)[ _.-]*\d{0,3}$", re.IGNORECASE)
DAY = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(_(?P<number>[2-9]))?")
MOST_CLIPS = 6
SEXES = {"f": "F", "female": "F", "m": "M", "male": "M"}
YES_OR_NO = {"yes": True, "y": True, "true": True, "1": True, "x": True}
YES_OR_NO |= {"no": False, "n": False, "false": False, "0": False}
VIEWS = ("auto", *(view.name for view in all_views()))

Choice = TypeVar("Choice", str, bool)


@dataclass(frozen=True)
class Entry:
    """One visit of one athlete. ``day`` is ``2026-11-03`` or, for a second visit that day, ``2026-11-03_2``.

    Fields with a request's names are handed on to it; None leaves what holds for the whole batch.
    """

    athlete: str
    clips: tuple[Path, ...]
    height_cm: float | None = None
    sex: str | None = None
    speed_kmh: float | None = None
    view: str | None = None
    capture_fps: float | None = None
    camera_roll_deg: float | None = None
    mirrored: bool | None = None
    start_s: float | None = None
    end_s: float | None = None
    runner: str | None = None
    intake: tuple[Path, ...] = ()
    group: str = ""
    note: str = ""
    shoes: str = ""
    day: str | None = None
    where: str = ""
    shown_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """Visits to analyse, athletes without clips (of a folder), and how many files were left alone."""

    entries: tuple[Entry, ...]
    empty: tuple[str, ...] = ()
    left_alone: int = 0


class RosterError(InputError):
    """A roster with problems; each is a sentence with its place."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{path.name} has {count}; nothing was analysed. Mend it and run again:\n{lines}")


@dataclass
class _Check:
    """Collects problems as sentences."""

    wording: Wording = field(default_factory=load_wording)
    found: list[str] = field(default_factory=list)

    def add(self, code: str, at: str, **parameters: object) -> None:
        sentence = self.wording.roster["problems"][code].format(**parameters)
        self.found.append(f"{at}: {sentence}" if at else sentence)


def same_name(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def folder_name(athlete: str) -> str:
    """A folder for an athlete: the name itself where every file system takes it, else cleaned and told apart."""
    name = unicodedata.normalize("NFC", athlete).strip()
    clean = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).strip(" .")[:60].strip(" .")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", clean, re.IGNORECASE)
    if clean == name and clean and not reserved:
        return clean
    return f"{clean or 'athlete'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def _inside(path: Path, folder: Path) -> bool:
    """Whether a path stays in a folder, links followed; one that leads in a circle leads nowhere."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except RuntimeError:
        return False


# ------------------------------------------------------------------ tables


def _text(cell: Cell | None, check: _Check) -> str:
    if cell is None:
        return ""
    text = " ".join(cell.text.split()) if cell.column != "clips" else cell.text.strip()
    if cell.formula or text.startswith("="):
        check.add("formula", cell.place)
        return ""
    if len(text) > LONGEST_TEXT and cell.column != "clips":
        check.add("too_long", cell.place, most=LONGEST_TEXT)
        return ""
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c not in "\n\r"):
        check.add("control_character", cell.place)
        return ""
    return text


def _number(cell: Cell | None, column: str, check: _Check) -> float | None:
    text = _text(cell, check)
    if not text or cell is None:
        return None
    low, high = limits(Athlete if column in Athlete.model_fields else Setup, column)
    plain = re.fullmatch(r"(?P<number>[+-]?\d{1,4}([.,]\d{1,3})?)( ?(cm|km/h|fps|frames/s|deg|°|s))?", text)
    value = float(plain["number"].replace(",", ".")) if plain else None
    if value is None or not low <= value <= high:
        check.add("number", cell.place, text=text, low=f"{low:g}", high=f"{high:g}")
        return None
    return value


def _choice(cell: Cell | None, choices: Mapping[str, Choice], check: _Check) -> Choice | None:
    """One of a few words, in any case."""
    text = _text(cell, check)
    if text and cell is not None and text.casefold() not in choices:
        check.add("choice", cell.place, text=text, choices=", ".join(choices))
    return choices.get(text.casefold())


def read_day(text: str) -> str | None:
    """A visit's day, or None where it is none."""
    match = DAY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        day = dt.date.fromisoformat(match["day"])
    except ValueError:
        return None
    return text.strip() if EARLIEST_FILMED <= day <= dt.date.today() else None


def _day(cell: Cell | None, check: _Check) -> str | None:
    text = _text(cell, check)
    if not text or cell is None:
        return None
    day = read_day(text)
    if day is None:
        check.add("date", cell.place, text=text)
    return day


def _file(text: str, cell: Cell, folder: Path, check: _Check) -> Path | None:
    """A file named in a cell, inside the roster's folder."""
    path = folder / text
    try:
        if not path.exists() and "\\" in text:
            path = folder / text.replace("\\", "/")
        outside, there = not _inside(path, folder), path.is_file()
    except (OSError, ValueError):
        outside, there = False, False
    if outside:
        check.add("outside", cell.place, text=text[:LONGEST_TEXT])
    elif not there:
        check.add("no_file", cell.place, text=text[:LONGEST_TEXT])
    return path if there and not outside else None


def _clips(cell: Cell | None, place: str, folder: Path, check: _Check) -> tuple[Path, ...]:
    text = _text(cell, check)
    names = [name.strip().strip('"') for name in re.split(r"[;|\n\r]+", text) if name.strip()]
    if cell is None or not names:
        if cell is None or not cell.formula:
            check.add("no_clips", place)
        return ()
    if len(names) > MOST_CLIPS:
        check.add("too_many_clips", cell.place, most=MOST_CLIPS)
        return ()
    return tuple(path for name in names if (path := _file(name, cell, folder, check)) is not None)


def _row(row: dict[str, Cell], number: int, folder: Path, check: _Check) -> Entry | None:
    place = f"row {number}"
    athlete = _text(row.get("athlete"), check)
    if not athlete:
        name = row.get("athlete")
        if name is None or not (name.formula or name.text.strip().startswith("=")):
            check.add("no_name", place)
        return None
    intake = row.get("intake")
    answers = _text(intake, check)
    found = _file(answers, intake, folder, check) if answers and intake is not None else None
    return Entry(
        athlete=athlete,
        clips=_clips(row.get("clips"), place, folder, check),
        height_cm=_number(row.get("height_cm"), "height_cm", check),
        sex=_choice(row.get("sex"), SEXES, check),
        speed_kmh=_number(row.get("speed_kmh"), "speed_kmh", check),
        view=_choice(row.get("view"), {name: name for name in VIEWS}, check),
        capture_fps=_number(row.get("capture_fps"), "capture_fps", check),
        camera_roll_deg=_number(row.get("camera_roll_deg"), "camera_roll_deg", check),
        mirrored=_choice(row.get("mirrored"), YES_OR_NO, check),
        start_s=_number(row.get("start_s"), "start_s", check),
        end_s=_number(row.get("end_s"), "end_s", check),
        runner=_choice(row.get("person"), {name: name for name in get_args(Runner)}, check),
        intake=() if found is None else (found,),
        group=_text(row.get("group"), check),
        note=_text(row.get("notes"), check),
        shoes=_text(row.get("shoes"), check),
        day=_day(row.get("date"), check),
        where=place,
    )


def _from_table(path: Path, check: _Check) -> Roster:
    table: Table = read_table(path)
    for cell, code in table.faults:
        check.add(code, cell.place, text=cell.text, known=", ".join(table.known))
    for column in ("athlete", "clips"):
        if column not in table.columns:
            check.add("missing_column", "row 1", column=column)
    if not {"athlete", "clips"} <= set(table.columns):
        return Roster(())
    if not table.rows:
        check.add("no_rows", "")
    entries = [_row(row, number, path.parent, check) for number, row in table.rows]
    roster = Roster(tuple(entry for entry in entries if entry is not None))
    if not check.found:
        beside = [item for item in sorted(path.parent.iterdir()) if item.is_file() and _is_answers(item)]
        _check_answers(roster, beside, "answers_no_row", check)
    return roster


# ------------------------------------------------------------------ folders


def _is_clip(path: Path) -> bool:
    return path.suffix.lower() in CLIP_SUFFIXES and not path.name.startswith(".")


def _is_answers(path: Path) -> bool:
    """Whether a file may be somebody's answers: any TOML but one that says how reports look."""
    if path.suffix.lower() != ".toml" or path.name.startswith("."):
        return False
    try:
        return not (0 < len(table := toml_of(text_of(path, LARGEST_WRITTEN_BYTES))) <= len(table.keys() & BRAND_KEYS))
    except (OSError, ValueError):
        return True


def _answers_in(items: list[Path], where: str, check: _Check) -> tuple[Path, ...]:
    """The answers of a folder; which of two count can't be told."""
    found = [item for item in items if item.name.lower() in ANSWERS and item.is_file()]
    if len(found) > 1:
        check.add("two_answers", where, names=" and ".join(item.name for item in found))
    return tuple(found[:1])


def _answers_named(items: list[Path], athlete: str) -> tuple[Path, ...]:
    """Answers that bear an athlete's name."""
    named = (item for item in items if item.suffix.lower() == ".toml" and item.is_file())
    return tuple(item for item in named if same_name(item.stem) == same_name(athlete))


def _check_answers(roster: Roster, files: list[Path], code: str, check: _Check) -> None:
    """Answers that belong to nobody are a mistake, not an ornament: a warning sign may stand in them."""
    used = {answers.resolve() for entry in roster.entries for answers in entry.intake}
    for item in files:
        if item.resolve() not in used:
            check.add(code, "", file=item.name, folder=item.parent.name)


def _children(folder: Path, root: Path, check: _Check) -> list[Path]:
    """What lies in a folder, by name; what leads out of the roster or can't be a name is a problem."""
    found = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        plain = not any(unicodedata.category(c) in ("Cc", "Cs") for c in item.name)
        shown = item.name if plain else ascii(item.name)
        if item.name.startswith("."):
            continue
        if not plain:
            check.add("control_character", shown)
        elif len(item.name) > LONGEST_TEXT:
            check.add("too_long", f"{shown[:40]}...", most=LONGEST_TEXT)
        elif not _inside(item, root):
            check.add("outside", shown, text=shown)
        else:
            found.append(item)
    return found


def _visit(
    athlete: str, items: list[Path], for_all_days: tuple[Path, ...], day: str | None, where: str, check: _Check
) -> Entry | None:
    clips = tuple(item for item in items if item.is_file() and _is_clip(item))
    if not clips:
        return None
    if len(clips) > MOST_CLIPS:
        check.add("too_many_clips", where, most=MOST_CLIPS)
        return None
    own = _answers_in(items, where, check) if day is not None else ()
    return Entry(athlete, clips, intake=(*for_all_days, *own), day=day, where=where)


def _own_folder(folder: Path, root: Path, named: tuple[Path, ...], check: _Check) -> tuple[list[Entry], list[Path]]:
    """An athlete's folder: clips of one visit in it, and visits in sub-folders named by their day; all its answers.

    Answers beside the days hold for all of them, those of a day for that day, answer by answer.
    """
    items = _children(folder, root, check)
    for_all_days = (*named, *_answers_in(items, folder.name, check))
    visits = [_visit(folder.name, items, for_all_days, None, folder.name, check)]
    answers = [item for item in items if item.is_file() and _is_answers(item)]
    for item in (item for item in items if item.is_dir() and not (item / "analysis.json").exists()):
        where, day = f"{folder.name}/{item.name}", read_day(item.name)
        inside = _children(item, root, check)
        answers += [file for file in inside if file.is_file() and _is_answers(file)]
        if day is not None:
            visits.append(_visit(folder.name, inside, for_all_days, day, where, check))
        elif any(file.is_file() and _is_clip(file) for file in inside):
            check.add("no_day", where, name=item.name)
    return [visit for visit in visits if visit is not None], answers


def _flat(items: list[Path]) -> list[Entry]:
    """Clips lying side by side: what is left of a name without its view word is the athlete."""
    groups: dict[str, list[Path]] = {}
    for clip in (item for item in items if item.is_file() and _is_clip(item)):
        match = VIEW_WORD.match(clip.stem)
        groups.setdefault(match["name"] if match else clip.stem, []).append(clip)
    return [
        Entry(name, tuple(own), intake=_answers_named(items, name), where=own[0].name) for name, own in groups.items()
    ]


def _from_folder(folder: Path, out: Path | None, check: _Check) -> Roster:
    entries: list[Entry] = []
    empty = []
    items = _children(folder, folder, check)
    answers = [item for item in items if item.is_file() and _is_answers(item)]
    for item in (item for item in items if item.is_dir()):
        holds_results = out is not None and out.resolve().is_relative_to(item.resolve())
        if holds_results or (item / "analysis.json").exists():
            continue
        before = len(check.found)
        own, told = _own_folder(item, folder, _answers_named(items, item.name), check)
        entries += own
        answers += told
        if not own and len(check.found) == before:
            empty.append(item.name)
    others = [i for i in items if i.is_file() and not _is_clip(i) and i.suffix.lower() != ".toml"]
    roster = Roster((*entries, *_flat(items)), tuple(empty), len(others))
    _check_answers(roster, answers, "answers_no_visit", check)
    return roster


# ------------------------------------------------------------------ the whole


def _check_names(roster: Roster, check: _Check) -> None:
    """One athlete twice is one visit too many, unless the days tell the visits apart."""
    seen: dict[tuple[str, str | None], Entry] = {}
    by_name: dict[str, list[Entry]] = {}
    for entry in roster.entries:
        key = same_name(entry.athlete)
        if (key, entry.day) in seen:
            other = seen[key, entry.day]
            code = "two_on_one_day" if entry.day else "twice"
            check.add(code, entry.where, athlete=entry.athlete, other=other.where, day=entry.day)
        seen[key, entry.day] = entry
        by_name.setdefault(key, []).append(entry)
    folders: dict[str, Entry] = {}
    for entries in by_name.values():
        other = folders.setdefault(folder_name(entries[0].athlete).casefold(), entries[0])
        if same_name(other.athlete) != same_name(entries[0].athlete):
            check.add("alike", entries[0].where, athlete=entries[0].athlete, other=other.athlete)


def _check_clips(roster: Roster, check: _Check) -> None:
    """The same clip can't show two runners; only clips of equal size are read to find out."""
    by_size: dict[int, list[tuple[Entry, Path]]] = {}
    for entry in roster.entries:
        for clip in entry.clips:
            try:
                by_size.setdefault(clip.stat().st_size, []).append((entry, clip))
            except OSError:
                check.add("no_file", entry.where, text=clip.name)
    for size, own in by_size.items():
        if len(own) < 2 or size == 0:
            continue
        first: dict[str, tuple[Entry, Path]] = {}
        for entry, clip in own:
            try:
                other = first.setdefault(sha256_of(clip), (entry, clip))
            except OSError:
                continue
            if other[1] is not clip:
                check.add(
                    "same_clip", entry.where, clip=clip.name, other=other[1].name, athlete=other[0].athlete,
                    place=other[0].where,
                )  # fmt: skip


def read_roster(path: Path, out: Path | None = None) -> Roster:
    """Read and check a roster: a folder of clips, a CSV or an XLSX file.

    Parameters
    ----------
    out
        The results' folder, which is no athlete if it lies inside.

    Raises
    ------
    RosterError
        With every problem of it.
    InputError
        If it is not there or can't be read.
    """
    check = _Check()
    words = check.wording.roster["refused"]
    try:
        if path.is_dir():
            roster = _from_folder(path, out, check)
        elif path.is_file():
            roster = _from_table(path, check)
        else:
            raise InputError(words["nothing_there"].format(path=path))
        if not check.found:
            _check_names(roster, check)
            _check_clips(roster, check)
    except OSError as error:
        raise InputError(words["unreadable"].format(path=path, reason=error.strerror or error)) from error
    if check.found:
        raise RosterError(path, check.found)
    if not roster.entries:
        raise InputError(words["no_clips"].format(path=path, others=roster.left_alone))
    return roster
