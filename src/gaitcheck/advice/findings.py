"""Findings in order of priority: risk factors worth telling."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.attention import Concern
from gaitcheck.advice.risk_factors import RiskFactor
from gaitcheck.evidence import Evidence


@dataclass(frozen=True)
class Finding:
    """A risk factor worth telling, and the drills for it, first choice first."""

    priority: int
    risk_factor: RiskFactor
    drills: tuple[str, ...]


def find(factors: list[RiskFactor], concerns: list[Concern], evidence: Evidence) -> list[Finding]:
    """Findings, what weighs most first (``advice.attention``); undecided risk factors are none."""
    rank = {(c.risk_factor, c.side): k for k, c in enumerate(concerns)}
    told = [f for f in factors if f.rating.outside]
    told.sort(key=lambda f: rank[f.name, f.side])
    return [
        Finding(k + 1, factor, tuple(d.name for d in evidence.drills_for(factor.name))) for k, factor in enumerate(told)
    ]
