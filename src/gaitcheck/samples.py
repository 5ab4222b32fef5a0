"""Where the packaged sample clips are."""

from __future__ import annotations

from pathlib import Path

import gaitcheck
from gaitcheck.errors import UsageError

NAMES = ("rear_valgus_crossover", "left_overstriding")


def sample_clip(name: str) -> Path:
    """The path of a sample clip, from the installed package or a source checkout.

    Raises
    ------
    UsageError
        If it is not there.
    """
    package = Path(str(gaitcheck.__file__)).parent
    for folder in (package / "samples", package.parents[1] / "sample_videos"):
        if (folder / f"{name}.mp4").is_file():
            return folder / f"{name}.mp4"
    raise UsageError(f"The sample clip {name} is not part of this installation; install gaitcheck again.")
