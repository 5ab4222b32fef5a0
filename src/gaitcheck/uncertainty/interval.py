"""A value with its 95 % interval: whole, or not there at all."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A value and the ends of its 95 % interval, in one unit."""

    value: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half of its width."""
        return (self.high - self.low) / 2

    def scaled(self, factor: float) -> Interval:
        """The same in another unit."""
        return Interval(factor * self.value, factor * self.low, factor * self.high)


def interval_of(value: float | None, low: float | None, high: float | None) -> Interval | None:
    """A value with its interval; None where any of them is missing."""
    if value is None or low is None or high is None:
        return None
    return Interval(value, low, high)
