"""What waits, what is under way and what is over, told as it changes; closing the browser stops nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from gaitcheck.app.site import Page, address_of, fragment, go_to, nothing_there, page, site_of

LOOK_S = 0.3
BEAT_S = 15.0
MOST = 200


async def listing(request: Request) -> Response:
    """All jobs."""
    return page(request, "jobs", jobs=site_of(request).queue.all(MOST))


async def one(request: Request) -> Response:
    """One job; when it is done, its report."""
    site = site_of(request)
    job = site.queue.get(request.path_params["job"])
    if job is None:
        return nothing_there(request)
    if job.state == "done":
        return RedirectResponse(address_of(Path(job.folder)) + "/", 303)
    return page(request, "job", part="jobs", job=job, ahead=site.queue.ahead(job.id))


async def cancel(request: Request) -> Response:
    """Give a job up."""
    site = site_of(request)
    await run_in_threadpool(site.queue.cancel, request.path_params["job"])
    return go_to("/jobs")


async def events(request: Request) -> Response:
    """Jobs as they change: of one page's, or all. Ends when the page goes, or the server."""
    site, wanted = site_of(request), request.query_params.get("job")

    async def told() -> AsyncIterator[str]:
        shown: dict[str, str] = {}
        seen, beat = -1, time.monotonic()
        while not site.stopping():
            if site.queue.version != seen:
                seen = site.queue.version
                if wanted and site.queue.get(wanted) is None:
                    return
                states = [site.queue.get(wanted)] if wanted else site.queue.all(MOST)
                for job in (state for state in states if state is not None):
                    text = fragment(request, "part_job", job=job, alone=bool(wanted), ahead=site.queue.ahead(job.id))
                    if shown.get(job.id) != text:
                        shown[job.id] = text
                        lines = "\n".join(f"data: {line}" for line in text.splitlines())
                        yield f"event: job-{job.id}\n{lines}\n\n"
                    if wanted and job.over:
                        yield "event: over\ndata: \n\n"
                        return
            if time.monotonic() - beat > BEAT_S:
                beat = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(LOOK_S)

    return StreamingResponse(told(), media_type="text/event-stream")


PAGE = Page(
    [
        Route("/jobs", listing),
        Route("/jobs/{job}", one),
        Route("/jobs/{job}/cancel", cancel, methods=["POST"]),
        Route("/events", events),
    ]
)
