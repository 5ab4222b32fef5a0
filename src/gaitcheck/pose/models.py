"""Where model bundles are: in the wheel, or beside a source checkout."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import gaitcheck
from gaitcheck.errors import UsageError

NAMES = ("lite", "full", "heavy")
AUTO = "full"
"""What ``auto`` takes, in every view: raw errors of heavy are no smaller at three times the time, lite loses the
pelvis, and joint centres and contacts were learned on full (docs/validation.md)."""

SHA256 = {
    "pose_lite.task": "243f7d52babdf6be47543cbad3e2d721a4201ade964af5f0e7ff6168d3756fbe",
    "pose_full.task": "bb23deffd6da200d00c329ea300640164e01ac7c3960be0b6aa10f738c9d34fb",
    "pose_heavy.task": "0c7a939134e0b14697f4c235b54ef3704d8d95940b2bbbae92fcbd8b815a2bad",
}
"""Fingerprints of the bundles that come with gaitcheck."""


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


def read_model(path: Path) -> bytes:
    """The content of a bundle; one of gaitcheck's own must be as it was made.

    Raises
    ------
    UsageError
        If it can't be read, or is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path.name} can't be read; use --model lite, full or heavy, or install gaitcheck again."
        ) from error
    own = path.parent in model_folders() and path.name in SHA256
    if own and hashlib.sha256(content).hexdigest() != SHA256[path.name]:
        raise UsageError(f"The pose model {path.name} is damaged; install gaitcheck again.")
    return content


@lru_cache(maxsize=8)
def model_sha256(path: Path) -> str:
    """The fingerprint of a bundle, read once a process.

    Raises
    ------
    UsageError
        If it can't be read, or is damaged.
    """
    return hashlib.sha256(read_model(path)).hexdigest()
