"""Check-ins kept beside the analysis: one small document each, the next one beginning where the last ended."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from gaitcheck.advice.checkin import Checkin, Report, State, check_in, starting_state
from gaitcheck.advice.plan import NO_TREATMENT, Plan
from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.review import read_review, reviewed
from gaitcheck.analysis.store import telling, write_whole
from gaitcheck.checked import text_of
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.report.checkin_sheet import checkin_page
from gaitcheck.seal import open_json, seal_json

HIGHEST = {"pain": 10, "done": 100, "effort": 10}


@dataclass(frozen=True)
class CheckinAnswers:
    """What the call says. Values are ``3`` for all or ``name=3`` for one exercise; None: not told."""

    pain: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    effort: tuple[str, ...] = ()
    settled: bool | None = None
    morning_worse: bool | None = None
    flags: tuple[str, ...] = ()
    cleared: bool = False


def _path(folder: Path, number: int) -> Path:
    return folder / f"checkin_{number}.json"


def earlier(folder: Path) -> list[Checkin]:
    """The check-ins of a results folder, oldest first.

    Raises
    ------
    InputError
        If one of them is damaged.
    """
    numbered = {int(m[1]): p for p in folder.glob("checkin_*.json") if (m := re.fullmatch(r"checkin_(\d+)", p.stem))}
    found: list[Checkin] = []
    for k, path in sorted(numbered.items()):
        try:
            one = Checkin.model_validate_json(open_json(text_of(path), path.name))
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise InputError(f"{path.name} is damaged; put back a copy of it, or analyse into a new folder.") from error
        if one.number != k or k != len(found) + 1:
            raise InputError(f"{path.name} is out of order; put back the check-ins that are missing.")
        found.append(one)
    return found


def _parse(option: str, values: tuple[str, ...], exercises: dict[str, int]) -> dict[str, int]:
    """``3`` or ``name=3``: values by exercise name, the general one under the empty name."""
    found: dict[str, int] = {}
    for text in values:
        name, _, number = text.rpartition("=")
        if name and name not in exercises:
            raise UsageError(f"--{option} {text}: the plan has no {name}; it has {', '.join(sorted(exercises))}.")
        if name in found:
            raise UsageError(f"--{option} is given twice for {name or 'the whole plan'}.")
        percent = "%?" if option == "done" else ""
        plain = re.fullmatch(rf"(0|[1-9][0-9]{{0,2}}){percent}", number)
        if plain is None or text.startswith("=") or int(number.rstrip("%")) > HIGHEST[option]:
            raise UsageError(f"--{option} {text}: write a whole number from 0 to {HIGHEST[option]}.")
        found[name] = int(number.rstrip("%"))
    return found


def _reports(told: CheckinAnswers, exercises: dict[str, int]) -> tuple[Report, dict[str, Report]]:
    parsed = {key: _parse(key, getattr(told, key), exercises) for key in HIGHEST}
    general = Report(
        pain=parsed["pain"].get(""),
        done=parsed["done"].get(""),
        effort=parsed["effort"].get(""),
        settled=told.settled,
        morning_worse=told.morning_worse,
    )
    names = {name for values in parsed.values() for name in values if name}
    own = {
        name: Report(pain=parsed["pain"].get(name), done=parsed["done"].get(name), effort=parsed["effort"].get(name))
        for name in sorted(names)
    }
    return general, own


def fingerprint(plan: Plan) -> str:
    """What tells one plan from another."""
    return hashlib.sha256(plan.model_dump_json().encode("utf-8")).hexdigest()


def _state(analysis: Analysis, before: list[Checkin], told: CheckinAnswers) -> State:
    """Where to go on from: the last check-in of this plan, or the plan's own beginning; a pause outlives a plan."""
    if analysis.plan.situation == "withheld":
        raise UsageError("This plan is kept back until a professional has been seen; there is nothing to check in on.")
    if analysis.plan.situation in NO_TREATMENT:
        raise UsageError(
            "Nothing was known to hurt when this plan was made, so it has nothing to adapt; if something hurts now, "
            "run gaitcheck report with --intake."
        )
    same = bool(before) and before[-1].plan_sha256 == fingerprint(analysis.plan)
    state = before[-1].state if same else starting_state(analysis.plan)
    paused = bool(before) and before[-1].state.paused
    if paused and not told.cleared:
        raise UsageError(
            "The plan is paused because of a warning sign; once a professional says you may go on, add --cleared."
        )
    return state.model_copy(update={"paused": paused})


def _pain_before(analysis: Analysis, before: list[Checkin]) -> int | None:
    """The pain of the last check-in, else what running gave when the plan was made, else the worst told then."""
    return before[-1].report.pain if before else analysis.situation.in_running


def _check_flags(flags: tuple[str, ...], evidence: Evidence) -> None:
    asked = evidence.asked_flags
    unknown = [name for name in flags if name not in asked]
    if unknown:
        raise UsageError(f"There is no warning sign {unknown[0]!r}; use one of {', '.join(asked)}.")


def record(folder: Path, told: CheckinAnswers, today: dt.date) -> Checkin:
    """Check in on the plan of a results folder; the document and a page go beside it.

    Raises
    ------
    UsageError
        If the call can't be right, or the plan has nothing to check in on.
    InputError
        If the folder or an earlier check-in can't be read, or nothing can be written.
    """
    analysis, evidence = reviewed(load(folder), read_review(folder)), load_evidence()
    before = earlier(folder)
    state = _state(analysis, before, told)
    _check_flags(told.flags, evidence)
    general, own = _reports(told, state.exercises)
    last = max([analysis.plan.made_on, *(one.date for one in before[-1:])])
    result = check_in(
        state,
        general,
        own,
        tuple(dict.fromkeys(told.flags)),
        number=len(before) + 1,
        days_since=(today - last).days,
        plan_sha256=fingerprint(analysis.plan),
        evidence=evidence,
        today=today,
        pain_before=_pain_before(analysis, before),
    )
    with telling(folder):
        page = checkin_page(analysis, result)
    write_whole(folder / f"checkin_{result.number}.pdf", page)  # counts for nothing without what comes after it
    write_whole(_path(folder, result.number), seal_json(result.model_dump_json(indent=1) + "\n"), new=True)
    return result
