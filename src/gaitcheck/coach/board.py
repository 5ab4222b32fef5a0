"""The board: whom to look at first, who has changed, who couldn't be analysed; as page, PDF and table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from gaitcheck.advice.rating import Rating
from gaitcheck.analysis import load
from gaitcheck.analysis.store import LEADING_STILL, write_whole
from gaitcheck.coach.batch import last_failures
from gaitcheck.coach.board_page import page, printed
from gaitcheck.coach.index import Fault, Index, Known, open_index
from gaitcheck.coach.jobs import Outcome
from gaitcheck.coach.ranking import Spread, Tier, rank_key, spread_of, tier
from gaitcheck.coach.visit import Value, Visit, Worry
from gaitcheck.errors import InputError
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.evidence.schema import Frozen
from gaitcheck.metrics import all_metrics, in_order
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.progress.change import compare_visits
from gaitcheck.quality import joints_fit, leading_place
from gaitcheck.report.content.localised import localised
from gaitcheck.report.content.numbers import Scale, scale_of, unit_alone, with_interval, with_unit
from gaitcheck.report.range_bar import Axis, Place, range_bar_svg
from gaitcheck.wording import Wording, load_wording
from gaitcheck.wording.loader import decimals

PICTURED = in_order("board")
MOST_ALSO = 3
BEWARE = ("speed_unknown", "shoes")
"""Differences between visits that a change on the board is told with."""
LIKELY = 0.5
"""What is more likely within its range than beyond it is no reason to look; heuristic."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Changed = Literal["worse", "better", "mixed", "none", "open", "first"]


class Since(Frozen):
    """What changed since the visit before: real changes away from and toward what is typical."""

    kind: Changed
    day: str
    away: tuple[tuple[str, str, float, float], ...] = ()
    toward: tuple[tuple[str, str, float, float], ...] = ()
    compared: int = 0
    beware: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """One side of a small multiple, in words."""

    side: str
    position: str
    rated: str
    said: str


@dataclass(frozen=True)
class Multiple:
    """One metric of one athlete: both sides as a bar on the axis all athletes share, empty without a value."""

    metric: str
    svg: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Line:
    """One athlete on the board, in words."""

    place: int
    athlete: str
    group: str
    day: str
    day_said: str
    tier: int
    reason: str
    action: str
    thumbnail: str
    also: str
    flags: str
    pain: str
    multiples: tuple[Multiple, ...]
    changed: Changed
    change: str
    quality: str
    beware: str
    note: str
    signed: str
    report: str
    next: str
    findings: tuple[str, ...]
    score: float
    visits: int


@dataclass(frozen=True)
class Column:
    """A small multiple's heading and the ends of its axis, in words."""

    metric: str
    title: str
    low: str
    high: str


@dataclass(frozen=True)
class TeamRow:
    """One metric over the team: places of all values on an axis from 0 to 1, and who stands out."""

    metric: str
    title: str
    axis: tuple[str, str]
    points: tuple[tuple[str, float], ...]
    median: float
    middle: str
    typical: tuple[float, float] | None
    named: tuple[tuple[str, float, str], ...]
    judged: bool


@dataclass(frozen=True)
class Board:
    """Everything a board shows."""

    language: str
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    team: tuple[TeamRow, ...]
    failures: tuple[Outcome, ...]
    faults: tuple[Fault, ...]
    groups: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    words: dict[str, Any]


def _since(index: Index, visits: list[Visit], evidence: Evidence) -> Since:
    """The last visit against the one before, remembered by the index."""
    if len(visits) < 2:
        return Since(kind="first", day="")
    old, new = visits[-2], visits[-1]

    def make() -> str:
        return _compared(index.root, old, new, evidence).model_dump_json()

    return Since.model_validate_json(index.remembered(old.folder, new.folder, make))


def _compared(root: Path, old: Visit, new: Visit, evidence: Evidence) -> Since:
    found = compare_visits(load(root / old.folder), load(root / new.folder), evidence)
    leading = evidence.leading
    compared = [c for c in found.changes if c.difference is not None]
    real = [c for c in found.of("real") if c.metric in leading and c.difference is not None]

    def told(way: str) -> tuple[tuple[str, str, float, float], ...]:
        return tuple(
            (c.metric, c.side, c.difference.difference, c.difference.own)
            for c in real
            if c.way == way and c.difference is not None
        )

    away, toward = told("away"), told("toward")
    decided = [c for c in compared if c.verdict != "open" and c.metric in leading]
    kind: Changed = (
        "mixed" if away and toward else "worse" if away else "better" if toward else "none" if decided else "open"
    )
    reasons = tuple(dict.fromkeys(r for c in found.changes if c.metric in leading for r in c.reasons))
    return Since(
        kind=kind,
        day=str(old.day),
        away=away,
        toward=toward,
        compared=len(compared),
        reasons=reasons,
        beware=tuple(w.code for w in found.warnings if w.code in BEWARE),
    )


