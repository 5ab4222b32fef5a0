"""One athlete's visits over time: trends with their intervals, what the plan did meanwhile, what comes next.

Reads documents, sign-offs and check-ins of results folders; the result is a PDF of two pages.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from gaitcheck.advice.checkin import Checkin
from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.concerns import concerns_of
from gaitcheck.analysis.document import MetricValue
from gaitcheck.analysis.review import read_review, reviewed
from gaitcheck.analysis.store import telling, write_whole
from gaitcheck.errors import InputError
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.metrics import all_metrics, shares_of_steps
from gaitcheck.progress.change import Comparison, compare_visits
from gaitcheck.progress.checkins import earlier
from gaitcheck.progress.compare import ComparisonSaid
from gaitcheck.progress.trend_figures import Event, Point, Trend, write_trend
from gaitcheck.report.content.localised import localised
from gaitcheck.report.content.numbers import Scale, scale_of, with_interval, with_unit
from gaitcheck.report.typesetting import typeset
from gaitcheck.wording import Wording, load_wording
from gaitcheck.wording.loader import decimals

TEMPLATES = files("gaitcheck.progress") / "templates"
MOST_TRENDS = 6
MOST_VISITS = 12
"""Visits in the table; trends show them all."""
MOST_EVENTS = 12
WAYS = ("toward", "away", "neither")


@dataclass(frozen=True)
class Visited:
    """One visit as signed off, with its check-ins."""

    analysis: Analysis
    checkins: tuple[Checkin, ...]


@dataclass(frozen=True)
class HistoryText:
    """The progress report in words; ``trends`` are SVG files with their captions."""

    language: str
    title: str
    athlete: str
    subtitle: str
    headline: str
    pain: str
    lines: list[str]
    warnings: list[str]
    trends: list[tuple[str, str]]
    events: list[tuple[str, str]]
    header: list[str]
    rows: list[list[str]]
    left_out: str
    next_lines: list[str]
    words: dict[str, Any]


def read_visits(folders: list[Path]) -> list[Visited]:
    """Visits in the order of their days.

    Raises
    ------
    InputError
        If a folder can't be read.
    """
    found = [Visited(reviewed(load(folder), read_review(folder)), tuple(earlier(folder))) for folder in folders]
    order = {id(visit): str(folder) for visit, folder in zip(found, folders, strict=True)}
    return sorted(found, key=lambda visit: (visit.analysis.day, order[id(visit)]))


def _events(visits: list[Visited], wording: Wording) -> list[Event]:
    """What the plan set going and what check-ins moved, by day; the same cue begun again is no event."""
    words = wording.history["events"]
    found: list[Event] = []
    drill = shoes = ""
    for visit in visits:
        plan, about = visit.analysis.plan, visit.analysis.visit
        own = plan.retraining.drill if plan.retraining is not None else ""
        if own and own != drill:
            found.append(Event(plan.made_on, words["cue"].format(cue=wording.named_inside("drills", own))))
        elif drill and not own and plan.situation != "withheld":
            found.append(Event(plan.made_on, words["cue_ended"].format(cue=wording.named_inside("drills", drill))))
        drill = own
        if plan.situation == "withheld":
            found.append(Event(plan.made_on, words["withheld"]))
        if about.shoes and shoes and about.shoes != shoes:
            found.append(Event(visit.analysis.day, words["shoes"].format(shoes=about.shoes)))
        shoes = about.shoes or shoes
        for checkin in visit.checkins:
            moves = [step.move for step in checkin.steps]
            kind = "pause" if "pause" in moves else "up" if "up" in moves else "down" if "down" in moves else "keep"
            found.append(Event(checkin.date, words[f"checkin_{kind}"].format(number=checkin.number)))
    return sorted(found, key=lambda event: event.day)


def _scale(unit: str, visits: list[Visited], wording: Wording) -> Scale:
    """Centimetres only where every visit knows them, by the last one's leg."""
    clips = [visit.analysis.clips[0] for visit in visits]
    known = all(clip.leg_length_cm is not None for clip in clips)
    return scale_of(unit, clips[-1] if known else None, wording)


def _chosen(visits: list[Visited], evidence: Evidence) -> list[str]:
    """The metrics to draw: leading ones with two values and more, what weighs most now and is most measured first."""
    leading = evidence.leading
    shares = shares_of_steps()

    weighs = {c.metric: c.score for c in reversed(concerns_of(visits[-1].analysis, evidence))}

    def worth(name: str) -> tuple[float, int]:
        own = [m for v in visits for m in v.analysis.metrics if m.name == name and m.value is not None]
        return weighs.get(name, 0.0), len(own)

    several = [
        name
        for name in leading
        if name not in shares
        and sum(any(m.name == name and m.value is not None for m in v.analysis.metrics) for v in visits) > 1
    ]
    return sorted(several, key=lambda name: (-worth(name)[0], -worth(name)[1], leading.index(name)))[:MOST_TRENDS]


