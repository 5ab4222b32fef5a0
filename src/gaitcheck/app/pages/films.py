"""Films come in: streamed to disk under names of our own, looked at, shown, and taken out again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from gaitcheck.app.desk import look
from gaitcheck.app.site import Page, bare, draft_of, fragment, nothing_there, refused, site_of
from gaitcheck.errors import ClipError, GaitcheckError
from gaitcheck.video.limits import LARGEST_FILE_BYTES

QUIET_S = 60.0
"""An upload from which nothing comes for so long is given up."""
AT_ONCE = 1 << 20


async def _write(request: Request, path: Path, shown: str) -> None:
    """A body to disk, piece by piece.

    Raises
    ------
    ClipError
        If it is too large, or stops coming.
    """
    part, size = path.with_suffix(path.suffix + ".part"), 0
    try:
        with part.open("wb") as target:
            pieces = request.stream().__aiter__()
            held: list[bytes] = []
            while True:
                try:
                    piece = await asyncio.wait_for(pieces.__anext__(), QUIET_S)
                except StopAsyncIteration:
                    break
                size += len(piece)
                if size > LARGEST_FILE_BYTES:
                    raise ClipError(f"{shown} is larger than 4 GB; trim it to 20-30 s of running.")
                held.append(piece)
                if sum(map(len, held)) >= AT_ONCE:
                    await run_in_threadpool(target.write, b"".join(held))
                    held = []
            await run_in_threadpool(target.write, b"".join(held))
        if size == 0:
            raise ClipError(f"{shown} is empty; copy it from the phone again.")
        os.replace(part, path)  # noqa: PTH105
    except (TimeoutError, ClientDisconnect) as error:
        raise ClipError(f"{shown} stopped coming; send it again.") from error
    except OSError as error:
        raise ClipError(f"{shown} can't be kept ({error.strerror}); free some space.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


async def take_in(request: Request) -> Response:
    """One film of a draft, its bytes as the body."""
    draft, site = draft_of(request), site_of(request)
    if draft is None:
        return nothing_there(request)
    size = request.headers.get("content-length", "")
    try:
        told = int(size) if size.isdecimal() else None
        path, shown = site.drafts.room_for(draft, request.query_params.get("name", ""), told)
        await _write(request, path, shown)
        _date(path, request.query_params.get("modified", ""))
        clip = await run_in_threadpool(site.drafts.take_in, draft.name, path, shown)
    except GaitcheckError as error:
        return bare(str(error))
    return JSONResponse(clip.model_dump())


def _date(path: Path, told: str) -> None:
    """Let a film be as old as it was where it came from: the day of a visit may hang on it."""
    if told.isdecimal() and len(told) <= 12 and 0 < int(told) < time.time():
        with contextlib.suppress(OSError, OverflowError):
            os.utime(path, (int(told), int(told)))


def look_told(found: Any) -> dict[str, Any]:
    """A glance as a draft keeps it; its picture lies beside."""
    return {
        "checks": [{"code": c.code, "verdict": c.verdict, "parameters": c.parameters} for c in found.checks],
        "boxes": [list(box) for box in found.boxes],
        "stops": found.stops,
    }


async def seen(request: Request) -> Response:
    """A glance at a film's first seconds, as a part of the page."""
    draft, site = draft_of(request), site_of(request)
    path = site.drafts.path(draft, request.path_params["clip"]) if draft is not None else None
    if draft is None or path is None:
        return nothing_there(request)
    number = request.path_params["clip"]
    clip = next(one for one in draft.clips if one.number == number)
    told = draft.looks.get(str(number))
    if told is None:
        try:
            found = await site.desk.do(look, path, clip.name)
            await run_in_threadpool((site.drafts.folder(draft) / f"{number}.jpg").write_bytes, found.picture)
            told = look_told(found)
        except GaitcheckError as error:
            told = {"checks": [], "boxes": [], "stops": True, "refused": str(error).replace(path.name, clip.name)}
        await run_in_threadpool(site.drafts.seen, draft.name, number, told)
    return HTMLResponse(fragment(request, "part_look", look=told, clip=clip, draft=draft))


async def picture(request: Request) -> Response:
    """A picture of a film."""
    draft, site = draft_of(request), site_of(request)
    path = None if draft is None else site.drafts.folder(draft) / f"{request.path_params['clip']}.jpg"
    if path is None or not path.is_file():
        return nothing_there(request)
    return Response(await run_in_threadpool(path.read_bytes), media_type="image/jpeg")


async def drop(request: Request) -> Response:
    """Take a film out again."""
    draft, site = draft_of(request), site_of(request)
    if draft is None:
        return nothing_there(request)
    if draft.job:
        return refused(request, site.words(request).app["text"]["under_way"])
    await run_in_threadpool(site.drafts.drop, draft.name, request.path_params["clip"])
    return HTMLResponse("")


PAGE = Page(
    [
        Route("/films/{draft}", take_in, methods=["POST"]),
        Route("/films/{draft}/{clip:small}/look", seen),
        Route("/films/{draft}/{clip:small}/picture", picture),
        Route("/films/{draft}/{clip:small}/drop", drop, methods=["POST"]),
    ]
)
