"""The server: one a club, on this machine alone unless somebody says otherwise, found again by a second start."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import secrets
import socket
import sqlite3
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import gaitcheck.app.pages as pages
from gaitcheck.analysis.store import write_whole
from gaitcheck.app.desk import Desk
from gaitcheck.app.door import Door
from gaitcheck.app.drafts import Drafts
from gaitcheck.app.home import Home, open_home
from gaitcheck.app.keys import Keys
from gaitcheck.app.queue import Queue
from gaitcheck.app.site import Page, Site, nothing_there, refused
from gaitcheck.checked import text_of
from gaitcheck.discovery import collect
from gaitcheck.errors import GaitcheckError, OutputError, UsageError

HERE = "127.0.0.1"
SERVER = "server.json"
SHORTEST_PASSWORD = 8
FOUND_S = 3.0
UNREADABLE = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Wanted:
    """How to serve. ``host`` beyond this machine needs a password."""

    root: Path
    host: str = HERE
    port: int = 0
    password: str | None = None
    language: str | None = None
    browser: bool = True


def is_here(host: str) -> bool:
    """Whether an address is this machine's own, which no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(wanted: Wanted) -> None:
    """Refuse what would let others in.

    Raises
    ------
    UsageError
        If a host beyond this machine is asked for without a password, or with a short one.
    """
    if is_here(wanted.host):
        return
    if wanted.password is None:
        raise UsageError(
            f"--host {wanted.host} lets everybody in your network see films and reports; add --password, which they "
            "must know."
        )
    if len(wanted.password) < SHORTEST_PASSWORD:
        raise UsageError(f"The password must have at least {SHORTEST_PASSWORD} characters.")


def own_addresses() -> tuple[str, ...]:
    """Addresses by which other machines of the network reach this one; nothing is sent to find out."""
    found: list[str] = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("192.0.2.1", 9))
        found.append(one.getsockname()[0])
    return tuple(address for address in dict.fromkeys(found) if not address.startswith("127."))


def hosts_of(wanted: Wanted, port: int, reachable: tuple[str, ...]) -> frozenset[str]:
    """What a request's Host may be."""
    names = {HERE, "localhost", "[::1]", wanted.host, *reachable} - {"0.0.0.0", "::"}
    return frozenset(f"{name}:{port}" for name in names)


def application(site: Site, hosts: frozenset[str]) -> Door:
    """Every page there is a file for, behind the door."""

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        site.drafts.tidy()
        site.queue.start()
        site.desk.warm_up()
        yield
        site.desk.close()
        site.queue.stop()
        site.keys.close()

    async def told(request: Request, error: Exception) -> Response:
        return refused(request, str(error))

    async def failed(request: Request, error: Exception) -> Response:
        return refused(request, site.words(request).app["text"]["our_fault"], 500)

    async def missing(request: Request, error: Exception) -> Response:
        return nothing_there(request)

    static = Path(__file__).parent / "static"
    fonts = Path(__file__).parents[1] / "report" / "fonts"
    routes = [route for one in collect(pages, "PAGE", Page) for route in one.routes]
    app = Starlette(
        routes=[
            *routes,
            Mount("/static/fonts", StaticFiles(directory=fonts)),
            Mount("/static", StaticFiles(directory=static)),
        ],
        exception_handlers={GaitcheckError: told, 404: missing, Exception: failed},
        lifespan=life,
    )
    app.state.site = site
    return Door(app, site.keys, hosts, site.port)


def _last(home: Home) -> tuple[int, str] | None:
    """Port and secret of the server that was started last, or None where that can't be read."""
    try:
        told = json.loads(text_of(home.state / SERVER))
        return int(told["port"]), str(told["secret"])
    except UNREADABLE:
        return None


def running(home: Home) -> str | None:
    """A fresh address of the server that is at work on a club already, or None."""
    last = _last(home)
    if last is None:
        return None
    port, secret = last
    asked = urllib.request.Request(f"http://{HERE}:{port}/hello", headers={"x-secret": secret})
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=FOUND_S) as answer:
            token = answer.read(200).decode("ascii")
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return f"http://{HERE}:{port}/enter?token={token}"


