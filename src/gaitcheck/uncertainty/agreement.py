"""Whether two clips of one visit can show the same runner at the same speed: what both measure must agree.

Everything that is measured from every side (steps and their times) is compared. Two takes of one runner at one speed
differ by more than their intervals, which hold errors of measurement only: nobody runs twice alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.metrics import all_metrics
from gaitcheck.uncertainty.estimate import Estimate

BETWEEN_TAKES = {"per_min": 3.0, "ms": 10.0, "fraction": 0.015}
"""What a runner's own steps differ by from take to take at one speed, by unit; heuristic (within-runner variation of
time measures is below 2.5 %: preprints 202601.2214)."""


@dataclass(frozen=True)
class Disagreement:
    """A measure that two clips can't both be right about, in the metric's unit."""

    metric: str
    unit: str
    first: float
    other: float


def disagreement(first: list[Estimate], other: list[Estimate]) -> Disagreement | None:
    """The first measure, in order of the metrics, in which two clips' intervals lie too far apart; None for none.

    Parameters
    ----------
    first
        Estimates of one clip.
    other
        Of another clip of the same visit.

    Returns
    -------
    Disagreement | None
        Which measure, and both values; None where the clips may be of one runner at one speed.
    """
    everywhere = {m.name: m.unit for m in all_metrics() if m.plane == "any" and m.unit in BETWEEN_TAKES}
    by_key = {(e.metric, e.side): e for e in other}
    for own in first:
        same = by_key.get((own.metric, own.side))
        a, b = own.interval, None if same is None else same.interval
        if own.metric not in everywhere or a is None or b is None:
            continue
        reach = np.hypot(a.high - a.value, b.high - b.value)
        if abs(a.value - b.value) > reach + BETWEEN_TAKES[everywhere[own.metric]]:
            return Disagreement(own.metric, own.unit, a.value, b.value)
    return None