def _trend(name: str, visits: list[Visited], scale: Scale, evidence: Evidence, wording: Wording) -> Trend:
    points = []
    for visit in visits:
        for m in visit.analysis.metrics:
            if m.name == name and m.interval is not None:
                points.append(Point(visit.analysis.day, m.side, *m.interval.scaled(scale.factor)))
    last = visits[-1].analysis
    norm = evidence.norms.get(name)
    limits = norm.limits_for(last.athlete.sex, last.context.of(norm.metric)) if norm else None
    ends = [None, None] if limits is None else [limits.borderline_low, limits.borderline_high]
    low, high = (None if x is None else scale.factor * x for x in ends)
    return Trend(wording.short_title(name), scale.unit, tuple(points), low, high)


def _value(metric: MetricValue | None, scale: Scale, wording: Wording) -> str:
    if metric is None or metric.interval is None:
        return str(wording.compare["warnings"]["nothing"])
    return f"{with_interval(*metric.interval, scale)} ({metric.n_strides})"


def _changed(comparison: Comparison, kind: str, wording: Wording) -> tuple[list[str], int]:
    """Real changes of leading values between two visits in words, one line each way, and how many were told."""
    words, leading, say = wording.history["changes"], load_evidence().leading, ComparisonSaid(comparison, wording)
    told: dict[str, list[str]] = {}
    for change in comparison.of("real"):
        if change.metric not in leading or change.difference is None:
            continue
        scale = say.scale(change)
        digits = decimals(scale.factor * change.difference.own)
        number = f"{scale.factor * change.difference.difference:+.{digits}f}"
        own = f"{scale.factor * change.difference.own:.{digits}f}"
        named = words["one"].format(
            title=wording.short_title(change.metric),
            side=wording.words[change.side],
            difference=with_unit(f"{number} ± {own}", scale.unit),
        )
        told.setdefault(change.way, []).append(named)
    since = words[kind].format(day=wording.day(comparison.old.day))
    lines = [words[way].format(since=since, changes="; ".join(told[way])) for way in WAYS if way in told]
    return lines, sum(map(len, told.values()))


def pain_trend(visits: list[Visited], evidence: Evidence, wording: Wording) -> Trend | None:
    """Pain in running as told at visits and check-ins; None where it was told once at most."""
    told = [(visit.analysis.day, visit.analysis.situation.in_running) for visit in visits]
    told += [(checkin.date, checkin.report.pain) for visit in visits for checkin in visit.checkins]
    by_day = {day: pain for day, pain in told if pain is not None}
    if len(by_day) < 2:
        return None
    points = tuple(Point(day, "both", pain, pain, pain) for day, pain in sorted(by_day.items()))
    words, highest = wording.history, evidence.pain_rule.running_highest
    return Trend(words["pain_title"], words["pain_unit"], points, None, highest, (0, 10))


def _pain(visits: list[Visited], wording: Wording) -> str:
    """Pain in running where every visit told it, else the worst told."""
    situations = [(visit.analysis.day, visit.analysis.situation) for visit in visits]
    in_running = all(situation.running is not None for _, situation in situations)
    told = [(day, s.running if in_running else s.worst) for day, s in situations]
    known = [f"{wording.day(day)}: {pain}" for day, pain in told if pain is not None]
    kind = ("pain_in_running" if in_running else "pain") if known else "no_pain_told"
    return str(wording.history[kind].format(told="; ".join(known[-6:])))


def _next(visits: list[Visited], wording: Wording) -> list[str]:
    last = visits[-1]
    words, review = wording.history["next"], last.analysis.plan.review
    lines = []
    if last.analysis.situation.flags:
        lines.append(str(words["flags"]))
    elif "long_pain" in last.analysis.plan.notes:
        lines.append(str(words["examine"]))
    later = [c for v in visits for c in v.checkins if c.date >= last.analysis.plan.made_on]
    newest = max(later, key=lambda c: c.date, default=None)
    checkin = newest.next_date if newest is not None else review.checkin_date
    if checkin is not None:
        lines.append(words["checkin"].format(day=wording.day(checkin)))
    names = "; ".join(dict.fromkeys(wording.short_title(name) for name in review.metrics))
    lines.append(words["film_for" if names else "film"].format(day=wording.day(review.date), names=names))
    return lines


