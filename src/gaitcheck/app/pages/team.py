"""For who sees to many: who there is, films of everybody at once, the board, changes, and all reports on paper."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gaitcheck.app import desk
from gaitcheck.app.drafts import Draft
from gaitcheck.app.pages.check import queue_up
from gaitcheck.app.pages.visits import kept_file
from gaitcheck.app.roster import Member, Members
from gaitcheck.app.site import (
    Page,
    Site,
    bare,
    draft_of,
    first,
    form,
    fragment,
    go_to,
    nothing_there,
    page,
    refused,
    site_of,
)
from gaitcheck.board.index import Known, open_index
from gaitcheck.errors import GaitcheckError, InputError
from gaitcheck.fleet.batch import add_outcomes
from gaitcheck.fleet.roster import read_day, same_name

BOARDS = re.compile(r"board\.(html|pdf|csv)")
LARGEST_ROSTER_BYTES = 3_000_000
A_PAGE = 100


def _known(root: Path) -> Known:
    with open_index(root) as index:
        return index.refresh()


async def listing(request: Request) -> Response:
    """Who there is."""
    site = site_of(request)
    known = await run_in_threadpool(_known, site.home.root)
    everybody = await run_in_threadpool(Members(site.home).all, known)
    find = request.query_params.get("find", "")[:200]
    told = request.query_params.get("from", "")
    start = int(told) if told.isdecimal() and len(told) < 6 else 0
    found = [one for one in everybody if same_name(find) in same_name(one.name)]
    shown: dict[str, Any] = {
        "members": found[start : start + A_PAGE],
        "all": len(found),
        "find": find,
        "from_row": start,
        "most": A_PAGE,
    }
    if request.headers.get("hx-request"):
        return HTMLResponse(fragment(request, "part_team", **shown))
    return page(request, "team", faults=known.faults, **shown)


async def edit(request: Request) -> Response:
    """Change what is known of somebody, in place."""
    site, told = site_of(request), await form(request)
    members = Members(site.home)
    await run_in_threadpool(members.change, first(told, "was") or first(told, "name"), told)
    return go_to("/team") if not request.headers.get("hx-request") else Response("", 204)


async def bring_in(request: Request) -> Response:
    """A roster from a CSV or XLSX file: names and what is told of them."""
    site = site_of(request)
    name = request.query_params.get("name", "roster.csv")
    body = await request.body()
    if len(body) > LARGEST_ROSTER_BYTES:
        return bare(site.words(request).app["text"]["too_large"])
    try:
        count = await site.desk.do(desk.bring_in, site.home.root, name, body)
    except GaitcheckError as error:
        return bare(str(error))
    return Response(str(count), media_type="text/plain")


async def begin(request: Request) -> Response:
    """Films of everybody."""
    draft = await run_in_threadpool(site_of(request).drafts.new)
    return go_to(f"/team/films/{draft.name}")


async def match(request: Request) -> Response:
    """Whose film is whose: guessed by its name, put right by hand."""
    draft, site = draft_of(request), site_of(request)
    if draft is None:
        return nothing_there(request)
    known = await run_in_threadpool(_known, site.home.root)
    members = await run_in_threadpool(Members(site.home).all, known)
    if request.method == "GET":
        return page(request, "match", part="team", draft=_named(draft, members), names=[m.name for m in members])
    if not draft.clips:
        return refused(request, site.words(request).app["text"]["no_films"])
    told = await form(request)
    clips = []
    for clip in draft.clips:
        name, day = first(told, f"athlete.{clip.number}"), first(told, f"day.{clip.number}")
        if day and read_day(day) is None:
            raise InputError(f"{day} is no day of a film; write it like 2026-11-03.")
        clips.append({**clip.model_dump(), "athlete": name, "day": day})
    nameless = [clip["name"] for clip in clips if not clip["athlete"]]
    if nameless:
        return refused(request, site.words(request).app["text"]["whose"].format(file=nameless[0]))
    matched = site.drafts.change(draft.name, clips=clips)
    names = await run_in_threadpool(_queue, site, matched, site.words(request).language, members)
    site.drafts.change(draft.name, job=names[0])
    return go_to("/jobs")


def _named(draft: Draft, members: list[Member]) -> Draft:
    """A draft whose guesses are spelled as the team's names are."""
    by_name = {same_name(member.name): member.name for member in members}
    clips = tuple(
        clip.model_copy(update={"athlete": by_name.get(same_name(clip.athlete), clip.athlete)}) for clip in draft.clips
    )
    return draft.model_copy(update={"clips": clips})


