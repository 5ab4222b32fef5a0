"""Ctrl-C and SIGTERM: not in the middle of an import, and never without an end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as Unix does it")
SLOW_MODULE = "import time\nprint('begun', flush=True)\ntime.sleep(0.6)\nprint('imported', flush=True)\n"
IMPORTS = """
from gaitcheck import stopping
stopping.hear()
try:
    import slow_module
    print("went on", flush=True)
    import time
    time.sleep(20)
except KeyboardInterrupt:
    import decimal
    print("stopped", flush=True)
"""
HANGS = """
import threading
from gaitcheck import stopping
stopping.GRACE_S = 0.3
stopping.hear()
print("begun", flush=True)
try:
    threading.Event().wait()
finally:
    threading.Event().wait()
"""
IGNORES = """
import signal, time
from gaitcheck import stopping
signal.signal(signal.SIGINT, signal.SIG_IGN)
stopping.hear()
print("begun", flush=True)
time.sleep(0.5)
print("done", flush=True)
"""


def _stopped(script: str, folder: Path, how: signal.Signals) -> tuple[int, str, str]:
    """Exit code, output and errors of a script that gets a signal as soon as it says that it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.1)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_import_is_not_torn_apart(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "slow_module.py").write_text(SLOW_MODULE)
    code, out, _ = _stopped(IMPORTS, tmp_path, how)
    assert (code, out.split("\n")[0], out.split("\n")[-2]) == (0, "imported", "stopped")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_what_does_not_end_by_itself_is_ended(tmp_path: Path, how: signal.Signals) -> None:
    code, _, err = _stopped(HANGS, tmp_path, how)
    assert code == 130 and "did not end by itself" in err and len(err.strip().splitlines()) == 1


def test_an_ignored_interrupt_stays_ignored(tmp_path: Path) -> None:
    assert _stopped(IGNORES, tmp_path, signal.SIGINT)[:2] == (0, "done\n")
