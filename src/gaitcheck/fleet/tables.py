"""CSV and XLSX as rows of cells with their places, whatever a spreadsheet has made of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitcheck.errors import InputError

COLUMNS: dict[str, tuple[str, ...]] = {
    "athlete": ("name", "runner"),
    "clips": ("clip", "video", "videos", "files"),
    "height_cm": ("height",),
    "sex": (),
    "speed_kmh": ("speed",),
    "intake": ("answers",),
    "notes": ("note",),
    "group": ("squad", "team"),
    "shoes": ("shoe",),
    "date": ("filmed_on", "day", "session"),
    "view": ("camera",),
    "capture_fps": ("recording_rate", "recorded_fps"),
    "camera_roll_deg": ("camera_roll", "roll", "tilt"),
    "mirrored": ("selfie", "mirror"),
    "start_s": ("start",),
    "end_s": ("end",),
    "person": ("who", "which_person"),
}
"""Every column, and other names it goes by."""
PLAIN_BYTES = frozenset(range(0x80)) | {
    byte
    for byte in range(0xA0, 0x100)
    if bytes([byte]).decode("cp1252").isalpha() and bytes([byte]).decode("cp1252") == bytes([byte]).decode("cp1250")
}
"""Bytes that are the same letter on Windows' western and central European pages; the Macintosh has marks there, or
capitals that stand in no word's middle."""
MOST_ROWS = 20_000
MOST_ROWS_READ = 60_000
"""A sheet with more, empty ones among them, is not opened: rows are built in memory before they can be counted."""
SHEET = re.compile(r"sheet\d*\.xml$")
MOST_COLUMNS = 200
LARGEST_TABLE_BYTES = 20_000_000
LARGEST_UNPACKED_BYTES = 200_000_000


@dataclass(frozen=True)
class Cell:
    """One cell: its column's name, its text, where it stands (``row 3, column height_cm (C3)``)."""

    column: str
    text: str
    place: str
    formula: bool = False


@dataclass(frozen=True)
class Table:
    """Rows by number as a spreadsheet counts them; ``faults`` are cells with the code of what is wrong with them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, Cell]], ...]
    faults: tuple[tuple[Cell, str], ...]

    @property
    def known(self) -> tuple[str, ...]:
        """Every column a roster may have."""
        return tuple(COLUMNS)


@dataclass(frozen=True)
class _Raw:
    """A grid of (text, is formula), rows and columns from 1, and the ranges of merged cells."""

    rows: list[list[tuple[str, bool]]]
    merged: tuple[str, ...] = ()


def letter(column: int) -> str:
    """A spreadsheet's name of a column counted from 0: A, B, ... AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _decoded(data: bytes, path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one (Excel's Unicode text), else Windows' western code page.

    The last only where every letter is the same on the central European page too and no letter of the Macintosh's:
    a name told wrong is worse than a file to be saved again.

    Raises
    ------
    InputError
        If the letters can't be told.
    """
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or set(data) - PLAIN_BYTES:
            raise InputError(
                f"{path.name} is not UTF-8, so its special letters (in names, say) can't be told for sure; save it as "
                "CSV UTF-8 or XLSX."
            ) from error
    return data.decode("cp1252")


def _delimiter(first: str) -> str:
    """The sign that parts the header: comma, semicolon or tab, whichever is there most."""
    return max(",;\t", key=first.count)


def _read_csv(path: Path) -> _Raw:
    text = _decoded(path.read_bytes(), path)
    if "\0" in text:
        raise InputError(f"{path.name} is no CSV file; save the roster as CSV UTF-8 or XLSX.")
    lead = ""
    marked = re.match(r"sep=(.)\r?\n", text)
    if marked:
        lead, text = marked[1], text[marked.end() :]
    first = text.lstrip("\r\n").split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=lead or _delimiter(first), strict=True))
    except csv.Error as error:
        raise InputError(f"{path.name} is no CSV file ({error}); save the roster as CSV UTF-8 again.") from error
    grid = [[(value, False) for value in row] for row in rows]
    return _Raw([[], *grid] if marked else grid)


def _shown(value: Any) -> str:
    """A cell's value as its text: whole numbers without a point, days without a time."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _dense(cells: dict[int, tuple[str, bool]]) -> list[tuple[str, bool]]:
    """A row's cells from the first column to the last that holds anything."""
    return [cells.get(column, ("", False)) for column in range(1, max(cells, default=0) + 1)]


