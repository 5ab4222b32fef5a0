"""The board: whom to look at first, who has changed, who couldn't be analysed; as page, PDF and table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gaitcheck.analysis.store import write_whole
from gaitcheck.board.content import PICTURED, Board, Column, Line
from gaitcheck.board.index import Index, Known, open_index
from gaitcheck.board.page import page, printed
from gaitcheck.board.phrases import Phrases
from gaitcheck.board.ranking import rank_key
from gaitcheck.board.rows import axis_of, ends, line_of, team_rows
from gaitcheck.board.since import since
from gaitcheck.board.summary import VisitSummary
from gaitcheck.errors import InputError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet.batch import last_failures
from gaitcheck.fleet.jobs import Outcome
from gaitcheck.report.content.localised import localised
from gaitcheck.wording import load_wording

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def make_board(
    index: Index,
    known: Known,
    failures: list[Outcome],
    group: str | None = None,
    names: dict[str, str] | None = None,
    language: str = "en",
) -> Board:
    """The board of everything an index holds.

    Parameters
    ----------
    group
        Only athletes of this group.
    names
        Real names by pseudonym, for a board that stays with the coach.
    """
    evidence, wording = load_evidence(), load_wording(language)
    say = Phrases(wording, evidence)
    latest = {name: visits[-1] for name, visits in known.visits.items() if group is None or visits[-1].group == group}
    if group is not None and not latest:
        raise InputError(wording.board["refused"]["no_group"].format(group=group))
    ranked = sorted(latest.values(), key=lambda visit: rank_key(visit, evidence))
    drawn = {name: axis_of(name, ranked, evidence) for name in PICTURED}
    axes = {name: axis for name, axis in drawn.items() if axis is not None}
    shown = [v.model_copy(update={"athlete": (names or {}).get(v.athlete, v.athlete)}) for v in ranked]
    lines = []
    for k, (visit, named) in enumerate(zip(ranked, shown, strict=True), 1):
        visits = known.visits[visit.athlete]
        lines.append(line_of(k, named, len(visits), since(index, visits, evidence), axes, say, evidence, index.root))
    columns = [Column(name, wording.title(name), *ends(axis, say.units[name], say)) for name, axis in axes.items()]
    present = {name for line in lines for name in line.findings}
    board = Board(
        language=wording.language,
        lines=tuple(lines),
        columns=tuple(columns),
        team=tuple(team_rows(shown, say, evidence)),
        failures=tuple(f for f in failures if group is None or f.group == group),
        faults=tuple(known.faults),
        groups=tuple(sorted({line.group for line in lines if line.group})),
        findings=tuple((n, wording.named("risk_factors", n)) for n in evidence.risk_factors if n in present),
        words={**say.words, "sides": wording.words, "film_always": wording.filming["always"]},
    )
    return localised(board, wording)


def safe_cell(text: str) -> str:
    """A text no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


PARTS = ("value", "low", "high", "steps", "position", "certainty")
HEAD = (
    "place", "athlete", "group", "day", "status", "score", "reason", "warning_signs", "pain", "change",
    "change_in_words", *(f"{name}_{side}_{part}" for name in PICTURED for side in ("left", "right") for part in PARTS),
    "quality", "look_again", "signed_off", "note", "report", "visits", "first_step",
)  # fmt: skip


def _cells(line: Line, visit: VisitSummary) -> list[Any]:
    """One athlete's row: values in the metric's own unit, texts safe for a spreadsheet."""
    values = {(v.metric, v.side): v for v in visit.values}
    cells: list[Any] = [
        line.place, line.athlete, line.group, line.day, "analysed", f"{line.score:.3f}", line.reason, line.flags,
        line.pain, line.changed, line.change,
    ]  # fmt: skip
    for name in PICTURED:
        for side in ("left", "right"):
            v = values.get((name, side))
            numbers = [] if v is None else [f"{x:.4g}" for x in (v.value, v.low, v.high)]
            cells += [""] * len(PARTS) if v is None else [*numbers, v.n_strides, v.position, v.certainty]
    return [*cells, line.quality, line.next, line.signed, line.note, line.report, line.visits, line.action]


def as_csv(board: Board, known: Known) -> str:
    """One row an athlete: order, reason, every pictured value of both sides with its interval; UTF-8 with a mark."""
    by_report = {f"{v.folder}/report.html": v for visits in known.visits.values() for v in visits}
    numeric = {k for k, name in enumerate(HEAD) if name.rsplit("_", 1)[-1] in PARTS}
    rows = [_cells(line, by_report[line.report]) for line in board.lines]
    for failure in board.failures:
        row = ["", failure.athlete, failure.group, failure.day, "failed", "", failure.message]
        rows.append(row + [""] * (len(HEAD) - len(row)))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([safe_cell(c) if isinstance(c, str) and k not in numeric else c for k, c in enumerate(row)])
    return "\ufeff" + target.getvalue()


def write_board(
    root: Path,
    group: str | None = None,
    names: dict[str, str] | None = None,
    out: Path | None = None,
    language: str = "en",
    on_read: Callable[[int, int], None] = lambda *_: None,
) -> Path:
    """Write ``board.html``, ``board.pdf`` and ``board.csv`` of a club's folder; the page's path.

    Raises
    ------
    InputError
        If there is no such folder, nothing in it, or the board can't be written.
    """
    place = out or root
    with open_index(root) as index:
        known, failures = index.refresh(on_read), last_failures(root)
        if not known.visits and not failures and not known.faults:
            raise InputError(load_wording().board["refused"]["nothing"].format(path=root))
        board = make_board(index, known, failures, group, names, language)
    link = "" if place.resolve() == root.resolve() else root.resolve().as_uri() + "/"
    write_whole(place / "board.csv", as_csv(board, known))
    write_whole(place / "board.pdf", printed(board))
    write_whole(place / "board.html", page(board, link))
    return place / "board.html"
