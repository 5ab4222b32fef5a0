"""A coach's sign-off, in ``review.toml`` beside the document: a note, struck findings, edited sentences.

It changes what a report says, never what was measured: the document stays as it is, and a sentence may only be put into
other words that hold the same numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis.compose import estimates_of, judged_fields
from gaitcheck.analysis.document import Analysis
from gaitcheck.checked import toml_of
from gaitcheck.errors import InputError
from gaitcheck.evidence import load_evidence
from gaitcheck.seal import open_toml, seal_toml

REVIEW = "review.toml"
LARGEST_REVIEW_BYTES = 200_000
REPLANNED = ("findings", "causes", "risk_picture", "plan")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Strike(_Part):
    """A finding the coach does not share; it stays visible as struck, with the reason."""

    finding: str = Field(max_length=80)
    side: Literal["left", "right", "both"]
    reason: str = Field(default="", max_length=500)


class Edit(_Part):
    """A sentence of the report, word for word, and what to say instead."""

    sentence: str = Field(min_length=1, max_length=2_000)
    instead: str = Field(min_length=1, max_length=2_000)


class Review(_Part):
    """One sign-off."""

    by: str = Field(min_length=1, max_length=120)
    date: dt.date
    note: str = Field(default="", max_length=4_000)
    strike: tuple[Strike, ...] = ()
    edit: tuple[Edit, ...] = ()

    def to_toml(self) -> str:
        """The file's text."""
        return seal_toml(tomli_w.dumps(self.model_dump()))


def numbers_in(text: str) -> list[str]:
    """The numbers of a sentence, sorted."""
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", text))


def read_review(folder: Path) -> Review | None:
    """The sign-off of a results folder, or None.

    Raises
    ------
    InputError
        If it can't be read, or an edit changes a number.
    """
    path = folder / REVIEW
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > LARGEST_REVIEW_BYTES:
            raise InputError(f"{path.name} is larger than 200 kB; shorten it.")
        review = Review.model_validate(toml_of(open_toml(path.read_text(encoding="utf-8-sig"), path.name)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: {place}: {first['msg'].lower()}; mend it or delete the file.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no TOML file that can be read; mend it or delete it.") from error
    for edit in review.edit:
        if numbers_in(edit.sentence) != numbers_in(edit.instead):
            raise InputError(
                f"{path.name}: {edit.instead[:60]!r} holds other numbers than the sentence it replaces; "
                "numbers stay as measured, so keep them and add a note instead."
            )
    return review


def reviewed(analysis: Analysis, review: Review | None) -> Analysis:
    """The document as signed off: without struck findings and with the plan that follows; every number as it was."""
    struck = frozenset((s.finding, s.side) for s in review.strike) if review is not None else frozenset()
    if not struck & {(f.risk_factor, f.side) for f in analysis.findings}:
        return analysis
    judged = judge_visit(
        estimates_of(analysis.metrics),
        analysis.intake,
        analysis.intake_problems,
        analysis.athlete.person,
        load_evidence(),
        analysis.plan.made_on,
        struck,
        analysis.visit.filmed_on,
    )
    fields = judged_fields(judged)
    return analysis.model_copy(update={name: fields[name] for name in REPLANNED})
