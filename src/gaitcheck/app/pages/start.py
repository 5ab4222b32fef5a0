"""The first page: check a clip, see to the team, and what was done last."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gaitcheck.app.site import Page, page, site_of
from gaitcheck.report.drawing import drawing_svg


async def start(request: Request) -> Response:
    """The first page."""
    site = site_of(request)
    return page(request, "start", jobs=site.queue.all(8))


async def film(request: Request) -> Response:
    """How to film."""
    words = site_of(request).words(request).filming
    drawings = [
        (words["behind"], drawing_svg("filming", words["behind"])),
        (words["beside"], drawing_svg("filming_beside", words["beside"])),
    ]
    return page(request, "film", drawings=drawings)


async def phone(request: Request) -> Response:
    """An address for the phone that filmed, to point its camera at."""
    import segno

    site = site_of(request)
    addresses = [f"http://{name}:{site.port}/" for name in site.reachable]
    codes = [(url, segno.make(url, error="m").svg_inline(scale=5, dark="#1c2733", light="#fff")) for url in addresses]
    return page(request, "phone", codes=codes)


async def icon(_: Request) -> Response:
    """What a browser asks for unasked."""
    return RedirectResponse("/static/icon.svg", 301)


PAGE = Page([Route("/favicon.ico", icon), Route("/", start), Route("/film", film), Route("/phone", phone)])
