"""Rating one estimate against its norm: where it lies, and how surely, from its interval alone.

Typical means that a value lies within the borderline limit and is that unlikely to be of concern; slightly outside,
that it lies that surely beyond the borderline limit; clearly outside, that it lies that surely beyond the limit of
concern. Sure is 95 %, likely 80 %, one-sided and without a prior. Can't tell is said where nothing reaches 80 %, and
of a value beyond the borderline limit that may as well lie within it.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import Literal

from gaitcheck.checked import Checked
from gaitcheck.evidence import Limits

Position = Literal["typical", "slightly_outside", "clearly_outside", "cant_tell", "not_rated"]
Certainty = Literal["sure", "likely", "none"]

RANK: dict[Position, int] = {"not_rated": 0, "typical": 1, "cant_tell": 2, "slightly_outside": 3, "clearly_outside": 4}
OUTSIDE = ("slightly_outside", "clearly_outside")
SURE, LIKELY = 0.95, 0.80
"""Heuristic: one in twenty, one in five."""
TWO_SIDED_Z = 1.96


class Rating(Checked):
    """Where a value lies, how surely, and the probability behind it (None where nothing is said)."""

    position: Position
    certainty: Certainty = "none"
    probability: float | None = None

    @property
    def outside(self) -> bool:
        """Whether it is at least likely beyond what is typical."""
        return self.position in OUTSIDE

    @property
    def order(self) -> tuple[int, float]:
        """Sorts ratings: the worse the larger, and of two alike the surer."""
        return RANK[self.position], self.probability or 0.0


NOT_RATED = Rating(position="not_rated")


def normal_share(z: float) -> float:
    """Share of a normal distribution below z."""
    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def sd_toward(limit: float, value: float, low: float, high: float) -> float:
    """The standard deviation that a limit is judged by: from the arm of a lopsided interval that points to it."""
    return (value - low if value > limit else high - value) / TWO_SIDED_Z


def beyond(limit: float, value: float, low: float, high: float) -> float:
    """Probability that the true value lies above a limit."""
    sd = sd_toward(limit, value, low, high)
    return normal_share((value - limit) / sd) if sd > 0 else float(value > limit)


def usual(value: float, low: float, high: float, limits: Limits) -> float:
    """Probability that the true value lies within the borderline limits; 1 where there are none."""
    above = 0.0 if limits.borderline_high is None else beyond(limits.borderline_high, value, low, high)
    below = 0.0 if limits.borderline_low is None else beyond(-limits.borderline_low, -value, -high, -low)
    return 1.0 - max(above, below)


def certainty_of(probability: float) -> Certainty:
    """How surely something of this probability may be said."""
    return "sure" if probability >= SURE else "likely" if probability >= LIKELY else "none"


def _said(position: Position, probability: float) -> Rating:
    certainty = certainty_of(probability)
    if certainty == "none":
        return Rating(position="cant_tell")
    return Rating(position=position, certainty=certainty, probability=round(probability, 4))


def _above(value: float, low: float, high: float, borderline: float | None, concern: float | None) -> Rating:
    """Rating against limits from above."""
    if borderline is None:
        return Rating(position="typical", certainty="sure", probability=1.0)
    outside = beyond(borderline, value, low, high)
    of_concern = outside if concern is None else beyond(concern, value, low, high)
    if concern is not None and of_concern >= LIKELY:
        return _said("clearly_outside", of_concern)
    if outside >= LIKELY:
        return _said("slightly_outside", outside)
    return _said("typical", 1.0 - of_concern) if value <= borderline else Rating(position="cant_tell")


def rate(value: float, low: float, high: float, limits: Limits) -> Rating:
    """Rate a value with its 95 % interval (low, high); with limits on both ends the worse of both counts."""
    from_above = _above(value, low, high, limits.borderline_high, limits.concern_high)
    mirrored = [None if x is None else -x for x in (limits.borderline_low, limits.concern_low)]
    from_below = _above(-value, -high, -low, mirrored[0], mirrored[1])
    if from_above.position == from_below.position == "typical":
        return min(from_above, from_below, key=lambda rating: rating.order)
    return max(from_above, from_below, key=lambda rating: rating.order)


def never_sure(rating: Rating) -> Rating:
    """The rating of a value whose interval was never tested on such pictures: likely at best, without a number."""
    if rating.certainty == "none":
        return rating
    return Rating(position=rating.position, certainty="likely")


def rate_share(value: float, low: float, high: float, limits: Limits) -> Rating:
    """Rate a share of steps: its interval holds what other errors would turn over, and only its ends can be trusted.

    So it is rated where the whole interval lies on one side of the limits, and else can't be told.
    """
    borderline, concern = limits.borderline_high, limits.concern_high
    surely = 0.5 + SURE / 2
    if borderline is None or high <= borderline:
        return Rating(position="typical", certainty="sure", probability=surely)
    if low > borderline:
        clearly = concern is not None and low > concern
        return Rating(
            position="clearly_outside" if clearly else "slightly_outside", certainty="sure", probability=surely
        )
    return Rating(position="cant_tell")
