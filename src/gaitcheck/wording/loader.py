"""Loading a language, and making sentences from codes and numbers.

A language is a folder: a TOML file is a table, a folder of TOML files a table by file name. So a new drill,
exercise or home test brings its words in a file of its own.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from gaitcheck.advice.rating import Rating
from gaitcheck.errors import UsageError

Table = dict[str, Any]
MOST_PROBABLE = 0.99
"""No probability is printed that is nearer to certain."""


@dataclass(frozen=True)
class Wording:
    """One language's tables. Unknown names fall back to the name itself, so a new metric needs no edit."""

    metrics: dict[str, Table]
    reasons: dict[str, str]
    risk_factors: dict[str, Table]
    quality: dict[str, str]
    report: Table
    filming: Table
    plan: Table
    checkin: Table
    intake: Table
    drills: dict[str, Table]
    exercises: dict[str, Table]
    home_tests: dict[str, Table]
    red_flags: dict[str, str]
    causes: dict[str, str]
    treatments: dict[str, str]
    statements: dict[str, str]
    cautions: dict[str, str]
    norms: dict[str, Table]
    signs: dict[str, str]
    roster: Table
    board: Table
    review: Table
    compare: Table
    history: Table
    app: Table

    @property
    def language(self) -> str:
        """The language's code."""
        return str(self.report["grammar"]["language"])

    @property
    def units(self) -> dict[str, str]:
        """How a unit is printed."""
        return dict(self.report["units"])

    @property
    def words(self) -> dict[str, str]:
        """Single words: sides, ratings, confidences."""
        return dict(self.report["words"])

    def title(self, metric: str) -> str:
        """A metric's name for people."""
        return str(self.metrics.get(metric, {}).get("title", plain(metric)))

    def view(self, name: str) -> str:
        """A view's name for people."""
        return str(self.report["views"].get(name, plain(name)))

    def clip_of(self, view: str) -> str:
        """A clip by where its camera stood."""
        words = self.report["clip_of"]
        return str(words.get(view) or words["other"].format(view=plain(view)))

    def curve_title(self, metric: str) -> str:
        """What a curve over stance shows: the metric's name without the instant at which it is taken."""
        return str(self.metrics.get(metric, {}).get("curve", self.title(metric)))

    def inside(self, title: str) -> str:
        """A title inside a sentence: abbreviations keep their capitals, and so do languages that write nouns large."""
        return title[:1].lower() + title[1:] if self.report["grammar"]["small_titles"] else title

    def title_inside(self, metric: str) -> str:
        """A metric's name inside a sentence."""
        return self.inside(self.title(metric))

    def named_inside(self, kind: str, name: str) -> str:
        """The title of a drill and the like inside a sentence."""
        return self.inside(self.named(kind, name))

    def listed(self, items: Iterable[str]) -> str:
        """``a, b and c``."""
        found, last = list(items), self.report["grammar"]["last"]
        return found[0] if len(found) == 1 else f"{', '.join(found[:-1])}{last}{found[-1]}" if found else ""

    def numbered(self, text: str) -> str:
        """A text with its decimal points as the language writes them, and minus signs that are no hyphens.

        A hyphen is copied out of a PDF as a soft one, which is none.
        """
        point = self.report["grammar"]["decimal_point"]
        signed = re.sub(r"(?<![\w.)\]])-(?=\d)", "\N{MINUS SIGN}", text)
        return signed if point == "." else re.sub(r"(?<=\d)\.(?=\d)", point, signed)

    def short_title(self, metric: str) -> str:
        """A metric's name in the runner's own words, where it has one."""
        return str(self.metrics.get(metric, {}).get("short", self.title(metric)))

    def named(self, kind: str, name: str) -> str:
        """The title of a drill, an exercise, a home test or a risk factor."""
        return str(getattr(self, kind).get(name, {}).get("title", plain(name)))

    def question(self, path: str) -> str:
        """What an answer at ``table.key`` was asked by."""
        if path.startswith("tests."):
            return self.named("home_tests", path.removeprefix("tests."))
        if path.startswith("trial."):
            return self.named("drills", path.removeprefix("trial."))
        return str(self.intake["questions"].get(path, plain(path)))

    def pain_place(self, where: str | None, side: str | None) -> str:
        """Where it hurts, as far as that was told."""
        parts = (self.intake["choices"].get(where or "", ""), self.words.get(side or "", ""))
        return ", ".join(part for part in parts if part)

    def day(self, day: dt.date | str | None, now: dt.date | None = None) -> str:
        """A day as people say it: 9 December, with its year where that is another than now's or now is not told.

        ``day`` may be a document's text, 2026-12-09; no day is no text.
        """
        if not day:
            return ""
        day = dt.date.fromisoformat(str(day))
        dates = self.report["dates"]
        kind = "day" if now is not None and day.year == now.year else "day_and_year"
        return str(dates[kind].format(day=day.day, month=dates["months"][day.month - 1], year=day.year))

    def direction(self, metric: str, value: float, side: str = "both") -> str:
        """The sign in words, or nothing; ``side`` is the standing leg's."""
        entry, words = self.metrics.get(metric, {}), self.words
        other = {"left": "right", "right": "left"}.get(side, "both")
        text = str(entry.get("plus" if value >= 0 else "minus", ""))
        return text.format(side=words[side], other=words[other])

    def plus(self, metric: str) -> str:
        """What a positive value means, in a word or two, or nothing."""
        entry = self.metrics.get(metric, {})
        return str(entry.get("short_plus") or entry.get("plus", ""))

    def quoted(self, text: str) -> str:
        """A text in the language's quotation marks."""
        return f"{self.report['grammar']['open']}{text}{self.report['grammar']['close']}"

    def rating(self, rating: Rating) -> str:
        """Where a value lies and how surely, such as ``outside (likely, 86 %)``."""
        words, percent = self.words, self.report["probability"]
        if rating.certainty == "none":
            return words[rating.position]
        told = [words[rating.certainty]]
        if rating.probability is not None:
            over = rating.probability > MOST_PROBABLE
            told.append(percent["over"] if over else percent["about"].format(percent=f"{100 * rating.probability:.0f}"))
        return f"{words[rating.position]} ({', '.join(told)})"

    def note(self, code: str, parameters: dict[str, float | str]) -> str:
        """A quality note's sentence."""
        sentence, told = self.quality.get(code), dict(parameters)
        if "metric" in told and "unit" in told:
            told = {**told, "metric": self.title(str(told["metric"])), "unit": self.units.get(str(told["unit"]), "")}
        try:
            return plain(code) if sentence is None else filled(sentence, told)
        except KeyError:
            return plain(code)

    def problem(self, code: str, path: str, parameters: dict[str, str]) -> str:
        """What is wrong with an answer."""
        return filled(self.intake["problems"][code], {"path": path, **parameters})


