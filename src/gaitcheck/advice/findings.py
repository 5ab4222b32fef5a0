"""Findings in order of priority: risk factors worth telling."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.rating import RANK
from gaitcheck.advice.risk_factors import RiskFactor
from gaitcheck.evidence import Evidence


@dataclass(frozen=True)
class Finding:
    """A risk factor worth telling, and the drills for it, first choice first."""

    priority: int
    risk_factor: RiskFactor
    drills: tuple[str, ...]


def find(factors: list[RiskFactor], evidence: Evidence) -> list[Finding]:
    """Findings: of concern first, then values likely beyond a limit; undecided ones are none."""
    told = [f for f in factors if f.rating == "of_concern" or f.explanation == "borderline_value"]
    told.sort(key=lambda f: (-RANK[f.rating], evidence.risk_factors[f.name].order, f.side))
    return [
        Finding(k + 1, factor, tuple(d.name for d in evidence.drills_for(factor.name))) for k, factor in enumerate(told)
    ]
