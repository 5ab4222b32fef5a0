"""Loading a language, and making sentences from codes and numbers."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

Table = dict[str, Any]


@dataclass(frozen=True)
class Wording:
    """One language's tables. Unknown names fall back to the name itself, so a new metric needs no edit."""

    metrics: dict[str, Table]
    units: dict[str, str]
    reasons: dict[str, str]
    risk_factors: dict[str, Table]
    quality: dict[str, str]
    report: dict[str, str]
    words: dict[str, str]

    def title(self, metric: str) -> str:
        """A metric's name for people."""
        return str(self.metrics.get(metric, {}).get("title", metric.replace("_", " ").capitalize()))

    def direction(self, metric: str, value: float) -> str:
        """The sign in words, or nothing."""
        entry = self.metrics.get(metric, {})
        return str(entry.get("plus" if value >= 0 else "minus", ""))

    def note(self, code: str, parameters: dict[str, float | str]) -> str:
        """A quality note's sentence."""
        shown = {k: f"{v:g}" if isinstance(v, float | int) else v for k, v in parameters.items()}
        return self.quality.get(code, code.replace("_", " ")).format(**shown)


@lru_cache(maxsize=2)
def load_wording(language: str = "en") -> Wording:
    """The tables of a language."""
    folder = files("gaitcheck.wording") / language

    def table(name: str) -> dict[str, Any]:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))

    texts = table("report")
    return Wording(
        metrics=table("metrics"),
        units=texts["units"],
        reasons=table("reasons"),
        risk_factors=table("risk_factors"),
        quality=table("quality"),
        report=texts["report"],
        words=texts["words"],
    )


def decimals(half_width: float) -> int:
    """Digits after the point that an interval's half width deserves."""
    if not math.isfinite(half_width) or half_width >= 5:
        return 0
    return 1 if half_width >= 0.3 else 2
