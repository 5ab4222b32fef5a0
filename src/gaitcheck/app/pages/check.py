"""Check a clip: films in, a glance at them, a few questions, and off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gaitcheck.analysis.document import Athlete, Visit
from gaitcheck.app.drafts import MOST_OF_ONE, Draft
from gaitcheck.app.questions import FLAGS, Group, answers_of, groups
from gaitcheck.app.site import Page, Site, draft_of, first, form, go_to, nothing_there, page, refused, site_of
from gaitcheck.errors import GaitcheckError, InputError
from gaitcheck.fleet.batch import Options, plan_jobs
from gaitcheck.fleet.roster import Roster, read_day
from gaitcheck.interview import parse_number
from gaitcheck.request import Style, refusal
from gaitcheck.setup import Setup

_PLANNING = threading.Lock()
"""A second press of the button finds what the first one queued."""


async def begin(request: Request) -> Response:
    """A new draft."""
    draft = await run_in_threadpool(site_of(request).drafts.new)
    return go_to(f"/check/{draft.name}")


async def films(request: Request) -> Response:
    """Where films are dropped and looked at."""
    draft = draft_of(request)
    if draft is None:
        return nothing_there(request)
    return page(request, "check", draft=draft, most=MOST_OF_ONE)


def _numbers(told: dict[str, list[str]], names: tuple[str, ...]) -> dict[str, Any]:
    """Fields of a form that are numbers; what is none is left to be refused by what checks it."""
    found: dict[str, Any] = {}
    for name in names:
        text = first(told, name)
        if text:
            found[name] = parse_number(text)
    return found


def setup_of(told: dict[str, list[str]]) -> dict[str, Any]:
    """How the films were made, as a form tells it.

    Raises
    ------
    UsageError
        If something can't be right.
    """
    found = _numbers(told, ("capture_fps",))
    for name in ("view", "runner"):
        if first(told, name):
            found[name] = first(told, name)
    if first(told, "mirrored"):
        found["mirrored"] = True
    try:
        return Setup.model_validate(found, strict=True).model_dump(exclude_defaults=True)
    except ValidationError as error:
        raise refusal(error) from error


def athlete_of(told: dict[str, list[str]]) -> dict[str, Any]:
    """Who runs, as a form tells it.

    Raises
    ------
    UsageError
        If something can't be right.
    """
    found = _numbers(told, ("height_cm", "speed_kmh"))
    for name in ("name", "sex"):
        if first(told, name):
            found[name] = first(told, name)
    try:
        known = Athlete.model_validate(found, strict=True).model_dump(exclude_none=True)
        Visit(group=first(told, "group")[:80], shoes=first(told, "shoes")[:200])
    except ValidationError as error:
        raise refusal(error) from error
    day = first(told, "day")
    if day and read_day(day) is None:
        raise InputError(f"{day} is no day of a film; write it like 2026-11-03.")
    return {**known, **({"day": day} if day else {}), "group": first(told, "group")[:80]}


async def tell(request: Request) -> Response:
    """Who runs and how it was filmed."""
    draft, site = draft_of(request), site_of(request)
    if draft is None:
        return nothing_there(request)
    if not draft.clips:
        return refused(request, site.words(request).app["text"]["no_films"])
    if len(draft.clips) > MOST_OF_ONE:
        return refused(request, site.words(request).app["text"]["too_many"].format(most=MOST_OF_ONE))
    told = await form(request)
    athlete = athlete_of(told)
    athlete["name"] = athlete.get("name") or site.words(request).app["text"]["nameless"]
    site.drafts.change(
        draft.name,
        athlete=athlete,
        setup=setup_of(told),
        shoes=first(told, "shoes")[:200],
        blur_faces=bool(first(told, "blur_faces")),
    )
    if first(told, "then") == "go":
        return await _go(request, draft.name)
    return go_to(f"/check/{draft.name}/questions/{groups()[0].name}")


def _group(name: str) -> tuple[Group, Group | None, int] | None:
    every = groups()
    for k, group in enumerate(every):
        if group.name == name:
            return group, every[k + 1] if k + 1 < len(every) else None, k + 1
    return None


async def ask(request: Request) -> Response:
    """One group of questions; every one may be skipped."""
    draft, found = draft_of(request), _group(request.path_params["group"])
    if draft is None or found is None:
        return nothing_there(request)
    group, following, number = found
    wording = site_of(request).words(request)
    if request.method == "GET":
        fields = group.fields(wording, draft.answers)
        return page(
            request, "questions", part="check", draft=draft, group=group, fields=fields, number=number,
            count=len(groups()), problems={}, title=group.title(wording), intro=group.intro(wording),
        )  # fmt: skip
    told = await form(request)
    if group.name == FLAGS and first(told, "then") == "none":
        told = {name: ["no"] for name in group.names()}
    answers, problems = answers_of(group, told, wording)
    if problems:
        fields = group.fields(wording, draft.answers, told)
        return page(
            request, "questions", 422, part="check", draft=draft, group=group, fields=fields, number=number,
            count=len(groups()), problems=problems, title=group.title(wording), intro=group.intro(wording),
        )  # fmt: skip
    site_of(request).drafts.change(draft.name, answers={**draft.answers, group.name: answers})
    if first(told, "then") == "go" or following is None:
        return await _go(request, draft.name)
    return go_to(f"/check/{draft.name}/questions/{following.name}")


def queue_up(
    site: Site, draft: Draft, language: str, about: Callable[[str], dict[str, Any]] = lambda _: {}
) -> list[str]:
    """Jobs for a draft's visits; their names, those first that are yet to be done.

    ``about`` tells what is known of somebody besides.

    Raises
    ------
    GaitcheckError
        If nothing can be planned.
    """
    options = Options(style=Style(language=language, blur_faces=draft.blur_faces))
    with _PLANNING:
        entries = tuple(replace(entry, **about(entry.athlete)) for entry in site.drafts.entries(draft))
        jobs, ended = plan_jobs(Roster(entries), site.home.root, options)
        return [*site.queue.add(jobs), *site.queue.note(ended)]


async def _go(request: Request, name: str) -> Response:
    site = site_of(request)
    draft = site.drafts.get(name)
    if draft is None:
        return nothing_there(request)
    if not draft.clips:
        return refused(request, site.words(request).app["text"]["no_films"])
    language = site.words(request).language
    try:
        names = await run_in_threadpool(queue_up, site, draft, language)
    except GaitcheckError as error:
        return refused(request, str(error))
    site.drafts.change(name, job=names[0])
    return go_to(f"/jobs/{names[0]}")


PAGE = Page(
    [
        Route("/check", begin, methods=["POST"]),
        Route("/check/{draft}", films),
        Route("/check/{draft}", tell, methods=["POST"]),
        Route("/check/{draft}/questions/{group}", ask, methods=["GET", "POST"]),
    ]
)
