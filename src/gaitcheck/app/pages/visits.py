"""One visit: its report as the page it is, PDF, films, check-in, sign-off, and deleting everything of somebody's."""

from __future__ import annotations

import contextlib
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from gaitcheck.analysis.review import read_review
from gaitcheck.analysis.store import load, numbered
from gaitcheck.app import desk
from gaitcheck.app.roster import Members
from gaitcheck.app.site import (
    Page,
    Site,
    address_of,
    first,
    form,
    go_to,
    nothing_there,
    page,
    refused,
    site_of,
    visit_of,
)
from gaitcheck.errors import GaitcheckError
from gaitcheck.evidence import load_evidence
from gaitcheck.report.content import Writer
from gaitcheck.report.html import script_hash
from gaitcheck.report.typesetting import TEMPLATES as REPORT_TEMPLATES

TYPES = {
    ".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".mp4": "video/mp4", ".svg": "image/svg+xml",
    ".png": "image/png", ".json": "application/json", ".csv": "text/csv; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",
}  # fmt: skip


@lru_cache(maxsize=1)
def _kept_page_policy() -> str:
    """What a page that lies in a results folder may do: run the scripts of this version's pages and no others."""
    import gaitcheck.board.page as board
    import gaitcheck.progress.compare as compare

    places = ((REPORT_TEMPLATES, "report"), (board.TEMPLATES, "board"), (compare.TEMPLATES, "compare"))
    scripts = " ".join(f"'sha256-{script_hash(folder, name)}'" for folder, name in places)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
        "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def kept_file(path: Path) -> Response:
    """A file of a results folder; parts of films may be asked for."""
    headers = {"content-security-policy": _kept_page_policy()} if path.suffix == ".html" else {}
    kind = TYPES.get(path.suffix.lower(), "application/octet-stream")
    return FileResponse(path, media_type=kind, headers=headers)


async def overview(request: Request) -> Response:
    """A visit in short, and all that can be done with it."""
    folder = visit_of(request)
    if folder is None:
        return nothing_there(request)
    analysis = await run_in_threadpool(load, folder)
    content = await run_in_threadpool(Writer(analysis, site_of(request).words(request)).write)
    names = sorted(item.name for item in folder.iterdir())
    return page(
        request, "visit", part="start", analysis=analysis, content=content, url=address_of(folder), files=names,
        overlays=[(numbered("overlay", ".mp4", k), clip.view) for k, clip in enumerate(analysis.clips)],
        athlete=folder.parent.name, signed=read_review(folder) is not None,
        site_busy=site_of(request).queue.busy_with(folder),
    )  # fmt: skip


async def file(request: Request) -> Response:
    """A file of a visit."""
    folder = visit_of(request)
    path = None if folder is None else site_of(request).home.file(folder, request.path_params["file"])
    return nothing_there(request) if path is None else kept_file(path)


async def checkin(request: Request) -> Response:
    """Two weeks later."""
    folder, site = visit_of(request), site_of(request)
    if folder is None:
        return nothing_there(request)
    analysis, evidence = await run_in_threadpool(load, folder), load_evidence()
    wording = site.words(request)
    if request.method == "GET":
        flags = [(name, wording.red_flags[name]) for name in evidence.asked_flags]
        return page(request, "checkin", part="start", analysis=analysis, flags=flags, url=address_of(folder))
    told = await form(request)
    known = {"pain": first(told, "pain"), "done": first(told, "done"), "effort": first(told, "effort")}
    answers: dict[str, Any] = {name: (text,) if text else () for name, text in known.items()}
    answers |= {name: {"yes": True, "no": False}.get(first(told, name)) for name in ("settled", "morning_worse")}
    answers |= {
        "flags": tuple(n for n in evidence.asked_flags if first(told, f"flag.{n}")),
        "cleared": bool(first(told, "cleared")),
    }
    number = await site.desk.do(desk.check_in, folder, answers)
    return go_to(f"{address_of(folder)}/checkin_{number}.pdf")


