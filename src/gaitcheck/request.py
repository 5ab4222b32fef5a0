"""What a user asks for: one athlete's clips of one visit and how to read them, checked, and the key of that work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from gaitcheck.clock import EARLIEST_FILMED
from gaitcheck.errors import UsageError
from gaitcheck.pose.models import model_path
from gaitcheck.report.brand import Brand
from gaitcheck.settings import Settings
from gaitcheck.uncertainty import load_error_model
from gaitcheck.video.probe import sha256_of

LONGEST_TEXT = 200


@dataclass(frozen=True)
class Request:
    """What the user asked for. Seconds are playback seconds of the clip.

    ``intake`` are files of answers, a later one's answers before an earlier one's; ``runner`` is left, right or a
    number from the left, where several people are in the picture; ``shown_as`` replaces the clips' file names in
    everything that is written; ``group`` and ``note`` come from a roster.
    """

    clips: tuple[Path, ...]
    athlete: str = ""
    height_cm: float | None = None
    sex: str | None = None
    speed_kmh: float | None = None
    view: str = "auto"
    capture_fps: float | None = None
    camera_roll_deg: float | None = None
    mirrored: bool = False
    start_s: float = 0.0
    end_s: float | None = None
    model: str = "auto"
    jobs: int | None = None
    runner: str | None = None
    intake: tuple[Path, ...] = ()
    brand: Path | None = None
    paper: str = "a4"
    readers: str = "both"
    share: bool = False
    language: str = "en"
    blur_faces: bool = False
    filmed_on: dt.date | None = None
    shoes: str = ""
    group: str = ""
    note: str = ""
    shown_as: tuple[str, ...] = ()


RANGES: dict[str, tuple[str, float, float]] = {
    "height_cm": ("--height-cm", 90, 240),
    "speed_kmh": ("--speed-kmh", 3, 35),
    "capture_fps": ("--capture-fps", 10, 1000),
    "camera_roll_deg": ("--camera-roll", -45, 45),
    "jobs": ("--jobs", 1, 256),
    "start_s": ("--start", 0, 600),
    "end_s": ("--end", 0, 600),
}
"""Field, option, least and most."""
MOST_PEOPLE = 9
RUNNERS = ("left", "right", *(str(k + 1) for k in range(MOST_PEOPLE)))
UNCOUNTED = ("clips", "jobs", "model", "intake", "brand", "shown_as")
"""Fields of a request that are not part of its key as they stand: the content of files counts, not their places, and
how many processes work on it changes nothing."""


def check_request(request: Request) -> None:
    """Refuse what can't be right before any work is done.

    Raises
    ------
    UsageError
        Naming the first option that is out of its range.
    """
    if not request.clips:
        raise UsageError("Name at least one clip.")
    for field, (name, low, high) in RANGES.items():
        value = getattr(request, field)
        if value is not None and not low <= value <= high:
            raise UsageError(f"{name} is {value:g}; it must lie between {low:g} and {high:g}.")
    if request.end_s is not None and request.end_s <= request.start_s:
        raise UsageError("--end must come after --start.")
    if request.sex not in (None, "F", "M"):
        raise UsageError("--sex is F or M.")
    if request.runner not in (None, *RUNNERS):
        raise UsageError(
            f"--runner is left, right or a number from 1 to {MOST_PEOPLE}, counted from the picture's left."
        )
    texts = (request.athlete, request.shoes, request.group, request.note)
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise UsageError(f"Names, shoes, groups and notes have at most {LONGEST_TEXT} characters.")
    if any(unicodedata.category(c) in ("Cc", "Cs") for text in texts for c in text):
        raise UsageError("Names, shoes, groups and notes hold characters that can't be printed; type them again.")
    if request.filmed_on is not None and not EARLIEST_FILMED <= request.filmed_on <= dt.date.today():
        raise UsageError(f"--filmed-on is {request.filmed_on}; give a day from {EARLIEST_FILMED} to today.")


@lru_cache(maxsize=8)
def model_sha256(path: Path) -> str:
    """The fingerprint of a model bundle, read once a process."""
    return sha256_of(path)


def work_sha256(request: Request, clips: list[str], settings: Settings, brand: Brand) -> str:
    """What tells one piece of work from another: clips' content, everything asked, settings, model and version.

    Parameters
    ----------
    clips : sha256 of each clip. Names and places of files, and how many processes work on it, count for nothing.
    """
    intake = [sha256_of(path) for path in request.intake]
    logo = "" if brand.logo is None else hashlib.sha256(brand.logo).hexdigest()
    asked = {name: value for name, value in asdict(request).items() if name not in UNCOUNTED}
    parts = [
        clips, asked, intake, [brand.name, brand.contact, brand.colour, logo], settings.as_dict(),
        model_sha256(model_path(request.model)), load_error_model().version, version("gaitcheck"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8")).hexdigest()
