"""How Ctrl-C and SIGTERM end a command: at a moment when they may, and in bounded time.

Python raises ``KeyboardInterrupt`` between any two steps of the main thread. In the middle of an import that can leave
the import lock held for good, and every other thread waiting for it; so while a module is being imported the signal
waits. Whatever else keeps a stopped command from ending, it ends after ``GRACE_S``: its workers go with it, and what it
had half-written lies beside its target, where the next run puts it away.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

STOPPED = 130
"""Exit code of a command that was stopped, as a shell has it."""
GRACE_S = 30.0
AGAIN_S = 0.05
IMPORTING = "<frozen importlib._bootstrap>"
SAID = b"\ngaitcheck: stopped; it did not end by itself, so what it had half-written goes with the next run there.\n"
_ending = threading.Event()


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == IMPORTING:
            return True
        frame = frame.f_back
    return False


def _later(wait_s: float, what: Callable[..., object], *told: object) -> None:
    timer = threading.Timer(wait_s, what, told)
    timer.daemon = True
    timer.start()


def _end() -> None:
    with contextlib.suppress(OSError):
        os.write(2, SAID)
    os._exit(STOPPED)


def stop(number: int, frame: FrameType | None) -> None:
    """End the command, soon."""
    if not _ending.is_set():
        _ending.set()
        _later(GRACE_S, _end)
    if _importing(frame):
        _later(AGAIN_S, os.kill, os.getpid(), number)
        return
    raise KeyboardInterrupt


def hear() -> None:
    """From now on Ctrl-C, unless it is ignored, and SIGTERM end this process; nothing outside the main thread."""
    with contextlib.suppress(ValueError):
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
