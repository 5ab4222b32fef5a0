"""Signs in the answers: which ones lie beyond their limits."""

from __future__ import annotations

from gaitcheck.advice.intake import Intake
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Sign


def holds(sign: Sign, value: object) -> bool:
    """Whether an answer lies beyond a sign's limit, or is of its kind; a missing answer never does."""
    if isinstance(value, str):
        return value in sign.one_of
    if isinstance(value, int | float):
        above = sign.at_least is not None and value >= sign.at_least
        return above or (sign.at_most is not None and value <= sign.at_most)
    return False


def signs_beyond(intake: Intake, evidence: Evidence) -> set[str]:
    """Names of the signs that rest on answers and hold."""
    asked = [sign for sign in evidence.signs.values() if sign.answer]
    return {sign.name for sign in asked if holds(sign, intake.answer(sign.answer))}
