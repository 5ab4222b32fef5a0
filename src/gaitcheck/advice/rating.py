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


LIKELY_Z = 0.84
"""One-sided 80 %; heuristic."""


def likely_beyond(value: float, low: float, high: float, limits: Limits) -> bool:
    """Whether the value is at least 80 % likely beyond a borderline limit, by its 95 % interval."""
    sd = max((high - low) / (2 * 1.96), 1e-12)
    above = limits.borderline_high is not None and (value - limits.borderline_high) / sd >= LIKELY_Z
    below = limits.borderline_low is not None and (limits.borderline_low - value) / sd >= LIKELY_Z
    return above or below