def _queue(site: Site, draft: Draft, language: str, members: list[Member]) -> list[str]:
    about = {same_name(member.name): member.told for member in members}
    return queue_up(site, draft, language, lambda name: about.get(same_name(name), {}))


async def board(request: Request) -> Response:
    """The board, drawn now."""
    site = site_of(request)
    await run_in_threadpool(add_outcomes, site.home.root, site.queue.outcomes())
    await site.desk.do(desk.board, site.home.root, site.words(request).language)
    return RedirectResponse("/club/board.html", 303)


async def board_file(request: Request) -> Response:
    """The board as page, paper and table."""
    path = site_of(request).home.root / request.path_params["file"]
    return kept_file(path) if BOARDS.fullmatch(path.name) and path.is_file() else nothing_there(request)


async def compare(request: Request) -> Response:
    """Two visits of somebody's side by side, with both films in step."""
    site = site_of(request)
    told = [request.query_params.get(name, "") for name in ("old", "new")]
    parts = [text.strip("/").split("/") for text in told]
    found = [site.home.visit(*part[-2:]) if len(part) >= 2 else None for part in parts]
    old, new = found
    if old is None or new is None:
        return nothing_there(request)
    stamp = json.dumps([[str(f), (f / "analysis.json").stat().st_mtime_ns] for f in (old, new)])
    name = hashlib.sha256(stamp.encode("utf-8")).hexdigest()[:20]
    out = site.home.state / "compared" / name
    if not (out / "compare.html").is_file():
        await run_in_threadpool(lambda: out.parent.mkdir(exist_ok=True))
        await site.desk.do(desk.comparison, old, new, out)
    return RedirectResponse(f"/compared/{name}/compare.html", 303)


async def compared_file(request: Request) -> Response:
    """A file of a comparison."""
    site, name = site_of(request), request.path_params["name"]
    folder = site.home.state / "compared" / name
    if not re.fullmatch(r"[0-9a-f]{20}", name):
        return nothing_there(request)
    path = site.home.file(folder, request.path_params["file"])
    return nothing_there(request) if path is None else kept_file(path)


async def print_all(request: Request) -> Response:
    """Everybody's latest report in one file."""
    site = site_of(request)
    known = await run_in_threadpool(_known, site.home.root)
    folders = [site.home.root / visits[-1].folder for _, visits in sorted(known.visits.items())]
    folders = [folder for folder in folders if (folder / "report.pdf").is_file()]
    if not folders:
        return refused(request, site.words(request).app["text"]["nobody_yet"])
    out = site.home.state / "all.pdf"
    await site.desk.do(desk.printed, folders, out)
    return FileResponse(out, media_type="application/pdf")


PAGE = Page(
    [
        Route("/team", listing),
        Route("/team/edit", edit, methods=["POST"]),
        Route("/team/roster", bring_in, methods=["POST"]),
        Route("/team/films", begin, methods=["POST"]),
        Route("/team/films/{draft}", match, methods=["GET", "POST"]),
        Route("/team/print.pdf", print_all),
        Route("/board", board),
        Route("/club/{file}", board_file),
        Route("/compare", compare),
        Route("/compared/{name}/{file}", compared_file),
    ]
)
