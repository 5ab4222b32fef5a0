"""The door: what a request must be before any page sees it, and what every answer forbids.

A page of another site may send requests to this machine, and a name of somebody's may be made to point here (DNS
rebinding). So the Host must be ours, whatever changes something must come from our own pages, and everything needs
the session's cookie.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gaitcheck.app.keys import Keys

OPEN = ("/enter", "/hello", "/login", "/favicon.ico")
"""What needs no session; everything below /static/ neither."""
SAFE = ("GET", "HEAD")
LARGEST_FORM_BYTES = 4_000_000
UPLOADS = "/films/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


def cookie_name(port: int) -> str:
    """Cookies hold for all ports of a machine, so ours names its own."""
    return f"gaitcheck_{port}"


class Door:
    """Stands before the whole application."""

    def __init__(self, app: ASGIApp, keys: Keys, hosts: frozenset[str], port: int) -> None:
        self._app, self._keys, self._hosts, self._port = app, keys, hosts, port

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | RedirectResponse | None:
        """Why a request goes no further; None where it may."""
        host = headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("This address is not gaitcheck's; open the one that gaitcheck printed.", 421)
        if scope["method"] not in SAFE and headers.get("origin") != f"http://{host}":
            return PlainTextResponse("This came from another site, so nothing was done.", 403)
        path: str = scope["path"]
        if path in OPEN or path.startswith("/static/"):
            return None
        if self._keys.knows(self._session(headers)):
            return None
        if self._keys.has_password and scope["method"] in SAFE:
            return RedirectResponse("/login", 303)
        return PlainTextResponse(
            "This page is locked. Open the address that gaitcheck printed when it started, or start it again: "
            "gaitcheck serve", 401,
        )  # fmt: skip

    def _session(self, headers: Headers) -> str:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(cookie_name(self._port))
        return found.value if found is not None else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_FORM_BYTES and not scope["path"].startswith(UPLOADS):
                raise HTTPException(413, "That is too much for a form.")
            return message

        await self._app(scope, limited, guarded)