async def sign(request: Request) -> Response:
    """A coach's or professional's sign-off."""
    folder, site = visit_of(request), site_of(request)
    if folder is None:
        return nothing_there(request)
    analysis = await run_in_threadpool(load, folder)
    wording = site.words(request)
    found = [
        (f"{f.risk_factor}:{f.side}", f"{wording.named('risk_factors', f.risk_factor)}, {wording.words[f.side]}")
        for f in analysis.findings
    ]
    if request.method == "GET":
        before = await run_in_threadpool(read_review, folder)
        return page(request, "sign", part="team", analysis=analysis, found=found, before=before, url=address_of(folder))
    told = await form(request)
    strike = tuple(f"{code}={first(told, f'why.{code}')}" for code, _ in found if first(told, f"strike.{code}"))
    by = "".join(c for c in first(told, "by") if c.isprintable())
    await site.desk.do(desk.sign, folder, by, first(told, "note"), strike)
    return go_to(address_of(folder) + "/", wording.app["text"]["signed"])


async def share(request: Request) -> Response:
    """The picture and the film to share, made when somebody wants them."""
    folder, site = visit_of(request), site_of(request)
    if folder is None:
        return nothing_there(request)
    if not (folder / "share.png").is_file():
        await site.desk.do(desk.share, folder)
    return go_to(f"{address_of(folder)}/share.png")


def _name_of(visits: list[Path], folder: str) -> str:
    """Whose visits they are, as their document says; where none can be read, as their folder does."""
    for visit in reversed(visits):
        with contextlib.suppress(GaitcheckError):
            return load(visit).athlete.name or folder
    return folder


def _forget_the_rest(site: Site, name: str) -> None:
    """What a page kept of somebody besides results: films, jobs, the team's line; and what shows several at once."""
    site.drafts.forget(name)
    site.queue.forget(name)
    Members(site.home).remove(name)
    shutil.rmtree(site.home.state / "compared", ignore_errors=True)
    (site.home.state / "all.pdf").unlink(missing_ok=True)


async def forget(request: Request) -> Response:
    """Delete everything of somebody's, after asking once."""
    site, folder = site_of(request), request.path_params["athlete"]
    home = site.home.athlete(folder)
    if home is None and not site.queue.knows(folder):
        return nothing_there(request)
    visits = [] if home is None else site.home.visits(home)
    name = await run_in_threadpool(_name_of, visits, folder)
    words = site.words(request).app["text"]
    if request.method == "GET":
        return page(request, "forget", part="start", name=name, folder=folder, visits=len(visits))
    if home is not None and site.queue.busy_with(home):
        return refused(request, words["busy"])
    gone = await site.desk.do(desk.forget, site.home.root, name) if home is not None else 0
    await run_in_threadpool(_forget_the_rest, site, name)
    return go_to("/", words["forgotten"].format(n=gone))


async def progress(request: Request) -> Response:
    """Somebody's progress report, drawn now."""
    site = site_of(request)
    home = site.home.athlete(request.path_params["athlete"])
    visits = [] if home is None else site.home.visits(home)
    if home is None or not visits:
        return nothing_there(request)
    name = await run_in_threadpool(_name_of, visits, home.name)
    return kept_file(await site.desk.do(desk.history, site.home.root, name))


VISIT = "/club/athletes/{athlete}/{day}"
PAGE = Page(
    [
        Route("/athletes/{athlete}/forget", forget, methods=["GET", "POST"]),
        Route("/athletes/{athlete}/progress.pdf", progress),
        Route(f"{VISIT}/", overview),
        Route(f"{VISIT}/checkin", checkin, methods=["GET", "POST"]),
        Route(f"{VISIT}/share", share, methods=["POST"]),
        Route(f"{VISIT}/sign", sign, methods=["GET", "POST"]),
        Route(f"{VISIT}/{{file}}", file),
    ]
)
