"""Risk factors: which metrics speak for a movement fault, on which side, and how surely.

Associations, never causes or a diagnosis. A side's rating is its own: sides are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaitcheck.advice.rating import NOT_RATED, Rating
from gaitcheck.evidence import Evidence, RiskFactorDefinition
from gaitcheck.uncertainty import Estimate

Confidence = Literal["moderate", "low", "very low", "none"]
Side = Literal["left", "right", "both"]


@dataclass(frozen=True)
class RatedEstimate:
    """An estimate, its rating, and the clip it comes from."""

    estimate: Estimate
    rating: Rating
    clip: int


@dataclass(frozen=True)
class RiskFactor:
    """One risk factor on one side. ``explanation`` is a code; ``evidence`` names metrics."""

    name: str
    side: Side
    rating: Rating
    confidence: Confidence
    evidence: tuple[str, ...]
    explanation: str


def _confidence(evidence: Evidence, metrics: list[str], rating: Rating) -> Confidence:
    order: list[Confidence] = ["none", "very low", "low", "moderate"]
    found: list[Confidence] = [evidence.norms[m].confidence for m in metrics if m in evidence.norms]
    if rating.position == "not_rated" or not found:
        return "none"
    return min(found, key=order.index)


def _worst(leading: list[RatedEstimate], definition: RiskFactorDefinition) -> Rating:
    """The worst rating of the leading measures; one that can't be told gives way to the first, if that can."""
    ratings = [r.rating for r in leading]
    first = next((r.rating for r in leading if r.estimate.metric == definition.leading[0]), NOT_RATED)
    worst = max(ratings, key=lambda rating: rating.order, default=NOT_RATED)
    return first if worst.position == "cant_tell" and first.position == "typical" else worst


def _judge(definition: RiskFactorDefinition, side: Side, rated: list[RatedEstimate], evidence: Evidence) -> RiskFactor:
    own = [r for r in rated if r.estimate.side in (side, "both")]
    leading = [r for r in own if r.estimate.metric in definition.leading]
    supporting = [r for r in own if r.estimate.metric in definition.supporting and r.estimate.value is not None]
    rating = _worst(leading, definition)
    deciding = [r for r in leading if r.rating == rating]
    names = dict.fromkeys(r.estimate.metric for r in [*leading, *supporting] if r.estimate.value is not None)
    return RiskFactor(
        name=definition.name,
        side=side,
        rating=rating,
        confidence=_confidence(evidence, [r.estimate.metric for r in deciding], rating),
        evidence=tuple(names),
        explanation=rating.position if rating.certainty == "none" else f"{rating.position}_{rating.certainty}",
    )


def judge(rated: list[RatedEstimate], evidence: Evidence) -> list[RiskFactor]:
    """Every risk factor on every side it has."""
    factors = []
    for definition in evidence.risk_factors.values():
        sides: tuple[Side, ...] = ("both",) if definition.sides == "both" else ("left", "right")
        factors += [_judge(definition, side, rated, evidence) for side in sides]
    return factors