class _Say:
    """Board lines in words."""

    def __init__(self, wording: Wording, evidence: Evidence) -> None:
        self.wording, self.evidence, self.words = wording, evidence, wording.board["board"]
        self.units = {metric.name: metric.unit for metric in all_metrics()}

    def scale(self, unit: str) -> Scale:
        """Lengths as shares of leg length, so that athletes of all sizes share an axis."""
        return scale_of(unit, None, self.wording)

    def number(self, value: Value) -> str:
        return with_interval(value.value, value.low, value.high, self.scale(value.unit))

    def number_alone(self, value: Value) -> str:
        """A value below its bar, whose axis says what a share is of."""
        scale = self.scale(value.unit)
        return with_interval(value.value, value.low, value.high, replace(scale, unit=unit_alone(scale, self.wording)))

    def _sure(self, certainty: float) -> str:
        percent = 100 * certainty
        return str(self.words["more_than_99"]) if percent > 99 else f"{percent:.0f} %"

    def worry(self, worry: Worry, visit: Visit) -> str:
        """One concern with its value, its limits and how sure."""
        value = next(v for v in visit.values if v.metric == worry.metric and v.side == worry.side)
        scale, limit = self.scale(value.unit), value.typical_high
        kind = "reason_high"
        if limit is None or (value.typical_low is not None and value.value < value.typical_low):
            kind, limit = "reason_low", value.typical_low
        return str(
            self.words[kind].format(
                title=self.wording.named("risk_factors", worry.risk_factor),
                side=self.wording.words[worry.side],
                metric=self.wording.title_inside(worry.metric),
                value=self.number(value),
                n=value.n_strides,
                limit=with_unit(f"{scale.factor * (limit or 0.0):z.1f}".removesuffix(".0"), scale.unit),
                sure=self._sure(worry.certainty),
            )
        )

    def flags(self, visit: Visit) -> str:
        if visit.urgency is None:
            return ""
        names = "; ".join(self.wording.red_flags[name] for name in visit.flags)
        return str(
            self.words["flags"].format(
                urgency=self.wording.plan["urgency"][visit.urgency], names=self.wording.inside(names)
            )
        )

    def reason(self, visit: Visit) -> str:
        kind = tier(visit, self.evidence)
        if kind is Tier.WARNING_SIGN:
            return self.flags(visit)
        if kind is Tier.LONG_PAIN:
            return str(self.words["long_pain"])
        if kind is Tier.PAIN:
            rule = self.evidence.pain_rule.running_highest
            return str(self.words["pain"].format(pain=visit.running_pain, rule=rule))
        if kind is Tier.UNRATED:
            return str(self.words["nothing_rated"])
        if visit.worries:
            told = self.worry(visit.worries[0], visit)
            return (
                told
                if visit.worries[0].certainty >= LIKELY
                else f"{self.words['closest'].format(told=told)} {self.rated(visit)}"
            )
        return f"{self.words['all_struck' if visit.struck else 'nothing_beyond']} {self.rated(visit)}"

    def action(self, visit: Visit) -> str:
        """The first step in a few words; whoever has hurt for months is examined first."""
        step = self._step(visit)
        return f"{self.words['examine']}; {step}" if visit.examine else step

    def _step(self, visit: Visit) -> str:
        if visit.first_step == "cue":
            return self.wording.drills[visit.drill].get("brief") or self.wording.named("drills", visit.drill)
        said = str(self.words["first_steps"][visit.first_step])
        if visit.first_step != "week" or visit.week_km is None:
            return said
        now, before = (f"{km:.0f}" for km in visit.week_km)
        return f"{said}: {self.words['week_km'].format(km=now, before=before)}"

    def pain(self, visit: Visit) -> str:
        """How much it hurts, and where."""
        if visit.pain is None:
            return ""
        told = self.wording.pain_place(visit.pain_where, visit.pain_side)
        return str(self.words["pain_told"].format(pain=visit.pain)) + (f" ({told})" if told and visit.pain else "")

    def also(self, visit: Visit) -> str:
        """The concerns that are not the reason."""
        first = 1 if tier(visit, self.evidence) is Tier.FORM else 0
        rest = [worry for worry in visit.worries[first:] if worry.certainty >= LIKELY][:MOST_ALSO]
        names = [f"{self.wording.named_inside('risk_factors', w.risk_factor)} ({self.wording.words[w.side]}, "
                 f"{self._sure(w.certainty)})" for w in rest]  # fmt: skip
        other_leg = visit.pain_side in ("left", "right") and all(w.side == OTHER_SIDE[visit.pain_side] for w in rest)
        return self.words["also_other_leg" if other_leg else "also"].format(names="; ".join(names)) if names else ""

    def change(self, since: Since) -> str:
        def told(rows: tuple[tuple[str, str, float, float], ...]) -> str:
            parts = []
            for name, side, difference, own in rows[:2]:
                scale = self.scale(self.units.get(name, ""))
                digits = min(decimals(scale.factor * own), 1)
                number = with_unit(
                    f"{scale.factor * difference:+.{digits}f} ± {scale.factor * own:.{digits}f}", scale.unit
                )
                parts.append(f"{self.wording.title_inside(name)}, {self.wording.words[side]}: {number}")
            more = len(rows) - 2
            return "; ".join(parts) + (self.words["and_more"].format(n=more) if more > 0 else "")

        text = self.words["changes"][since.kind]
        reasons = "; ".join(self.wording.compare["reasons"][code] for code in since.reasons[:2])
        told_of = {"away": told(since.away), "toward": told(since.toward)}
        line = text.format(day=self.wording.day(since.day), n=since.compared, reasons=reasons, **told_of)
        beware = [self.words["beware"][code] for code in since.beware if since.away or since.toward]
        return " ".join([line, *beware]).strip()

    def next(self, visit: Visit) -> str:
        """When to check in and to film again."""
        kind = "next_both" if visit.checkin_on else "next_film"
        return str(
            self.words[kind].format(checkin=self.wording.day(visit.checkin_on), film=self.wording.day(visit.film_on))
        )

    def rated(self, visit: Visit) -> str:
        """How much could be rated, from where."""
        count = sum(value.position != "not_rated" for value in visit.values)
        views = self.wording.listed(self.wording.report["views"][view] for view in dict.fromkeys(visit.views))
        return str(self.words["rated"].format(n=count, views=views))

    def quality(self, visit: Visit, only_first: bool = False) -> str:
        """What limits the clips; ``only_first``: what must be known before their numbers are looked at."""
        told = [q for q in visit.quality if not only_first or leading_place(q[0]) is not None or not joints_fit(q[:1])]
        return " ".join(self.wording.note(code, parameters) for code, parameters in told)


