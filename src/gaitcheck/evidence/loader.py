"""Loading the evidence, and refusing what has no source.

Adding a norm or a drill is adding a TOML file to ``norms/`` or ``drills/``.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Strength = Literal["high", "moderate", "low", "very low", "heuristic"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """A source, and how far it was read."""

    citation: str
    doi: str = ""
    population: str = ""
    read: Literal["full text", "abstract", "part", "mirror", "second-hand", "page", "none"]
    strength: Strength


class Limits(_Frozen):
    """Where typical ends. ``high`` limits bound from above, ``low`` from below; None: no such limit."""

    borderline_high: float | None = None
    concern_high: float | None = None
    borderline_low: float | None = None
    concern_low: float | None = None


class Norm(_Frozen):
    """The reference of one metric. ``by_sex`` replaces ``limits`` where the sex is known."""

    metric: str
    unit: str
    text: str
    population: str
    basis: str
    confidence: Literal["moderate", "low", "very low"]
    sources: tuple[str, ...] = Field(min_length=1)
    limits: Limits
    by_sex: dict[Literal["F", "M"], Limits] = {}
    cautions: tuple[str, ...] = ()

    def limits_for(self, sex: str | None) -> Limits:
        """The limits for a sex, F, M or unknown."""
        return {str(known): limits for known, limits in self.by_sex.items()}.get(sex or "", self.limits)


class Drill(_Frozen):
    """A retraining drill: what to do, how much, how to go on, when to stop."""

    name: str
    title: str
    risk_factors: tuple[str, ...] = Field(min_length=1)
    order: int
    cue: str
    how: str
    dose: str
    progression: str
    stop: str
    strength: Strength
    sources: tuple[str, ...] = Field(min_length=1)


class Evidence(_Frozen):
    """All of it."""

    sources: dict[str, Source]
    norms: dict[str, Norm]
    drills: tuple[Drill, ...]

    def drills_for(self, risk_factor: str) -> list[Drill]:
        """Drills for a risk factor, the first to try first."""
        return sorted((d for d in self.drills if risk_factor in d.risk_factors), key=lambda d: (d.order, d.name))


class EvidenceError(ValueError):
    """The evidence files contradict themselves."""


def _tables(folder: Traversable) -> list[dict[str, Any]]:
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    return [tomllib.loads(item.read_text(encoding="utf-8")) for item in found]


def check(evidence: Evidence) -> None:
    """Raise EvidenceError if a norm or a drill cites a source that is not in sources.toml."""
    cited = {key for norm in evidence.norms.values() for key in norm.sources}
    cited |= {key for drill in evidence.drills for key in drill.sources}
    unknown = cited - set(evidence.sources)
    if unknown:
        raise EvidenceError(f"cited but not in sources.toml: {', '.join(sorted(unknown))}")


@lru_cache(maxsize=1)
def load_evidence() -> Evidence:
    """The evidence shipped with this version, checked."""
    root = files("gaitcheck.evidence")
    sources = tomllib.loads((root / "sources.toml").read_text(encoding="utf-8"))
    norms = [Norm(**table) for table in _tables(root / "norms")]
    drills = tuple(Drill(**table) for table in _tables(root / "drills"))
    evidence = Evidence(
        sources={key: Source(**value) for key, value in sources.items()},
        norms={norm.metric: norm for norm in norms},
        drills=drills,
    )
    check(evidence)
    return evidence