def history_text(
    visits: list[Visited], trends: list[tuple[str, str]], chosen: list[str], wording: Wording, evidence: Evidence
) -> HistoryText:
    """Everything a progress report says of two visits or more."""
    words, first, last = wording.history, visits[0].analysis, visits[-1].analysis
    since_first = compare_visits(first, last, evidence)
    since_last = compare_visits(visits[-2].analysis, last, evidence)
    lines, told = _changed(since_first, "since_first", wording)
    lines += _changed(since_last, "since_last", wording)[0] if len(visits) > 2 else []
    more = len(since_first.of("real")) - told
    others = [words["others"].format(n=more)] if more > 0 else []
    leading = evidence.leading
    kinds = [c.way for c in since_first.of("real") if c.difference is not None and c.metric in leading]
    away, toward = kinds.count("away"), kinds.count("toward")
    compared = [c for c in since_first.changes if c.difference is not None and c.verdict != "open"]
    kind = "mixed" if away and toward else "away" if away else "toward" if toward else "same" if compared else "open"
    kind += "_one" if kind in ("toward", "away") and away + toward == 1 else ""
    moved = ComparisonSaid(since_first, wording).first()
    units = {metric.name: metric.unit for metric in all_metrics()}
    shown = visits[-MOST_VISITS:]
    rows = []
    for visit in shown:
        analysis = visit.analysis
        speed = f"{analysis.athlete.speed_kmh:g}" if analysis.athlete.speed_kmh is not None else ""
        row = [
            wording.day(analysis.day),
            ", ".join(wording.view(clip.view) for clip in analysis.clips),
            speed,
        ]
        for name in chosen[:4]:
            scale = _scale(units[name], visits, wording)
            sides = ("both",) if analysis.metric(name, "both") is not None else ("left", "right")
            row.append(" / ".join(_value(analysis.metric(name, side), scale, wording) for side in sides))
        rows.append(row)
    events = [(wording.day(event.day), event.text) for event in _events(visits, wording)][-MOST_EVENTS:]
    text = HistoryText(
        language=wording.language,
        title=words["title"],
        athlete=last.athlete.name,
        subtitle=words["subtitle"].format(n=len(visits), first=wording.day(first.day), last=wording.day(last.day)),
        headline=f"{moved} {words['headline'][kind].format(day=wording.day(first.day), n=away + toward)}".strip(),
        pain=_pain(visits, wording),
        lines=[*lines, *others],
        warnings=_warnings(since_first, since_last, wording),
        trends=trends,
        events=events,
        header=[*words["header"], *(wording.short_title(name) for name in chosen[:4])],
        rows=rows,
        left_out=words["left_out"].format(n=len(visits) - MOST_VISITS) if len(visits) > MOST_VISITS else "",
        next_lines=_next(visits, wording),
        words=words,
    )
    return localised(text, wording)


def _warnings(first: Comparison, last: Comparison, wording: Wording) -> list[str]:
    found: dict[str, str] = {}
    nothing = wording.compare["warnings"]["nothing"]
    for comparison in (first, last):
        for w in comparison.warnings:
            text = wording.compare["warnings"][w.code].format(old=w.old or nothing, new=w.new or nothing)
            found.setdefault(w.code, text)
    return list(found.values())


def write_history(folders: list[Path], out: Path) -> list[Visited]:
    """Write the progress PDF of one athlete's results folders.

    Raises
    ------
    InputError
        If there are fewer than two visits, one can't be read, or the file can't be written.
    """
    visits = read_visits(folders)
    if len(visits) < 2:
        raise InputError(load_wording().history["refused"]["one_visit"])
    with telling(folders[-1].parent):
        _write(visits, out)
    return visits


def _write(visits: list[Visited], out: Path) -> None:
    evidence = load_evidence()
    wording = load_wording(visits[-1].analysis.presentation.language)
    units = {metric.name: metric.unit for metric in all_metrics()}
    chosen = _chosen(visits, evidence)
    events = _events(visits, wording)
    with tempfile.TemporaryDirectory(prefix="gaitcheck-history-") as scratch:
        place = Path(scratch)
        pain = pain_trend(visits, evidence, wording)
        drawn = [] if pain is None else [pain]
        drawn += [_trend(name, visits, _scale(units[name], visits, wording), evidence, wording) for name in chosen]
        trends = []
        for k, trend in enumerate(drawn[:MOST_TRENDS]):
            write_trend(trend, events, place / f"trend_{k}.svg")
            trends.append((f"trend_{k}.svg", trend.title))
        text = history_text(visits, trends, chosen, wording, evidence)
        write_whole(out, typeset(TEMPLATES / "history.typ", asdict(text), place))
