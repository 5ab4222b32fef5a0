"""Time and bounce measures expected of a runner of this age, sex, size and speed: context, never a rating.

Regressions of Malisoux 2023 (read second-hand). Their spread was not read, so no distance in SDs is told.
"""

from __future__ import annotations

from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Expectations, Term

NEEDED = ("age", "sex", "height_cm", "mass_kg", "speed_kmh")


class Expected(Checked):
    """One expected value, in ``unit``."""

    name: str
    """Of the metric."""
    unit: str
    """Of the value."""
    value: float
    """What such a runner is expected to have at that speed."""


class Context(Checked):
    """Expected values, or which answers they need. ``outside_age``: the regression does not cover it."""

    expected: tuple[Expected, ...]
    """Values a regression over runners gives."""
    needs: tuple[str, ...]
    """Answers it lacks."""
    outside_age: bool
    """The regression does not cover the age."""

    def of(self, metric: str) -> float | None:
        """The expected value of a metric, or None."""
        return next((item.value for item in self.expected if item.name == metric), None)


class Person(Checked):
    """Who the regression is asked about; None where it was not said."""

    age: float | None
    sex: str | None
    height_cm: float | None
    mass_kg: float | None
    speed_kmh: float | None


def _value(term: Term, age: float, woman: bool, mass_kg: float, height_m: float, speed_kmh: float) -> float:
    return (
        term.constant
        + term.woman * woman
        + term.age * age
        + term.mass * mass_kg
        + term.height * height_m
        + term.speed * speed_kmh
    )


def expect(person: Person, evidence: Evidence) -> Context:
    """Expected values for a person; none where an answer is missing or the age is not covered."""
    table: Expectations = evidence.expectations
    needs = tuple(name for name in NEEDED if getattr(person, name) is None)
    if needs:
        return Context(expected=(), needs=needs, outside_age=False)
    age, mass, speed = person.age, person.mass_kg, person.speed_kmh
    assert age is not None and mass is not None and speed is not None and person.height_cm is not None
    if not table.age[0] <= age <= table.age[1]:
        return Context(expected=(), needs=(), outside_age=True)
    values = tuple(
        Expected(
            name=name,
            unit=table.unit[name],
            value=_value(term, age, person.sex == "F", mass, person.height_cm / 100, speed),
        )
        for name, term in table.terms.items()
    )
    return Context(expected=values, needs=(), outside_age=False)
