"""What a user asks for: one athlete's clips of one visit and how to read them, checked, and the key of that work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import Field, ValidationError, model_validator

from gaitcheck.analysis.document import Athlete, Visit
from gaitcheck.checked import Checked
from gaitcheck.clock import EARLIEST_FILMED
from gaitcheck.errors import UsageError
from gaitcheck.measure import constants
from gaitcheck.pose.models import model_path, model_sha256
from gaitcheck.report.brand import Brand
from gaitcheck.seal import sha256_of
from gaitcheck.settings import Settings
from gaitcheck.setup import Setup
from gaitcheck.uncertainty import load_error_model
from gaitcheck.views import view_named


class Style(Checked):
    """The look of a report; None stands for what it was before, or the usual.

    Attributes
    ----------
    brand
        A TOML file with name, colour, contact and logo.
    readers
        Whose part of the report.
    share
        Also make a picture and a film to share.
    blur_faces
        In every picture.
    """

    brand: Path | None = None
    paper: Literal["a4", "letter"] | None = None
    readers: Literal["runner", "clinician", "both"] | None = None
    share: bool = False
    language: str | None = None
    blur_faces: bool = False


class Request(Checked):
    """One athlete's clips of one visit.

    Attributes
    ----------
    intake
        Files of answers, a later one's answers before an earlier one's; ``athlete``'s own values before any.
    jobs
        Processes; None takes one a core.
    shown_as
        Replaces the clips' file names in everything that is written.
    """

    clips: Annotated[tuple[Path, ...], Field(min_length=1)]
    athlete: Athlete = Athlete()
    setup: Setup = Setup()
    style: Style = Style()
    visit: Visit = Visit()
    intake: tuple[Path, ...] = ()
    jobs: Annotated[int | None, Field(ge=1, le=256)] = None
    shown_as: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _from_a_view_there_is(self) -> Request:
        if self.setup.view != "auto":
            view_named(self.setup.view)
        return self

    @model_validator(mode="after")
    def _on_a_day_that_was(self) -> Request:
        day = self.visit.filmed_on
        if day is not None and not EARLIEST_FILMED <= day <= dt.date.today():
            raise ValueError(f"filmed_on is {day}; give a day from {EARLIEST_FILMED} to today")
        return self


MOST_SHOWN = 60
"""Characters of what was told that an error gives back."""
UNCOUNTED: dict[str, Any] = {
    "clips": True, "jobs": True, "intake": True, "shown_as": True, "setup": {"model"}, "style": {"brand"}
}  # fmt: skip
"""What of a request is not part of its key as it stands: the content of files counts, not their places, and how many
processes work on it changes nothing."""


def limits(model: type[Checked], field: str) -> tuple[float, float]:
    """Least and most that a field of a model takes."""
    bounds = model.model_fields[field].metadata
    return (
        next(float(bound.ge) for bound in bounds if isinstance(bound, Ge)),  # type: ignore[arg-type]
        next(float(bound.le) for bound in bounds if isinstance(bound, Le)),  # type: ignore[arg-type]
    )


def refusal(error: ValidationError, called: Callable[[str], str] = str) -> UsageError:
    """The first thing that is wrong, in one sentence.

    Parameters
    ----------
    called
        What the caller calls a field.
    """
    first = error.errors()[0]
    told, context = first["input"], first.get("ctx", {})
    told = f"{told[:MOST_SHOWN]}..." if isinstance(told, str) and len(told) > MOST_SHOWN else told
    names = [part for part in first["loc"] if isinstance(part, str)]
    if not names:
        words = str(context.get("error", first["msg"]))
        return UsageError(re.sub(r"[a-z]+_[a-z]+", lambda field: called(field[0]), words) + ".")
    if names == ["clips"]:
        return UsageError("Name at least one clip.")
    name = called(names[-1])
    if first["type"] == "extra_forbidden":
        return UsageError(f"There is no {name}; see help(gaitcheck.{error.title}).")
    if first["type"] in ("greater_than_equal", "less_than_equal", "finite_number", "float_parsing", "int_parsing"):
        owner = next((m for m in (Athlete, Setup, Request) if names[-1] in m.model_fields), Request)
        low, high = limits(owner, names[-1])
        return UsageError(f"{name} is {told}; it must lie between {low:g} and {high:g}.")
    if first["type"] == "literal_error":
        return UsageError(f"{name} is {told}; it must be {context['expected']}.")
    if "error" in context:
        return UsageError(f"{name} can't be taken: {context['error']}.")
    return UsageError(f"{name} is {told!r}, which can't be: {first['msg']}.")


def work_sha256(request: Request, clips: list[str], settings: Settings, brand: Brand) -> str:
    """What tells one piece of work from another: clips' content, everything asked, settings, model and version.

    Parameters
    ----------
    clips
        Sha256 of each clip. Names and places of files, and how many processes work on it, count for nothing.
    """
    intake = [sha256_of(path) for path in request.intake]
    logo = "" if brand.logo is None else hashlib.sha256(brand.logo).hexdigest()
    asked = request.model_dump(mode="json", exclude=UNCOUNTED)
    parts = [
        clips, asked, intake, [brand.name, brand.contact, brand.colour, logo], settings.as_dict(),
        constants(),
        model_sha256(model_path(request.setup.model)), load_error_model().version, version("gaitcheck"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()
