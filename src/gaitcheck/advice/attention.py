"""What, and whom, to look at first: concern times certainty, as one number with its reason.

One order serves the report's findings, the board, comparisons and histories.

A value's concern is 0 at the limit of what is typical and 1 at the limit of concern, or, where the two lie closer than
the value is known, half its interval beyond the first; it grows on to a cap. What is scored is the concern expected
under the value's own uncertainty: a clear value far beyond a limit scores high, a wide interval that only touches it
scores little, and no average of sides hides one. The strength of the norm weighs in, and that of the best drill: what
can be trained comes before what can't. It is a heuristic
(evidence/attention.toml) for the order of a list, not a measure of risk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, pi, sqrt

from gaitcheck.advice.expectations import Context
from gaitcheck.advice.rating import TWO_SIDED_Z, Position, normal_share, sd_toward
from gaitcheck.advice.risk_factors import RatedEstimate
from gaitcheck.evidence import Evidence, Limits
from gaitcheck.metrics import shares_of_steps


@dataclass(frozen=True)
class Measure:
    """A rated value with its 95 % interval."""

    metric: str
    side: str
    value: float
    low: float
    high: float
    position: Position


@dataclass(frozen=True)
class Concern:
    """One value beyond its limits: how much (0 to ``most``, weighted), how surely beyond the typical range (0 to 1).

    ``beyond`` is how far past the limit of what is typical the value itself lies, in its metric's unit.
    """

    risk_factor: str
    metric: str
    side: str
    score: float
    certainty: float
    beyond: float = 0.0

    @property
    def order(self) -> tuple[float, float, str, str]:
        """Sorts concerns, most first; of two that weigh alike the one farther beyond its limit."""
        return -self.score, -self.beyond, self.risk_factor, self.side


def _excess(mean: float, sd: float, limit: float) -> float:
    """Expected amount by which a normal value passes a limit."""
    if sd <= 0:
        return max(mean - limit, 0.0)
    z = (mean - limit) / sd
    return (mean - limit) * normal_share(z) + sd * exp(-0.5 * z * z) / sqrt(2.0 * pi)


def _one_sided(
    mean: float, sd: float, borderline: float, concern: float | None, spread: float | None, evidence: Evidence
) -> tuple[float, float]:
    rule = evidence.attention
    certainty = normal_share((mean - borderline) / sd) if sd > 0 else float(mean > borderline)
    step, share = (spread, rule.without_limit_of_concern) if concern is None else (concern - borderline, 1.0)
    if not step:
        return rule.without_limit_of_concern * certainty, certainty
    width = max(step, TWO_SIDED_Z * sd)
    expected = _excess(mean, sd, borderline) - _excess(mean, sd, borderline + rule.most * width)
    return share * expected / width, certainty


def expected_concern(
    value: float, low: float, high: float, limits: Limits, evidence: Evidence, spread: float | None = None
) -> tuple[float, float]:
    """Expected concern of a value with its 95 % interval, and how surely it lies beyond the typical range.

    ``spread`` is the standard deviation between people, which stands for the way to the limit of concern where there
    is none.

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
            sd = sd_toward(limit, value, low, high)
            found.append(_one_sided(sign * value, sd, sign * limit, beyond, spread, evidence))
    return max(found)


def measures_of(rated: Iterable[RatedEstimate]) -> list[Measure]:
    """The estimates that have a value."""
    return [
        Measure(item.estimate.metric, item.estimate.side, *known, item.rating.position)
        for item in rated
        if (known := item.estimate.interval) is not None
    ]


def _trainable(risk_factor: str, evidence: Evidence) -> float:
    """How much weight a risk factor has for what is known to change it: its best drill's."""
    weights = evidence.attention.trainable
    return max((weights[drill.strength] for drill in evidence.drills_for(risk_factor)), default=weights["none"])


def _beyond(value: float, limits: Limits) -> float:
    above = value - limits.borderline_high if limits.borderline_high is not None else 0.0
    below = limits.borderline_low - value if limits.borderline_low is not None else 0.0
    return max(above, below, 0.0)


def find_concerns(measures: Iterable[Measure], sex: str | None, context: Context, evidence: Evidence) -> list[Concern]:
    """The leading values of every risk factor on every side that lie beyond a limit at all, most concern first.

    A share of steps whose interval holds the limit says nothing that the value it counts does not say better.
    """
    shares = shares_of_steps()
    rated = [m for m in measures if m.position not in ("not_rated", "typical") and m.metric in evidence.norms]
    told = [m for m in rated if not (m.metric in shares and m.position == "cant_tell")]
    best: dict[tuple[str, str], Concern] = {}
    for name, factor in evidence.risk_factors.items():
        for measure in (m for m in told if m.metric in factor.leading):
            norm = evidence.norms[measure.metric]
            limits = norm.limits_for(sex, context.of(norm.metric))
            ends, spread = (measure.low, measure.high), norm.reference.sd
            score, certainty = expected_concern(measure.value, *ends, limits, evidence, spread)
            weighted = score * evidence.attention.weights[norm.confidence] * _trainable(name, evidence)
            concern = Concern(name, measure.metric, measure.side, weighted, certainty, _beyond(measure.value, limits))
            key = name, measure.side
            if key not in best or concern.score > best[key].score:
                best[key] = concern
    return sorted(best.values(), key=lambda concern: concern.order)
