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


def _order(factor: RiskFactor, evidence: Evidence) -> int:
    return evidence.risk_factors[factor.name].order


def find(factors: list[RiskFactor], evidence: Evidence) -> list[Finding]:
    """Findings: what lies clearly outside first, then slightly; the surer first; undecided ones are none."""
    told = [f for f in factors if f.rating.outside]
    told.sort(key=lambda f: (-RANK[f.rating.position], f.rating.certainty != "sure", _order(f, evidence), f.side))
    return [
        Finding(k + 1, factor, tuple(d.name for d in evidence.drills_for(factor.name))) for k, factor in enumerate(told)
    ]
