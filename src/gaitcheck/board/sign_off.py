"""Signing a visit off: what a coach says goes into ``review.toml``, and the reports are drawn again with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.review import REVIEW, Edit, Review, Strike, numbers_in, read_review
from gaitcheck.analysis.store import telling
from gaitcheck.errors import UsageError
from gaitcheck.pipeline import report_again
from gaitcheck.report.write import content_of
from gaitcheck.request import Style
from gaitcheck.wording import load_wording


@dataclass(frozen=True)
class SignOff:
    """What the call says: ``strike`` as ``knee_valgus:left=reason``, ``edit`` as (sentence, instead)."""

    by: str
    note: str | None = None
    strike: tuple[str, ...] = ()
    edit: tuple[tuple[str, str], ...] = ()


def _strike(text: str, analysis: Analysis, words: dict[str, Any]) -> Strike:
    name, _, reason = text.partition("=")
    finding, _, side = name.partition(":")
    if side not in ("left", "right", "both"):
        raise UsageError(words["strike_form"].format(text=text))
    there = [f"{f.risk_factor}:{f.side}" for f in analysis.findings]
    if name not in there:
        known = ", ".join(there) or words["none_known"]
        raise UsageError(words["no_finding"].format(finding=finding, side=side, known=known))
    return Strike.model_validate({"finding": finding, "side": side, "reason": reason.strip()[:500]})


def _check_edits(review: Review, analysis: Analysis, words: dict[str, Any]) -> None:
    for edit in review.edit:
        if numbers_in(edit.sentence) != numbers_in(edit.instead):
            raise UsageError(words["other_numbers"].format(instead=edit.instead[:80]))
    _, content = content_of(analysis, review)
    assert content.signed is not None
    unused = [words["edit_unused"].format(sentence=" ".join(e.sentence.split())) for e in review.edit]
    for edit, told in zip(review.edit, unused, strict=True):
        if told in content.signed.unused:
            raise UsageError(words["no_sentence"].format(sentence=edit.sentence[:80]))


def sign_off(folder: Path, said: SignOff, today: dt.date, style: Style = Style()) -> Path:
    """Sign a visit off, adding to what was said before, and draw its reports again.

    Raises
    ------
    UsageError
        If nothing is said, or a finding or a sentence is not there.
    InputError
        If the folder can't be read or written.
    """
    try:
        return _sign(folder, said, today, style)
    except ValidationError as error:
        raise UsageError(load_wording().review["too_long"]) from error


def _sign(folder: Path, said: SignOff, today: dt.date, style: Style) -> Path:
    words = load_wording().review
    analysis, before = load(folder), read_review(folder)
    if said.note is None and not said.strike and not said.edit and before is None:
        raise UsageError(words["nothing"])
    strikes = {(s.finding, s.side): s for s in (before.strike if before else ())}
    strikes |= {(s.finding, s.side): s for text in said.strike for s in [_strike(text, analysis, words)]}
    edits = {e.sentence: e for e in (before.edit if before else ())}
    new = Review(by=said.by, date=today, edit=tuple(Edit(sentence=a, instead=b) for a, b in said.edit))
    with telling(folder):
        _check_edits(new.model_copy(update={"strike": tuple(strikes.values())}), analysis, words)
    edits |= {e.sentence: e for e in new.edit}
    note = said.note if said.note is not None else before.note if before else ""
    review = Review(by=said.by, date=today, note=note, strike=tuple(strikes.values()), edit=tuple(edits.values()))
    report_again(folder, style=style, signed=review)
    return folder / REVIEW
