"""Findings in order of priority, each with its drill; one cue at a time."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.rating import RANK
from gaitcheck.advice.risk_factors import DEFINITIONS, RiskFactor
from gaitcheck.evidence import Drill, Evidence

REVIEW_WEEKS = 4
ORDER = [definition.name for definition in DEFINITIONS]


@dataclass(frozen=True)
class Finding:
    """A risk factor worth telling, and the drills for it, first choice first."""

    priority: int
    risk_factor: RiskFactor
    drills: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What to do: the first finding's first drill now, the others in reserve."""

    drills: tuple[Drill, ...]
    load: str
    review_weeks: int


def find(factors: list[RiskFactor], evidence: Evidence) -> list[Finding]:
    """Findings: of concern first, then values likely beyond a limit; undecided ones are none."""
    told = [f for f in factors if f.rating == "of_concern" or f.explanation == "borderline_value"]
    told.sort(key=lambda f: (-RANK[f.rating], ORDER.index(f.name), f.side))
    return [
        Finding(k + 1, factor, tuple(d.name for d in evidence.drills_for(factor.name))) for k, factor in enumerate(told)
    ]


def plan(findings: list[Finding], evidence: Evidence) -> Plan:
    """One drill for each different finding, at most two, the first being this week's cue."""
    by_name = {drill.name: drill for drill in evidence.drills}
    chosen: dict[str, Drill] = {}
    for finding in findings:
        for name in finding.drills[:1]:
            chosen.setdefault(name, by_name[name])
    return Plan(tuple(chosen.values())[:2], "keep_load" if not findings else "ease_load", REVIEW_WEEKS)
