"""What was corrected by hand, in words: who, when, what, and what it was before."""

from __future__ import annotations

import math
from typing import Any

from gaitcheck.analysis.document import Analysis
from gaitcheck.corrections import Correction
from gaitcheck.wording import Wording

SECONDS = ("at_s", "from_s", "to_s")


def _printed(name: str, value: Any, what: str, wording: Wording) -> Any:
    """A field of a correction as it stands in a sentence."""
    if name == "side" or value in ("rear", "front", "left", "right"):
        return wording.words[value] if name == "side" else wording.view(value)
    if name == "joint":
        return wording.report["by_hand"]["joints"][value]
    if name == "weight":
        return f"{100 * value:.0f}"
    if isinstance(value, float):
        return f"{value:.2f}" if name in SECONDS or what == "contact" else f"{value:.2f}".rstrip("0").rstrip(".")
    return wording.report["by_hand"]["unknown"] if value in (None, "") else value


def _variant(one: Correction, told: dict[str, Any]) -> str:
    """Which sentence of its kind says it."""
    if isinstance(told.get("after"), bool):
        return f"{one.what}_{'yes' if told['after'] else 'no'}"
    return "_".join([one.what, *(told[name] for name in ("event", "reach") if name in told)])


def correction_line(one: Correction, analysis: Analysis, wording: Wording) -> str:
    """One correction in a sentence."""
    words, told = wording.report["by_hand"], one.model_dump()
    clip = next(clip for clip in analysis.clips if clip.sha256 == one.clip)
    printed = {name: _printed(name, value, one.what, wording) for name, value in told.items()}
    if told["what"] == "joint":
        printed["moved"] = f"{math.dist(told['before'], told['after']):.0f}"
    text = str(words[_variant(one, told)].format(**printed))
    text = text[:1].upper() + text[1:]
    day = wording.day(one.on.date())
    return wording.numbered(words["line"].format(text=text, by=one.by, day=day, clip=wording.clip_of(clip.view)))


def correction_lines(analysis: Analysis, wording: Wording) -> list[str]:
    """Every correction, in the order in which they were made."""
    return [correction_line(one, analysis, wording) for one in analysis.corrections]
