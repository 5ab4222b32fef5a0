"""One page for a professional to fill in: what was measured is ticked, what a phone cannot see is left blank."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.report.content.bars import Bar
from gaitcheck.wording import Wording


@dataclass(frozen=True)
class Ticked:
    """One side of one measure: whether it is at least likely outside what is typical; None where it can't be told."""

    outside: bool | None
    said: str


@dataclass(frozen=True)
class FormRow:
    """One measure with both sides; a measure without sides stands on the left."""

    title: str
    left: Ticked | None
    right: Ticked | None


@dataclass(frozen=True)
class Form:
    """The page's words."""

    heading: str
    intro: str
    header: list[str]
    within: str
    outside: str
    seen: list[FormRow]
    blanks: list[str]
    lines: list[str]
    signature: list[str]


OUTSIDE = {"clearly_outside": True, "slightly_outside": True, "typical": False}


def make_form(bars: list[Bar], wording: Wording) -> Form:
    """The page for what the bars show."""
    words, seen = wording.report["form"], []
    for bar in bars:
        ticks = {s.side_code: Ticked(OUTSIDE.get(s.rating_code), s.said) for s in bar.sides}
        seen.append(FormRow(bar.title, ticks.get("left", ticks.get("both")), ticks.get("right")))
    return Form(seen=seen, **words)
