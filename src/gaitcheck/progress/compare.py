"""Two visits as one page and one PDF: what changed, what can't be told, and both clips side by side in step."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.concerns import concerns_of
from gaitcheck.analysis.document import StancePhase
from gaitcheck.analysis.store import Kind, check_target, numbered, staging, telling
from gaitcheck.evidence import load_evidence
from gaitcheck.progress.change import Change, Comparison, compare
from gaitcheck.report import require_parts
from gaitcheck.report.assets import clip_stills
from gaitcheck.report.content import Writer
from gaitcheck.report.content.localised import localised
from gaitcheck.report.content.numbers import OPEN_SHARE, Scale, scale_of, with_interval, with_unit
from gaitcheck.report.html import inline_json, inline_svg, page_fonts, render_page
from gaitcheck.report.typesetting import typeset
from gaitcheck.wording import Wording, load_wording
from gaitcheck.wording.loader import decimals

COMPARISON = Kind("compare.html", re.compile(r"compare\.(html|pdf)|(old|new)_\d\.mp4"))
QUIET = ("shoes_unknown", "camera", "camera_place")
"""Warnings whose error is in the interval, or that are a question only."""
TEMPLATES = files("gaitcheck.progress") / "templates"


@dataclass(frozen=True)
class Row:
    """One value of both visits, ready to print."""

    name: str
    title: str
    side: str
    side_code: str
    old: str
    new: str
    difference: str
    smallest: str
    verdict: str
    code: str


@dataclass(frozen=True)
class Pictures:
    """One view in both visits: file names, contacts that belong together (s of each clip), stills by side."""

    view: str
    old_file: str
    new_file: str
    old_clip: int
    new_clip: int
    pairs: tuple[tuple[float, float], ...]
    stills: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class CompareText:
    """A comparison in words. ``stills`` of the pictures are file names of SVGs."""

    language: str
    title: str
    athlete: str
    subtitle: str
    headline: str
    by_chance: str
    warnings: list[str]
    header: list[str]
    real: list[Row]
    open: list[Row]
    noise: list[Row]
    missing: str
    pictures: list[Pictures]
    old_label: str
    new_label: str
    words: dict[str, Any]


def contact_pairs(old: list[StancePhase], new: list[StancePhase]) -> tuple[tuple[float, float], ...]:
    """Initial contacts that belong together, s: from the first of the same foot on, as long as feet alternate alike."""
    before = sorted(old, key=lambda s: s.initial_contact_s)
    after = sorted(new, key=lambda s: s.initial_contact_s)
    if not before or not after:
        return ()
    start = next((k for k, s in enumerate(after) if s.side == before[0].side), None)
    if start is None:
        return ()
    pairs = []
    for a, b in zip(before, after[start:], strict=False):
        if a.side != b.side:
            break
        pairs.append((round(a.initial_contact_s, 4), round(b.initial_contact_s, 4)))
    return tuple(pairs)


def weightiest(comparison: Comparison) -> Change | None:
    """The real change of a leading measure that weighs most in either visit."""
    evidence = load_evidence()
    weights: dict[tuple[str, str], float] = {}
    for analysis in (comparison.old, comparison.new):
        for concern in concerns_of(analysis, evidence):
            key = (concern.metric, concern.side)
            weights[key] = max(weights.get(key, 0.0), concern.score)
    leading = [c for c in comparison.of("real") if c.metric in evidence.leading and c.unit != "fraction"]
    told = [c for c in leading if c.difference is not None]
    return max(told, key=lambda c: weights.get((c.metric, c.side), 0.0), default=None)


def weightiest_first(comparison: Comparison) -> list[Change]:
    """Real changes: what weighs most, then the other leading measures, then the rest."""
    first, leading = weightiest(comparison), load_evidence().leading
    real = [change for change in comparison.of("real") if change.difference is not None]
    return sorted(real, key=lambda change: (change is not first, change.metric not in leading))


class ComparisonSaid:
    """A comparison's numbers in words."""

    def __init__(self, comparison: Comparison, wording: Wording) -> None:
        self.comparison, self.wording, self.words = comparison, wording, wording.compare

    def scale(self, change: Change) -> Scale:
        """Centimetres only where both visits know them."""
        clips = []
        for analysis, metric in ((self.comparison.old, change.old), (self.comparison.new, change.new)):
            clips.append(None if metric.clip is None else analysis.clips[metric.clip])
        known = all(clip is not None and clip.leg_length_cm is not None for clip in clips)
        return scale_of(change.unit, clips[1] if known else None, self.wording)

    def _value(self, change: Change, which: str, scale: Scale) -> str:
        metric = change.old if which == "old" else change.new
        if metric.interval is None:
            return str(self.words["missing"])
        shown = with_interval(*metric.interval, scale)
        steps = self.words["steps"].format(n=metric.n_strides)
        rated = "" if metric.position == "not_rated" else f"; {self.wording.rating(metric.rating)}"
        return f"{shown}, {steps}{rated}"

    def row(self, change: Change) -> Row:
        """One line of the table."""
        scale, words, difference = self.scale(change), self.words, change.difference
        apart = words["points"] if change.unit == "fraction" else scale.unit
        shown = smallest = ""
        if difference is not None:
            digits = decimals(scale.factor * difference.own)

            def number(x: float, sign: str = "") -> str:
                return f"{scale.factor * x:{sign}z.{digits}f}"

            value = with_unit(number(difference.difference, "+"), apart)
            shown = f"{value} ({number(difference.low, '+')} to {number(difference.high, '+')})"
            smallest = words["own"].format(own=with_unit(number(difference.own), apart))
            if change.unit == "fraction" and difference.own >= OPEN_SHARE:
                shown = smallest = self.wording.report["said"]["open_share"]
            if difference.literature is not None:
                literature = with_unit(f"{scale.factor * difference.literature:g}", scale.unit)
                smallest += "; " + words["literature"].format(literature=literature)
        reasons = "; ".join(words["reasons"][code] for code in change.reasons)
        kind = change.way if change.verdict == "real" and change.way != "neither" else change.verdict
        return Row(
            name=change.metric,
            title=self.wording.title(change.metric),
            side=self.wording.words[change.side],
            side_code=change.side,
            old=self._value(change, "old", scale),
            new=self._value(change, "new", scale),
            difference=shown,
            smallest=smallest,
            verdict=words[kind].format(reasons=reasons),
            code=kind,
        )

    def first(self) -> str:
        """The real change that weighs most, in one sentence; nothing where none is of a leading measure."""
        change = weightiest(self.comparison)
        if change is None:
            return ""
        assert change.difference is not None
        scale, difference = self.scale(change), change.difference
        digits = decimals(scale.factor * difference.own)
        amount = with_unit(f"{abs(scale.factor * difference.difference):.{digits}f}", scale.unit)
        kind = "more" if difference.difference > 0 else "less"
        title, side = self.wording.short_title(change.metric), self.wording.words[change.side]
        told = str(self.words[f"headline_{kind}"].format(title=title, side=side, amount=amount))
        if change.new.position == "not_rated":
            return told
        kind = "still" if change.old.position == change.new.position else "now"
        return f"{told.rstrip('.')}, {self.words[kind].format(rating=self.wording.rating(change.new.rating))}"

    def headline(self) -> str:
        """What changed most, and how much changed, in one line each."""
        compared = [c for c in self.comparison.changes if c.difference is not None]
        decided = [c for c in compared if c.verdict != "open"]
        real = len(self.comparison.of("real"))
        if not decided:
            codes = dict.fromkeys(code for c in self.comparison.changes for code in c.reasons)
            reasons = "; ".join(self.words["reasons"][code] for code in codes)
            return str(self.words["headline_open"].format(reasons=reasons))
        kind = "headline_none" if real == 0 else "headline_one" if real == 1 else "headline_real"
        told = str(self.words[kind].format(n=real, all=len(decided)))
        first = real and any(w.code not in QUIET for w in self.comparison.warnings)
        parts = (self.first(), told, self.words["but_first"] if first else "")
        return " ".join(part for part in parts if part)

    def warnings(self) -> list[str]:
        """What besides the runner may differ."""
        nothing = self.words["warnings"]["nothing"]
        return [
            self.words["warnings"][w.code].format(old=w.old or nothing, new=w.new or nothing)
            for w in self.comparison.warnings
        ]


