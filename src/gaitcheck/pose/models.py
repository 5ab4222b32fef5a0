"""Where model bundles are: in the wheel, or beside a source checkout."""

from __future__ import annotations

from pathlib import Path

import gaitcheck
from gaitcheck.errors import UsageError

NAMES = ("lite", "full", "heavy")
AUTO = "full"
"""What ``auto`` takes, in every view: raw errors of heavy are no smaller at three times the time, lite loses the
pelvis, and joint centres and contacts were learned on full (docs/validation.md)."""


def _package() -> Path:
    return Path(str(gaitcheck.__file__)).parent


def model_folders() -> tuple[Path, ...]:
    """Folders searched, the installed package's first."""
    return (_package() / "models", _package().parents[1] / "models")


def model_path(name: str) -> Path:
    """The bundle for ``auto``, ``lite``, ``full``, ``heavy`` or a path.

    Raises
    ------
    UsageError
        If there is none.
    """
    name = AUTO if name == "auto" else name
    if name in NAMES:
        for folder in model_folders():
            if (folder / f"pose_{name}.task").is_file():
                return folder / f"pose_{name}.task"
        raise UsageError(
            f"The {name} pose model is not part of this installation; use --model auto, or give the path of a "
            f"pose_{name}.task bundle (models/build_models.py makes one)."
        )
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"There is no pose model at {name}; use --model auto, lite, full, heavy or the path of a .task bundle."
        )
    return path
