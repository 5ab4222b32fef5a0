"""The board's order: warning signs, pain beyond its rule, concern times certainty; and who stands out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from gaitcheck.advice.situation import URGENCIES
from gaitcheck.board.summary import Value, VisitSummary
from gaitcheck.evidence import Evidence

SPREAD_OF_MAD = 1.4826


class Tier(IntEnum):
    """What puts an athlete before others."""

    WARNING_SIGN = 0
    LONG_PAIN = 1
    PAIN = 2
    """In running, beyond the pain rule."""
    FORM = 3
    UNRATED = 4


def tier(visit: VisitSummary, evidence: Evidence) -> Tier:
    """The first of the tiers that holds."""
    if visit.urgency is not None:
        return Tier.WARNING_SIGN
    if visit.examine:
        return Tier.LONG_PAIN
    if visit.running_pain is not None and visit.running_pain > evidence.pain_rule.running_highest:
        return Tier.PAIN
    return Tier.FORM if visit.rated else Tier.UNRATED


def rank_key(visit: VisitSummary, evidence: Evidence) -> tuple[int, int, float, float, str]:
    """Sorts visits, first to look at first."""
    urgent = -URGENCIES.index(visit.urgency) if visit.urgency is not None else 0
    scores = [worry.score for worry in visit.worries]
    return tier(visit, evidence), urgent, -max(scores, default=0.0), -sum(scores), visit.athlete


@dataclass(frozen=True)
class Outlier:
    """A value that surely stands out from the team's."""

    athlete: str
    side: str
    value: Value


@dataclass(frozen=True)
class Spread:
    """One metric over the team: every value, the median, who stands out; ``judged``: enough are there to say."""

    metric: str
    unit: str
    values: tuple[tuple[str, Value], ...]
    median: float
    outliers: tuple[Outlier, ...]
    judged: bool


def spread_of(metric: str, found: list[tuple[str, Value]], evidence: Evidence) -> Spread:
    """The team's values of one metric; an outlier's whole interval lies away from the rest."""
    rule = evidence.attention
    numbers = np.array([value.value for _, value in found])
    median = float(np.median(numbers))
    spread = SPREAD_OF_MAD * float(np.median(np.abs(numbers - median)))
    judged = len({athlete for athlete, _ in found}) >= rule.fewest_for_outliers and spread > 0
    outliers = []
    for athlete, value in found:
        off = abs(value.value - median)
        near = value.low - median if value.value > median else median - value.high
        if judged and off > rule.outlier_spreads * spread and near > rule.outlier_surely_spreads * spread:
            outliers.append(Outlier(athlete, value.side, value))
    outliers.sort(key=lambda o: -abs(o.value.value - median))
    return Spread(metric, found[0][1].unit, tuple(found), median, tuple(outliers), judged)