def _pictures(old: Analysis, new: Analysis) -> list[Pictures]:
    """Each view that both visits show, its first clip of each."""
    found: list[Pictures] = []
    for k, clip in enumerate(new.clips):
        before = next((j for j, other in enumerate(old.clips) if other.view == clip.view), None)
        if before is None or any(p.view == clip.view for p in found):
            continue
        stances = [[s for s in a.stances if s.clip == c] for a, c in ((old, before), (new, k))]
        n = len(found) + 1
        found.append(Pictures(clip.view, f"old_{n}.mp4", f"new_{n}.mp4", before, k, contact_pairs(*stances), ()))
    return found


def compare_text(comparison: Comparison, pictures: list[Pictures], wording: Wording) -> CompareText:
    """Everything a comparison says."""
    say, words = ComparisonSaid(comparison, wording), wording.compare
    old, new = comparison.old, comparison.new
    rows = {(c.metric, c.side): say.row(c) for c in comparison.changes}
    compared = [c for c in comparison.changes if c.difference is not None]
    decided = sum(c.verdict != "open" for c in compared)
    missing = dict.fromkeys(rows[c.metric, c.side].title for c in comparison.changes if c.difference is None and
                            (c.old.value is None) != (c.new.value is None))  # fmt: skip
    days = {"old": wording.day(old.day), "new": wording.day(new.day)}
    if days["old"] == days["new"]:
        days = {"old": f"{wording.day(old.day)} (1)", "new": f"{wording.day(new.day)} (2)"}
    chance = f"{comparison.by_chance:.0f}" if comparison.by_chance >= 1 else "1"
    text = CompareText(
        language=wording.language,
        title=words["title"],
        athlete=new.athlete.name,
        subtitle=words["from_to"].format(**days),
        headline=say.headline(),
        by_chance=words["by_chance"].format(all=decided, chance=chance) if decided else "",
        warnings=say.warnings(),
        header=[text.format(**days) for text in words["header"]],
        real=[rows[c.metric, c.side] for c in weightiest_first(comparison)],
        open=[rows[c.metric, c.side] for c in compared if c.verdict == "open"],
        noise=[rows[c.metric, c.side] for c in compared if c.verdict == "noise"],
        missing=words["not_comparable"].format(names="; ".join(missing)) if missing else "",
        pictures=pictures,
        old_label=days["old"],
        new_label=days["new"],
        words={**words, "sides": wording.words},
    )
    return localised(text, wording)


