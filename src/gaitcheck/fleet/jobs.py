"""One athlete's visit as a piece of work that can be handed to another process or machine, and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from gaitcheck.request import Request


@dataclass(frozen=True)
class Job:
    """A visit to analyse into ``out``; ``work`` is the key of what goes in."""

    athlete: str
    request: Request
    out: Path
    work: str
    group: str = ""
    day: str = ""

    def to_json(self) -> str:
        """The job as one line."""
        return json.dumps(_JOB.dump_python(self), default=str)

    @staticmethod
    def from_json(text: str) -> Job:
        """The job that ``to_json`` wrote."""
        return _JOB.validate_python(json.loads(text))


_JOB = TypeAdapter(Job)


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    ``message`` is a sentence saying what is wrong and what to do; ``storage`` that nothing more can be written there;
    ``trace`` what a developer needs of a fault of gaitcheck's own.
    """

    athlete: str
    status: Literal["done", "kept", "failed"]
    message: str = ""
    group: str = ""
    day: str = ""
    clips: tuple[str, ...] = ()
    folder: str = ""
    storage: bool = False
    trace: str = field(default="", compare=False)


def without_names(text: str, request: Request) -> str:
    """A message in which clips and answers bear the names that may be shown."""
    if not request.shown_as:
        return text
    hidden = {str(clip): shown for clip, shown in zip(request.clips, request.shown_as, strict=True)}
    hidden |= {clip.name: shown for clip, shown in zip(request.clips, request.shown_as, strict=True)}
    hidden |= {clip.stem: Path(shown).stem for clip, shown in zip(request.clips, request.shown_as, strict=True)}
    for answers in request.intake:
        hidden |= {str(answers): "answers.toml", answers.name: "answers.toml"}
    for name in sorted(hidden, key=len, reverse=True):
        text = text.replace(name, hidden[name])
    return text


def failed(job: Job, message: str, *, storage: bool = False, trace: str = "") -> Outcome:
    """The outcome of a job that could not be done."""
    names = job.request.shown_as or tuple(clip.name for clip in job.request.clips)
    message = without_names(message, job.request)
    trace = "" if job.request.shown_as else trace
    return Outcome(job.athlete, "failed", message, job.group, job.day, names, storage=storage, trace=trace)
