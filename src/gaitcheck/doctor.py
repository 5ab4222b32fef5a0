"""What this machine lacks, and what mends it."""

from __future__ import annotations

import ctypes.util
import importlib
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PACKAGES = (
    "mediapipe",
    "cv2",
    "av",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "pydantic",
    "matplotlib",
    "typst",
    "jinja2",
)
SYSTEM_LIBRARIES = {"EGL": "libegl1", "GLESv2": "libgles2", "GL": "libgl1", "glib-2.0": "libglib2.0-0"}
"""Shared libraries that mediapipe and its cv2 load on Linux, by the Debian package that brings them."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it is there, and what mends it if not."""

    name: str
    fine: bool
    remedy: str = ""


def missing_system_packages() -> list[str]:
    """Debian packages whose library is not found; empty on other systems."""
    if platform.system() != "Linux":
        return []
    return [package for library, package in SYSTEM_LIBRARIES.items() if not _found(library)]


def _found(library: str) -> bool:
    if ctypes.util.find_library(library):
        return True
    for soname in (f"lib{library}.so.1", f"lib{library}.so.2", f"lib{library}.so.0"):
        try:
            ctypes.CDLL(soname)
        except OSError:
            continue
        return True
    return False


def install_command(packages: list[str]) -> str:
    """The command that installs Debian packages."""
    return f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"


def mend_system() -> list[str]:
    """Install missing system libraries where that is possible; returns what is still missing."""
    missing = missing_system_packages()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["/bin/sh", "-c", install_command(missing)], check=False, stdout=subprocess.DEVNULL)
        missing = missing_system_packages()
    return missing


def _package(name: str) -> Check:
    try:
        importlib.import_module(name)
    except ImportError as error:
        return Check(f"Python package {name}", False, f"{error}; install gaitcheck again in a fresh environment")
    return Check(f"Python package {name}", True)


def examine() -> list[Check]:
    """Every check, in the order in which to mend them."""
    from gaitcheck.errors import UsageError
    from gaitcheck.pose.models import model_path

    missing = missing_system_packages()
    checks = [Check("system libraries", not missing, f"as root: {install_command(missing)}" if missing else "")]
    checks += [_package(name) for name in PACKAGES]
    try:
        model: Path | None = model_path("full")
    except UsageError as error:
        checks.append(Check("pose model", False, str(error)))
    else:
        checks.append(Check(f"pose model ({model.name if model else ''})", True))
    try:
        importlib.import_module("pyvista")
        checks.append(Check("renderer (optional)", True))
    except ImportError:
        checks.append(Check("renderer (optional)", True, "for gaitcheck synth: pip install 'gaitcheck[synthetic]'"))
    return checks
