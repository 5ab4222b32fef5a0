"""Coming in: by a token in the address, by a password, and what a second start asks."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gaitcheck.app.door import cookie_name
from gaitcheck.app.keys import SESSION_S
from gaitcheck.app.site import Page, first, form, nothing_there, page, site_of


def _let_in(request: Request, session: str) -> Response:
    response = RedirectResponse("/", 303)
    name = cookie_name(site_of(request).port)
    response.set_cookie(name, session, max_age=int(SESSION_S), httponly=True, samesite="strict", path="/")
    return response


async def enter(request: Request) -> Response:
    """A token becomes a session, once."""
    site = site_of(request)
    session = site.keys.use_token(request.query_params.get("token", "")[:200])
    if session is not None:
        return _let_in(request, session)
    if site.keys.has_password:
        return RedirectResponse("/login", 303)
    return PlainTextResponse(
        "This address was used already, or is too old. Start gaitcheck again for a new one: gaitcheck serve", 401
    )


async def hello(request: Request) -> Response:
    """A second start of the same user's asks for a new token."""
    site = site_of(request)
    if not hmac.compare_digest(request.headers.get("x-secret", "").encode(), site.secret.encode()):
        return PlainTextResponse("No.", 403)
    return PlainTextResponse(site.keys.new_token())


async def login(request: Request) -> Response:
    """Another machine comes in by the password."""
    site = site_of(request)
    if not site.keys.has_password:
        return nothing_there(request)
    if request.method == "GET":
        return page(request, "login", wrong=False)
    session = site.keys.use_password(
        first(await form(request), "password"), request.client.host if request.client else ""
    )
    return _let_in(request, session) if session is not None else page(request, "login", 403, wrong=True)


PAGE = Page([Route("/enter", enter), Route("/hello", hello), Route("/login", login, methods=["GET", "POST"])])