def _rows(archive: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> int:
    """How many rows a sheet has, counted without building any; it stops where there are too many."""
    found, rest = 0, b""
    with archive.open(sheet) as stream:
        while found <= MOST_ROWS_READ and (piece := stream.read(1 << 20)):
            found += (rest + piece).count(b"<row") + (rest + piece).count(b":row")
            rest = piece[-3:]
    return found


def _read_xlsx(path: Path) -> _Raw:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED_BYTES:
                raise InputError(f"{path.name} is too large unpacked; save only the roster's sheet.")
            if any(_rows(archive, item) > MOST_ROWS_READ for item in archive.infolist() if SHEET.search(item.filename)):
                raise InputError(f"{path.name} has more than {MOST_ROWS} rows; split it.")
        book = openpyxl.load_workbook(path, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        merged = tuple(str(cells) for cells in sheet.merged_cells.ranges)
        grid: dict[int, dict[int, tuple[str, bool]]] = {}
        # Only cells that are there: a single formatted one at the sheet's far end must not make a grid of millions.
        for (row, column), cell in sheet._cells.items():
            if cell.value is not None and column <= MOST_COLUMNS:
                grid.setdefault(row, {})[column] = (_shown(cell.value), cell.data_type == "f")
        last = max(grid, default=0)
        rows = [_dense(grid.get(row, {})) for row in range(1, min(last, MOST_ROWS + 1) + 1)]
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise InputError(f"{path.name} is no XLSX file that can be read; save it again or as CSV UTF-8.") from error
    return _Raw(rows, merged)


def _named(text: str) -> str | None:
    """The column a header means, or None."""
    plain = re.sub(r"[\s_(\[/-]+", "_", text.strip().casefold()).strip("_])")
    plain = plain.replace("km_h", "kmh")
    return next((name for name, others in COLUMNS.items() if plain == name or plain in others), None)


def _columns(header: list[tuple[str, bool]], row: int) -> tuple[dict[int, str], list[tuple[Cell, str]]]:
    found: dict[int, str] = {}
    faults: list[tuple[Cell, str]] = []
    for k, (text, formula) in enumerate(header):
        cell = Cell("", text.strip(), f"row {row}, column {letter(k)}", formula)
        name = _named(text)
        if not text.strip():
            continue
        if name is None:
            faults.append((cell, "unknown_column"))
        elif name in found.values():
            faults.append((cell, "column_twice"))
        else:
            found[k] = name
    return found, faults


def read_table(path: Path) -> Table:
    """Read a roster's table.

    Raises
    ------
    InputError
        If it is too large, or no table.
    """
    if path.suffix.lower() not in (".csv", ".tsv", ".txt", ".xlsx"):
        raise InputError(f"{path.name} is no roster; give a folder of clips, a .csv or an .xlsx file.")
    if path.stat().st_size > LARGEST_TABLE_BYTES:
        raise InputError(f"{path.name} is larger than 20 MB; a roster holds one row for each athlete.")
    raw = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    filled = [(k, row) for k, row in enumerate(raw.rows, 1) if any(text.strip() for text, _ in row)]
    if len(filled) > MOST_ROWS:
        raise InputError(f"{path.name} has more than {MOST_ROWS} rows; split it.")
    if not filled:
        return Table((), (), ())
    (top, header), *body = filled
    names, faults = _columns(header, top)
    faults += [(Cell("", cells, f"cells {cells}"), "merged") for cells in raw.merged]
    rows = []
    for number, row in body:
        own: dict[str, Cell] = {}
        for k, (text, formula) in enumerate(row):
            if k in names:
                place = f"row {number}, column {names[k]} ({letter(k)}{number})"
                own[names[k]] = Cell(names[k], text, place, formula)
            elif text.strip() and k >= len(header):
                faults.append((Cell("", text[:40], f"row {number}, column {letter(k)}"), "beyond_header"))
        rows.append((number, own))
    return Table(tuple(names.values()), tuple(rows), tuple(faults))
