"""The coach's part of a report: note, struck findings, edited sentences, always marked as the coach's."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.review import Review
from gaitcheck.wording import Wording

EDITABLE: dict[str, tuple[str, ...]] = {
    "Content": ("headline", "undecided", "findings", "also", "good", "action", "plan", "picture"),
    "Good": ("sentence",),
    "Action": ("sentence",),
    "Told": ("sentence", "meaning"),
    "PlanText": ("situation", "load", "no_cue", "recovery", "review", "statements", "exercises", "cue"),
    "ExerciseText": ("how", "variant", "why"),
    "CueText": ("cue", "how", "why", "target", "starts"),
    "PictureText": ("hint", "causes", "context", "groups"),
    "GroupText": ("lines", "missing"),
}
"""Which sentences may be put into other words. Warnings, stop rules, doses, values and sources may not."""


@dataclass(frozen=True)
class Signed:
    """A sign-off in words. ``unused`` says which strikes and edits met nothing in this report."""

    heading: str
    note: str
    struck: list[str]
    unused: list[str]


def _same(text: str) -> str:
    return " ".join(text.split())


class _Editor:
    def __init__(self, review: Review, mark: str) -> None:
        self._table = {_same(edit.sentence): edit.instead for edit in review.edit}
        self._mark = mark
        self.used: set[str] = set()

    def apply(self, item: Any) -> Any:
        """A text, a list or a dataclass with every editable sentence replaced."""
        if isinstance(item, str):
            key = _same(item)
            if key not in self._table:
                return item
            self.used.add(key)
            return f"{self._table[key]} {self._mark}"
        if isinstance(item, list):
            return [self.apply(one) for one in item]
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            names = EDITABLE.get(type(item).__name__, ())
            return dataclasses.replace(item, **{name: self.apply(getattr(item, name)) for name in names})
        return item

    def unused(self) -> list[str]:
        """Sentences that were nowhere to be found."""
        return [sentence for sentence in self._table if sentence not in self.used]


def sign(content: Any, review: Review, analysis: Analysis, wording: Wording) -> Any:
    """The content with the coach's words in it; ``analysis`` is the document as measured, nothing struck."""
    words = wording.review
    editor = _Editor(review, words["edited"].format(by=review.by))
    edited = editor.apply(content)
    there = {(f.risk_factor, f.side) for f in analysis.findings}
    struck, unused = [], []
    for strike in review.strike:
        title = wording.named_inside("risk_factors", strike.finding)
        told = words["struck"].format(finding=title, side=wording.words[strike.side], reason=strike.reason).strip()
        if (strike.finding, strike.side) in there:
            struck.append(told)
        else:
            unused.append(words["strike_unused"].format(finding=title, side=wording.words[strike.side]))
    unused += [words["edit_unused"].format(sentence=sentence) for sentence in editor.unused()]
    if struck and not edited.findings and not analysis.situation.flags:
        edited = dataclasses.replace(edited, headline=words["all_struck"].format(by=review.by))
    heading = words["heading"].format(by=review.by, date=review.date)
    return dataclasses.replace(edited, signed=Signed(heading, review.note, struck, unused))
