"""Correction by hand, on the film: what somebody sees otherwise, at once in numbers, kept when they say so."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.review import read_review
from gaitcheck.analysis.store import load, numbered, write_whole
from gaitcheck.app import desk
from gaitcheck.app.pages.visits import VISIT
from gaitcheck.app.site import Page, address_of, bare, nothing_there, page, site_of, visit_of
from gaitcheck.corrections import CORRECTIONS, Corrections
from gaitcheck.corrections.file import completed
from gaitcheck.corrections.runner import RunnerCorrection
from gaitcheck.errors import GaitcheckError, InputError
from gaitcheck.pipeline import held_corrections, read_before
from gaitcheck.report.content.by_hand import correction_line
from gaitcheck.views.detection import all_views

LARGEST_BYTES = 500_000


async def corrector(request: Request) -> Response:
    """The page with the film."""
    folder = visit_of(request)
    if folder is None:
        return nothing_there(request)
    analysis, number = await run_in_threadpool(load, folder), request.path_params["clip"]
    if not 0 <= number < len(analysis.clips):
        return nothing_there(request)
    clip = analysis.clips[number]
    data = {
        "url": address_of(folder), "clip": number, "sha256": clip.sha256, "width": clip.width, "height": clip.height,
        "start": clip.start_s, "fps": clip.fps, "corrections": _listed(analysis, request),
    }  # fmt: skip
    return page(
        request, "correct", part="team", analysis=analysis, clip=clip, number=number, url=address_of(folder), data=data,
        views=[view.name for view in all_views()], signed=await run_in_threadpool(read_review, folder) is not None,
        film=numbered("proxy", ".mp4", number),
    )  # fmt: skip


def _listed(analysis: Analysis, request: Request) -> list[dict[str, Any]]:
    """Corrections for the page's script: as they stand, and in words."""
    wording = site_of(request).words(request)
    return [
        {"row": one.model_dump(mode="json"), "said": correction_line(one, analysis, wording)}
        for one in analysis.corrections
    ]


async def _asked(request: Request, analysis: Analysis) -> Corrections:
    """What the page's script asks for.

    Raises
    ------
    InputError
        If it can't be right.
    """
    body = await request.body()
    if len(body) > LARGEST_BYTES:
        raise InputError("That is too much; take some corrections back.")
    try:
        told = json.loads(body)
        rows, by = list(told["corrections"]), str(told["by"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("This could not be read; load the page again.") from error
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        return completed(
            rows, by.strip() or site_of(request).words(request).app["correct"]["nobody"], now,
            [(clip.file, clip.sha256) for clip in analysis.clips], "corrections", read_before(analysis),
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        raise InputError("This could not be read; load the page again.") from error


def _other_runner(analysis: Analysis, told: Corrections) -> bool:
    runners = {clip.sha256: (clip.as_analysed.runner if clip.as_analysed else clip.runner) for clip in analysis.clips}
    return any(isinstance(one, RunnerCorrection) and one.after != runners.get(one.clip) for one in told.correction)


async def preview(request: Request) -> Response:
    """Numbers and joints as they would be."""
    folder, site = visit_of(request), site_of(request)
    if folder is None:
        return nothing_there(request)
    try:
        analysis = await run_in_threadpool(load, folder)
        told = await _asked(request, analysis)
        language = site.words(request).language
        found = await site.desk.do(desk.measured_again, folder, told, language)
    except GaitcheckError as error:
        return bare(str(error))
    wording = site.words(request)
    said = [correction_line(one, analysis, wording) for one in told.correction]
    rows = json.dumps([one.model_dump(mode="json") for one in told.correction])
    return Response(f'{{"said": {json.dumps(said)}, "rows": {rows}, "found": {found}}}', media_type="application/json")


async def save(request: Request) -> Response:
    """Keep corrections; the report is drawn anew, or the clip is followed anew where somebody else is meant."""
    folder, site = visit_of(request), site_of(request)
    if folder is None:
        return nothing_there(request)
    try:
        analysis = await run_in_threadpool(load, folder)
        told = await _asked(request, analysis)
        if _other_runner(analysis, told):
            return JSONResponse({"go": await run_in_threadpool(_follow_anew, request, folder, analysis, told)})
        await site.desk.do(desk.write_corrections, folder, told)
    except GaitcheckError as error:
        return bare(str(error))
    return JSONResponse({"go": f"{address_of(folder)}/"})


def _follow_anew(request: Request, folder: Path, analysis: Analysis, told: Corrections) -> str:
    """Queue the analysis again, with the corrections beside the results."""
    site = site_of(request)
    before = held_corrections(folder, analysis)
    write_whole(folder / CORRECTIONS, told.to_toml())
    job = site.queue.again(folder)
    if job is None:
        write_whole(folder / CORRECTIONS, before.to_toml())
        raise InputError(site.words(request).app["correct"]["film_gone"])
    return f"/jobs/{job}"


PAGE = Page(
    [
        Route(f"{VISIT}/correct/{{clip:small}}", corrector),
        Route(f"{VISIT}/correct/preview", preview, methods=["POST"]),
        Route(f"{VISIT}/correct/save", save, methods=["POST"]),
    ]
)
