"""Rating one estimate against its norm. No rating ignores the interval."""

from __future__ import annotations

from typing import Literal

from gaitcheck.evidence import Limits

Rating = Literal["typical", "borderline", "of_concern", "not_rated"]

RANK: dict[Rating, int] = {"not_rated": 0, "typical": 1, "borderline": 2, "of_concern": 3}


def _above(value: float, low: float, high: float, borderline: float | None, concern: float | None) -> Rating:
    """Rating against limits from above; ``low`` and ``high`` bound the 95 % interval."""
    if borderline is None:
        return "typical"
    if concern is not None and value > concern and low > borderline:
        return "of_concern"
    return "typical" if high <= borderline else "borderline"


def rate(value: float, low: float, high: float, limits: Limits) -> Rating:
    """Rate a value with its 95 % interval (low, high).

    Typical only if the whole interval lies within the borderline limits; of concern only if the value
    is beyond the limit of concern and the whole interval beyond the borderline limit; else borderline.
    """
    from_above = _above(value, low, high, limits.borderline_high, limits.concern_high)
    mirrored = [None if x is None else -x for x in (limits.borderline_low, limits.concern_low)]
    from_below = _above(-value, -high, -low, mirrored[0], mirrored[1])
    return max(from_above, from_below, key=lambda rating: RANK[rating])


def beyond_borderline(value: float, limits: Limits) -> bool:
    """Whether the value itself, not only its interval, lies beyond a borderline limit."""
    high, low = limits.borderline_high, limits.borderline_low
    return (high is not None and value > high) or (low is not None and value < low)
