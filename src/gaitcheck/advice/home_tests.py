"""Home tests: what a number means for this runner's age and sex, side by side."""

from __future__ import annotations

from typing import Literal

from gaitcheck.advice.expectations import Person
from gaitcheck.advice.intake import Intake
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence, HomeTest
from gaitcheck.evidence.schema import Band, TestBands

EVERY_AGE = 120
Side = Literal["left", "right", "both"]
Reason = Literal["", "needs_age", "needs_sex", "no_values_for_age", "no_norm"]


class TestResult(Checked):
    """One side of one test. ``reason`` says why it is not rated."""

    name: str
    """Of the home test."""
    side: Side
    """left, right or both."""
    value: float
    """As told."""
    unit: str
    """Of the value."""
    band: Band
    """low, fair, good or not_rated."""
    low: float | None
    """Below it the result is low."""
    good: float | None
    """From it on it is good."""
    reason: Reason
    """Why it is not rated."""


def _bands(test: HomeTest, person: Person) -> tuple[TestBands | None, Reason]:
    if not test.bands:
        return None, ""
    age, sex = person.age, person.sex
    needs_sex = any(b.sex is not None for b in test.bands)
    if age is None and any(b.age_to < EVERY_AGE for b in test.bands):
        return None, "needs_age"
    if needs_sex and sex is None:
        return None, "needs_sex"
    for band in test.bands:
        if (band.sex in (None, sex)) and (age is None or band.age_from <= age < band.age_to + 1):
            return band, ""
    return None, "no_values_for_age"


def _band(value: float, bands: TestBands) -> Band:
    if bands.low_from is not None and bands.good_to is not None:
        return "low" if value >= bands.low_from else "good" if value <= bands.good_to else "fair"
    if bands.low_below is not None and bands.good_from is not None:
        return "low" if value < bands.low_below else "good" if value >= bands.good_from else "fair"
    return "not_rated"


def _one(test: HomeTest, side: Side, values: dict[Side, float], person: Person) -> TestResult:
    value = values[side]
    bands, reason = _bands(test, person)
    band: Band = "not_rated" if bands is None else _band(value, bands)
    low = good = None
    if bands is not None:
        low = bands.low_below if bands.low_below is not None else bands.low_from
        good = bands.good_from if bands.good_from is not None else bands.good_to
    other = next((v for s, v in values.items() if s != side), None)
    why: Reason = reason
    if test.side_difference is not None and other is not None:
        band, low = ("low" if other - value > test.side_difference else "fair"), test.side_difference
    elif bands is None and reason == "":
        why = "no_norm"
    return TestResult(name=test.name, side=side, value=value, unit=test.unit, band=band, low=low, good=good, reason=why)


def score_tests(intake: Intake, evidence: Evidence, person: Person) -> list[TestResult]:
    """Every result given, scored, in the order of the tests."""
    return [
        _one(test, side, intake.tests[name], person)
        for name, test in evidence.home_tests.items()
        if name in intake.tests
        for side in sorted(intake.tests[name])
    ]