def _stills(
    pictures: list[Pictures], visits: dict[str, tuple[Analysis, Path]], first: str, wording: Wording, into: Path
) -> list[Pictures]:
    """The same side of both visits at the same instant of stance, as SVG files; ``first`` is the side that leads."""
    made = []
    for k, pair in enumerate(pictures):
        svgs = {
            which: clip_stills(Writer(analysis, wording), pair.old_clip if which == "old" else pair.new_clip, folder)
            for which, (analysis, folder) in visits.items()
        }
        stills = []
        for side in sorted(("left", "right"), key=lambda side: side != first):
            if side in svgs["old"] and side in svgs["new"]:
                names = [f"{which}_{k}_{side}.svg" for which in ("old", "new")]
                for which, name in zip(("old", "new"), names, strict=True):
                    (into / name).write_text(svgs[which][side], encoding="utf-8")
                stills.append((side, names[0], names[1]))
        made.append(replace(pair, stills=tuple(stills)))
    return made


def _page(text: CompareText, assets: Path) -> str:
    return render_page(
        TEMPLATES,
        "compare",
        c=text,
        w=text.words,
        fonts=page_fonts(),
        svg=lambda name: inline_svg((assets / name).read_text(encoding="utf-8"), name),
        data=Markup(inline_json({"pairs": [pair.pairs for pair in text.pictures]})),
    )


def write_comparison(old_folder: Path, new_folder: Path, out: Path) -> Comparison:
    """Compare two results folders into ``out``: a page, a PDF, and both clips for the page.

    Raises
    ------
    InputError
        If a folder can't be read, or the comparison can't be written.
    UsageError
        If ``out`` holds something else.
    """
    check_target(out, COMPARISON)
    old, new = load(old_folder), load(new_folder)
    require_parts(old, old_folder)
    require_parts(new, new_folder)
    with telling(new_folder):
        comparison, wording = compare(old, new), load_wording(new.presentation.language)
    visits = {"old": (old, old_folder), "new": (new, new_folder)}
    with tempfile.TemporaryDirectory(prefix="gaitcheck-compare-") as scratch, staging(out, COMPARISON) as folder:
        assets = Path(scratch)
        moved = weightiest(comparison)
        with telling(new_folder):
            pictures = _stills(_pictures(old, new), visits, "" if moved is None else moved.side, wording, assets)
            text = compare_text(comparison, pictures, wording)
        for pair in pictures:
            shutil.copyfile(old_folder / numbered("overlay", ".mp4", pair.old_clip), folder / pair.old_file)
            shutil.copyfile(new_folder / numbered("overlay", ".mp4", pair.new_clip), folder / pair.new_file)
        (folder / "compare.pdf").write_bytes(typeset(TEMPLATES / "compare.typ", asdict(text), assets))
        (folder / "compare.html").write_text(_page(text, assets), encoding="utf-8")
    return comparison
