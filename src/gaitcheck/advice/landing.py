"""Kind of landing: on the heel, the middle or the front of the foot, as far as the foot's angle can tell.

Described, not rated: no kind is a fault. A kind is named when it is at least likely (80 %), two neighbours where only
the third can be ruled out, and none where the interval spans them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gaitcheck.advice.rating import Certainty, beyond, certainty_of
from gaitcheck.evidence import Evidence

Kind = Literal["heel", "midfoot", "forefoot", "not_forefoot", "not_heel"]


@dataclass(frozen=True)
class Landing:
    """What can be said of how one foot lands, and how surely."""

    kind: Kind
    certainty: Certainty
    probability: float


def kind_of_landing(value: float, low: float, high: float, evidence: Evidence) -> Landing | None:
    """The kind that a foot angle (deg, toes up positive) with its 95 % interval tells; None where none can be told.

    Source of the limits: Altman & Davis 2012.
    """
    limits = evidence.landing
    heel = beyond(limits.heel_above, value, low, high)
    forefoot = 1.0 - beyond(limits.forefoot_below, value, low, high)
    single: dict[Kind, float] = {"heel": heel, "midfoot": 1.0 - heel - forefoot, "forefoot": forefoot}
    either: dict[Kind, float] = {"not_forefoot": 1.0 - forefoot, "not_heel": 1.0 - heel}
    for told in (single, either):
        kind = max(told, key=lambda name: told[name])
        certainty = certainty_of(told[kind])
        if certainty != "none":
            return Landing(kind, certainty, told[kind])
    return None
