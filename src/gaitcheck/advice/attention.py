"""Whom to look at first: concern times certainty, as one number with its reason.

A value's concern is 0 at the limit of what is typical and 1 at the limit of concern, or, where the two lie closer than
the value is known, half its interval beyond the first; it grows on to a cap. What is scored is the concern expected
under the value's own uncertainty: a clear value far beyond a limit scores high, a wide interval that only touches it
scores little, and no average of sides hides one. The strength of the norm weighs in. It is a heuristic
(evidence/attention.toml) for the order of a list, not a measure of risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

from gaitcheck.advice.rating import TWO_SIDED_Z, normal_share, sd_toward
from gaitcheck.evidence import Evidence, Limits


@dataclass(frozen=True)
class Concern:
    """One value beyond its limits: how much (0 to ``most``, weighted), how surely beyond the typical range (0 to 1)."""

    risk_factor: str
    metric: str
    side: str
    score: float
    certainty: float


def _excess(mean: float, sd: float, limit: float) -> float:
    """Expected amount by which a normal value passes a limit."""
    if sd <= 0:
        return max(mean - limit, 0.0)
    z = (mean - limit) / sd
    return (mean - limit) * normal_share(z) + sd * exp(-0.5 * z * z) / sqrt(2.0 * pi)


def _one_sided(
    mean: float, sd: float, borderline: float, concern: float | None, evidence: Evidence
) -> tuple[float, float]:
    rule = evidence.attention
    certainty = normal_share((mean - borderline) / sd) if sd > 0 else float(mean > borderline)
    if concern is None or concern == borderline:
        return rule.without_limit_of_concern * certainty, certainty
    width = max(concern - borderline, TWO_SIDED_Z * sd)
    expected = _excess(mean, sd, borderline) - _excess(mean, sd, borderline + rule.most * width)
    return expected / width, certainty


def expected_concern(value: float, low: float, high: float, limits: Limits, evidence: Evidence) -> tuple[float, float]:
    """Expected concern of a value with its 95 % interval, and how surely it lies beyond the typical range.

    Returns
    -------
    (concern, certainty) : of the limit that is passed more; both 0 where there is no limit.
    """
    found = [(0.0, 0.0)]
    for limit, concern, sign in (
        (limits.borderline_high, limits.concern_high, 1.0),
        (limits.borderline_low, limits.concern_low, -1.0),
    ):
        if limit is not None:
            beyond = None if concern is None else sign * concern
            found.append(_one_sided(sign * value, sd_toward(limit, value, low, high), sign * limit, beyond, evidence))
    return max(found)