def _axis(metric: str, visits: list[Visit], evidence: Evidence) -> Axis | None:
    """The axis all athletes share for a metric: nine in ten intervals and the limits lie on it."""
    own = [v for visit in visits for v in visit.values if v.metric == metric]
    if not own:
        return None
    lows, highs = sorted(v.low for v in own), sorted(v.high for v in own)
    ends = [lows[len(lows) // 20], highs[-1 - len(highs) // 20]]
    norm = evidence.norms.get(metric)
    if norm is not None:
        ends += [limit for limit in norm.reference.limits.model_dump().values() if limit is not None]
    low, high = min(ends), max(ends)
    room = 0.06 * (high - low) or 1.0
    if own[0].unit == "fraction":
        return Axis(0.0, 1.0)
    return Axis(low - room, high + room)


def _multiple(metric: str, visit: Visit, axis: Axis, say: _Say) -> Multiple:
    own = [v for v in visit.values if v.metric == metric]
    if not own:
        return Multiple(metric, "", ())
    marks = tuple(
        Mark(
            v.side, v.position,
            say.wording.rating(Rating(position=v.position, certainty=v.certainty)),
            say.words["mark"].format(value=say.number_alone(v), n=v.n_strides),
        )
        for v in own
    )  # fmt: skip
    places = [Place(v.side, axis.at(v.value), axis.at(v.low), axis.at(v.high)) for v in own]
    return Multiple(metric, range_bar_svg(places, axis.typical(own[0].typical_low, own[0].typical_high)), marks)


def _line(
    place: int,
    visit: Visit,
    visits: int,
    since: Since,
    axes: dict[str, Axis],
    say: _Say,
    evidence: Evidence,
    root: Path,
) -> Line:
    words = say.words
    return Line(
        place=place,
        athlete=visit.athlete or words["nameless"],
        group=visit.group,
        day=str(visit.day),
        day_said=say.wording.day(visit.day),
        tier=tier(visit, evidence),
        reason=say.reason(visit),
        action=say.action(visit),
        thumbnail=f"{visit.folder}/{LEADING_STILL}" if (root / visit.folder / LEADING_STILL).is_file() else "",
        also=say.also(visit),
        flags=say.flags(visit),
        pain=say.pain(visit),
        multiples=tuple(_multiple(name, visit, axis, say) for name, axis in axes.items()),
        changed=since.kind,
        change=say.change(since),
        quality=say.quality(visit),
        beware=say.quality(visit, only_first=True),
        note=visit.note,
        signed=words["signed"].format(by=visit.signed_by, day=say.wording.day(visit.signed_on))
        if visit.signed_by
        else "",
        report=f"{visit.folder}/report.html",
        next=say.next(visit),
        findings=tuple(dict.fromkeys(name for name, _, _ in visit.findings)),
        score=max((worry.score for worry in visit.worries), default=0.0),
        visits=visits,
    )


def _ends(axis: Axis, unit: str, say: _Say) -> tuple[str, str]:
    scale = say.scale(unit)
    return f"{scale.factor * axis.low:z.0f}", with_unit(f"{scale.factor * axis.high:z.0f}", scale.unit)


def _team_row(spread: Spread, visits: list[Visit], say: _Say, evidence: Evidence) -> TeamRow | None:
    axis = _axis(spread.metric, visits, evidence)
    if axis is None:
        return None
    norm = evidence.norms.get(spread.metric)
    limits = norm.reference.limits if norm else None
    scale = say.scale(spread.unit)
    digits = 0 if abs(scale.factor * spread.median) >= 50 else 1
    return TeamRow(
        metric=spread.metric,
        title=say.wording.title(spread.metric),
        axis=_ends(axis, spread.unit, say),
        points=tuple((value.side, axis.at(value.value)) for _, value in spread.values),
        median=axis.at(spread.median),
        middle=with_unit(f"{scale.factor * spread.median:z.{digits}f}", scale.unit),
        typical=axis.typical(limits.borderline_low, limits.borderline_high) if limits else None,
        named=tuple(
            (o.athlete, axis.at(o.value.value), f"{say.wording.words[o.side]}, {say.number(o.value)}")
            for o in spread.outliers
        ),
        judged=spread.judged,
    )


def _team(visits: list[Visit], say: _Say, evidence: Evidence) -> list[TeamRow]:
    rows = []
    for metric in all_metrics():
        own = [(visit.athlete, v) for visit in visits for v in visit.values if v.metric == metric.name]
        several = len({athlete for athlete, _ in own}) > 1
        row = _team_row(spread_of(metric.name, own, evidence), visits, say, evidence) if several else None
        rows += [row] if row is not None else []
    return rows


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
    group : only athletes of this group; names : real names by pseudonym, for a board that stays with the coach.
    """
    evidence, wording = load_evidence(), load_wording(language)
    say = _Say(wording, evidence)
    latest = {name: visits[-1] for name, visits in known.visits.items() if group is None or visits[-1].group == group}
    if group is not None and not latest:
        raise InputError(wording.board["refused"]["no_group"].format(group=group))
    ranked = sorted(latest.values(), key=lambda visit: rank_key(visit, evidence))
    drawn = {name: _axis(name, ranked, evidence) for name in PICTURED}
    axes = {name: axis for name, axis in drawn.items() if axis is not None}
    shown = [v.model_copy(update={"athlete": (names or {}).get(v.athlete, v.athlete)}) for v in ranked]
    lines = []
    for k, (visit, named) in enumerate(zip(ranked, shown, strict=True), 1):
        visits = known.visits[visit.athlete]
        lines.append(_line(k, named, len(visits), _since(index, visits, evidence), axes, say, evidence, index.root))
    columns = [Column(name, wording.title(name), *_ends(axis, say.units[name], say)) for name, axis in axes.items()]
    present = {name for line in lines for name in line.findings}
    board = Board(
        language=wording.language,
        lines=tuple(lines),
        columns=tuple(columns),
        team=tuple(_team(shown, say, evidence)),
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


def _cells(line: Line, visit: Visit) -> list[Any]:
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
