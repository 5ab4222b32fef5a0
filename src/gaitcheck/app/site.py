"""What every page needs: the club, its drafts and jobs, helpers, words, and how a page is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gaitcheck.app.desk import Desk
from gaitcheck.app.drafts import Draft, Drafts
from gaitcheck.app.home import Home
from gaitcheck.app.keys import Keys
from gaitcheck.app.queue import Queue
from gaitcheck.errors import UsageError
from gaitcheck.wording import Wording, load_wording
from gaitcheck.wording.loader import languages


class _Small(Convertor[int]):
    """A number in an address, of few digits."""

    regex = "[0-9]{1,6}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("small", _Small())
TEMPLATES = files("gaitcheck.app") / "templates"
SAYS = "said"
"""The cookie of one sentence that the next page says."""


@dataclass(frozen=True)
class Page:
    """The routes that one file of ``pages`` answers."""

    routes: Sequence[Route]


@dataclass(frozen=True)
class Site:
    """One running server's parts. ``reachable`` are addresses other machines may use; empty for this one alone."""

    home: Home
    drafts: Drafts
    queue: Queue
    desk: Desk
    keys: Keys
    secret: str
    port: int
    language: str | None = None
    reachable: tuple[str, ...] = ()
    stopping: Callable[[], bool] = lambda: False

    def words(self, request: Request) -> Wording:
        """The language that was told, else the first of the browser's that there is."""
        if self.language is not None:
            return load_wording(self.language)
        for part in request.headers.get("accept-language", "").split(",")[:10]:
            name = part.split(";")[0].split("-")[0].strip().lower()
            if name in languages():
                return load_wording(name)
        return load_wording()


def site_of(request: Request) -> Site:
    """The server's parts."""
    site: Site = request.app.state.site
    return site


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(str(TEMPLATES)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters["quoted"] = lambda text: quote(str(text), safe="")
    made.filters["path_quoted"] = quote
    made.filters["unquoted"] = unquote
    made.filters["visit_address"] = lambda folder: address_of(Path(folder))
    return made


ENVIRONMENT = _environment()


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from its template, with words in the reader's language; every text is escaped."""
    site = site_of(request)
    wording = site.words(request)
    text = ENVIRONMENT.get_template(f"{template}.html").render(
        w=wording.app,
        wording=wording,
        language=wording.language,
        part=values.pop("part", template),
        said=request.cookies.get(SAYS, ""),
        reachable=bool(site.reachable),
        **values,
    )
    response = HTMLResponse(text, status)
    if request.cookies.get(SAYS):
        response.delete_cookie(SAYS, httponly=True, samesite="strict")
    return response


def fragment(request: Request, template: str, **values: Any) -> str:
    """A part of a page."""
    wording = site_of(request).words(request)
    return ENVIRONMENT.get_template(f"{template}.html").render(
        w=wording.app, wording=wording, language=wording.language, **values
    )


def go_to(path: str, says: str = "") -> RedirectResponse:
    """On to another page, which says a sentence first."""
    response = RedirectResponse(path, 303)
    if says:
        response.set_cookie(SAYS, quote(says[:600]), max_age=60, httponly=True, samesite="strict")
    return response


def nothing_there(request: Request) -> Response:
    """There is no such page."""
    return page(request, "message", 404, title="404", text=site_of(request).words(request).app["text"]["no_page"])


def bare(sentence: str, status: int = 400) -> Response:
    """A sentence for a page's script."""
    return Response(sentence, status, media_type="text/plain; charset=utf-8")


def refused(request: Request, sentence: str, status: int = 400) -> Response:
    """What can't be done, in a sentence; to a script as bare text."""
    if request.headers.get("x-script") or "json" in request.headers.get("content-type", ""):
        return bare(sentence, status)
    words = site_of(request).words(request).app["text"]
    return page(request, "message", status, title=words["not_possible"], text=sentence)


async def form(request: Request) -> dict[str, list[str]]:
    """A form's fields; each may come several times."""
    text = (await request.body()).decode("utf-8", errors="replace")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=2_000)
    except ValueError as error:
        raise UsageError("That form has too many fields.") from error


def first(told: dict[str, list[str]], name: str) -> str:
    """A field of a form, without blanks around it; empty where it is not there."""
    return told.get(name, [""])[0].strip()


def draft_of(request: Request) -> Draft | None:
    """The draft that an address names."""
    return site_of(request).drafts.get(request.path_params["draft"])


def visit_of(request: Request) -> Path | None:
    """The visit that an address names."""
    return site_of(request).home.visit(request.path_params["athlete"], request.path_params["day"])


def address_of(folder: Path) -> str:
    """Where the pages of a visit in a folder are."""
    athlete, day = (quote(name, safe="") for name in (folder.parent.name, folder.name))
    return f"/club/athletes/{athlete}/{day}"