def _listen(wanted: Wanted, home: Home) -> socket.socket:
    """A socket at the wanted port, else the last one's, else any.

    Raises
    ------
    UsageError
        If the port is taken, or the host is none of this machine's.
    """
    last = _last(home)  # so that pages left open work again
    for port in (wanted.port,) if wanted.port else (0 if last is None else last[0], 0):
        one = socket.socket(socket.AF_INET6 if ":" in wanted.host else socket.AF_INET)
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((wanted.host, port))
        except (OSError, OverflowError) as error:
            one.close()
            if port == 0 or wanted.port:
                raise UsageError(
                    f"gaitcheck can't listen at {wanted.host}:{port} ({error}); choose another."
                ) from error
        else:
            one.listen(128)
            return one
    raise UsageError(f"gaitcheck can't listen at {wanted.host}; choose another --host.")


@contextlib.contextmanager
def _only_one(home: Home) -> Iterator[None]:
    """One server a club; the lock goes with its process.

    Raises
    ------
    OutputError
        If another is starting or does not answer.
    """
    lock = sqlite3.connect(home.state / "server.lock", timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if "locked" not in str(error):
                raise OutputError(f"{home.state / 'server.lock'} is damaged; delete it, and start again.") from error
            raise OutputError(
                f"Another gaitcheck serves {home.root} and does not answer; end it, or serve another folder."
            ) from error
        yield
    finally:
        lock.close()


def _can_show_a_browser() -> bool:
    """Whether there is a screen; without one, what would open is a browser in the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show(url: str, wanted: Wanted, say: Callable[[str], None]) -> None:
    """Say where the page is, and open it where there is a browser; never fails."""
    say(f"gaitcheck is at {url}")
    if wanted.browser and _can_show_a_browser():
        threading.Thread(target=_open, args=(url,), daemon=True).start()


def _open(url: str) -> None:
    with contextlib.suppress(Exception):  # whatever a browser's launcher does, the address is printed
        webbrowser.open(url)


def serve(wanted: Wanted, say: Callable[[str], None]) -> None:
    """Serve a club's folder until somebody ends it; where it is served already, show that.

    Raises
    ------
    UsageError
        If others would be let in without a password, the folder holds other things, or the port is taken.
    OutputError
        If the folder can't be written to.
    """
    check(wanted)
    home = open_home(wanted.root)
    there = running(home)
    if there is not None:
        show(there, wanted, say)
        return
    with _only_one(home):
        one = _listen(wanted, home)
        port = int(one.getsockname()[1])
        secret = secrets.token_urlsafe(32)
        write_whole(home.state / SERVER, json.dumps({"port": port, "secret": secret, "pid": os.getpid()}), mode=0o600)
        _run(wanted, home, one, port, secret, say)


def _run(wanted: Wanted, home: Home, one: socket.socket, port: int, secret: str, say: Callable[[str], None]) -> None:
    keys = Keys(home.state / "sessions.sqlite", wanted.password)
    reachable = () if is_here(wanted.host) else own_addresses() or (wanted.host,)
    server: uvicorn.Server | None = None

    def stopping() -> bool:
        return server is not None and server.should_exit

    site = Site(
        home, Drafts(home), Queue(home.root, home.state / "jobs.sqlite"), Desk(), keys, secret, port,
        wanted.language, reachable, stopping,
    )  # fmt: skip
    settings: dict[str, Any] = {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": 2,
        "timeout_keep_alive": 15,
        "lifespan": "on",
    }
    server = uvicorn.Server(uvicorn.Config(application(site, hosts_of(wanted, port, reachable)), **settings))
    url = f"http://{HERE if is_here(wanted.host) or wanted.host in ('0.0.0.0', '::') else wanted.host}:{port}"
    show(f"{url}/enter?token={keys.new_token()}", wanted, say)
    for address in reachable:
        say(f"Others in your network: http://{address}:{port} (with the password)")
    say("Ctrl-C ends it; what is under way goes on at the next start.")
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[one])
    say("\nEnded; what was under way goes on at the next start.")
