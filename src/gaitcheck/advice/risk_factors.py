"""Risk factors: which metrics speak for a movement fault, on which side, and how surely.

Associations, never causes or a diagnosis. A side's rating is its own: sides are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaitcheck.advice.expectations import Context
from gaitcheck.advice.rating import RANK, Rating, likely_beyond
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
    if rating == "not_rated" or not found:
        return "none"
    return min(found, key=order.index)


def _explain(
    rating: Rating, rated: list[RatedEstimate], evidence: Evidence, sex: str | None, context: Context | None
) -> str:
    if rating in ("not_rated", "typical", "of_concern"):
        return rating
    for item in rated:
        estimate, norm = item.estimate, evidence.norms.get(item.estimate.metric)
        if estimate.value is None or estimate.ci95_low is None or estimate.ci95_high is None or norm is None:
            continue
        if likely_beyond(
            estimate.value,
            estimate.ci95_low,
            estimate.ci95_high,
            norm.limits_for(sex, context.of(norm.metric) if context else None),
        ):
            return "borderline_value"
    return "borderline_interval"


def _judge(
    definition: RiskFactorDefinition,
    side: Side,
    rated: list[RatedEstimate],
    evidence: Evidence,
    sex: str | None,
    context: Context | None,
) -> RiskFactor:
    own = [r for r in rated if r.estimate.side in (side, "both")]
    leading = [r for r in own if r.estimate.metric in definition.leading]
    supporting = [r for r in own if r.estimate.metric in definition.supporting and r.estimate.value is not None]
    rating: Rating = max((r.rating for r in leading), key=RANK.__getitem__, default="not_rated")
    deciding = [r for r in leading if r.rating == rating]
    names = dict.fromkeys(r.estimate.metric for r in [*leading, *supporting] if r.estimate.value is not None)
    return RiskFactor(
        name=definition.name,
        side=side,
        rating=rating,
        confidence=_confidence(evidence, [r.estimate.metric for r in deciding], rating),
        evidence=tuple(names),
        explanation=_explain(rating, deciding, evidence, sex, context),
    )


def judge(
    rated: list[RatedEstimate], evidence: Evidence, sex: str | None, context: Context | None = None
) -> list[RiskFactor]:
    """Every risk factor on every side it has."""
    factors = []
    for definition in evidence.risk_factors.values():
        sides: tuple[Side, ...] = ("both",) if definition.sides == "both" else ("left", "right")
        factors += [_judge(definition, side, rated, evidence, sex, context) for side in sides]
    return factors