def plain(name: str) -> str:
    """A name without a title of its own, made readable."""
    return name.replace("_", " ").capitalize()


def filled(sentence: str, parameters: dict[str, Any]) -> str:
    """A sentence with its numbers, printed without needless digits."""
    shown = {k: f"{v:g}" if isinstance(v, float | int) else v for k, v in parameters.items()}
    return sentence.format(**shown)


def _toml(item: Traversable) -> Table:
    return tomllib.loads(item.read_text(encoding="utf-8"))


def _table(item: Traversable) -> Table:
    if not item.is_dir():
        return _toml(item)
    return {i.name.removesuffix(".toml"): _toml(i) for i in item.iterdir() if i.name.endswith(".toml")}


def languages() -> tuple[str, ...]:
    """The languages there are: the folders beside this file."""
    return tuple(sorted(item.name for item in files("gaitcheck.wording").iterdir() if (item / "report.toml").is_file()))


@lru_cache(maxsize=2)
def load_wording(language: str = "en") -> Wording:
    """The tables of a language.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    if language not in languages():
        raise UsageError(f"--language is {', '.join(languages())}.")
    folder = files("gaitcheck.wording") / language
    tables = {item.name.removesuffix(".toml"): _table(item) for item in folder.iterdir() if item.name[0] not in "_."}
    return Wording(**tables)


def decimals(half_width: float) -> int:
    """Digits after the point that an interval's half width deserves."""
    if not math.isfinite(half_width) or half_width >= 5:
        return 0
    return 1 if half_width >= 0.3 else 2
