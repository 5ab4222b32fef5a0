"""The benchmark's statistics against closed forms: what judges the tool must be right itself."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from score import Value
from tables import agreement, line
from writing import HELD_ELSEWHERE, carried_bias, elsewhere_sd, landmark_sd


def test_agreement_in_closed_form() -> None:
    """Two raters a constant c apart on subjects of variance s2 agree to 2 s2 / (2 s2 + c2)."""
    first = np.array([9, 6, 8, 7, 10, 6.0])
    assert agreement(first, first) == pytest.approx(1.0)
    spread, apart = first.var(ddof=1), 3.0
    assert agreement(first, first + apart) == pytest.approx(2 * spread / (2 * spread + apart**2))


def test_the_landmark_sd_holds_95_percent() -> None:
    rng = np.random.default_rng(0)
    rest = rng.uniform(0.2, 1.0, 400)
    residuals = rng.normal(0, np.hypot(rest, 2.0))
    sd = landmark_sd(residuals, rest, np.ones(400), [f"body_{k}" for k in range(400)])
    assert sd == pytest.approx(2.0, rel=0.15)
    fresh_rest = rng.uniform(0.2, 1.0, 5000)
    fresh = rng.normal(0, np.hypot(fresh_rest, 2.0))
    assert 0.92 < np.mean(np.abs(fresh) < 1.96 * np.hypot(fresh_rest, sd)) < 0.98


def test_a_body_filmed_often_counts_no_more_than_one_filmed_once() -> None:
    """One odd body of forty lies within the five in a hundred, however many values it gives; two don't."""
    residuals, rest = np.concatenate([np.ones(39), np.full(100, 50.0)]), np.zeros(139)
    bodies = [*(f"body_{k}" for k in range(39)), *["odd"] * 100]
    assert landmark_sd(residuals, rest, np.ones(139), bodies) == pytest.approx(1 / 1.96)
    two = np.concatenate([np.ones(37), np.full(3, 50.0)])
    assert landmark_sd(two, np.zeros(40), np.ones(40), [f"body_{k}" for k in range(40)]) == pytest.approx(50 / 1.96)


def test_a_line_of_the_table() -> None:
    def value(truth: float, found: float) -> Value:
        return Value(
            "c", "rear", "m", "left", "deg", truth, found, found - 1, found + 1, 0.1, 1.0, 0.0, True, False, found
        )

    stats = line([value(0, 0.5), value(2, 2.5), value(4, 7.0)])
    assert stats["n"] == 3
    assert stats["bias"] == pytest.approx(4 / 3)
    assert stats["mae"] == pytest.approx(4 / 3)
    assert stats["inside"] == pytest.approx(2 / 3)
    assert stats["high"] - stats["low"] == pytest.approx(2 * 1.96 * stats["sd"])


def test_a_bias_is_carried_only_where_the_bodies_agree() -> None:
    bodies = [f"body_{k // 4}" for k in range(32)]
    agreed = np.array([2.0 + 0.1 * (k % 4) + 0.05 * (k // 4) for k in range(32)])
    assert carried_bias(agreed, bodies) == pytest.approx(agreed.mean())
    one_odd = np.array([16.0 if body == "body_0" else 0.1 * (k % 3) for k, body in enumerate(bodies)])
    assert carried_bias(one_odd, bodies) == 0.0
    assert carried_bias(agreed[:8], bodies[:8]) == 0.0


def _values(errors: np.ndarray, difficulty: float) -> list[Value]:
    return [
        Value("other_rear_00_0", "rear", "m", "left", "deg", 0.0, e, 0.0, 0.0, 0.5, difficulty, 0.0, True, False, 0.0)
        for e in errors
    ]


def test_what_is_allowed_for_other_pictures_holds_nine_in_ten_and_is_nothing_where_they_are_held() -> None:
    errors = np.random.default_rng(3).normal(0.0, 3.0, 400)
    allowed = elsewhere_sd(_values(errors, 1.0), 0.0, 1.5)
    inside = np.abs(errors) <= 1.96 * np.sqrt(0.5**2 + 1.5**2 + allowed**2)
    assert HELD_ELSEWHERE <= inside.mean() <= HELD_ELSEWHERE + 0.02
    assert elsewhere_sd(_values(errors / 3, 1.0), 0.0, 1.5) == 0.0
    assert elsewhere_sd(_values(errors, 3.0), 0.0, 1.5) == 0.0
    assert elsewhere_sd(_values(errors[:10], 1.0), 0.0, 1.5) == 0.0
