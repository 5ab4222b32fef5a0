"""Intervals, ratings, evidence, findings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.advice.findings import find
from gaitcheck.advice.rating import RANK, rate
from gaitcheck.advice.risk_factors import RatedEstimate, judge
from gaitcheck.evidence import Limits, load_evidence
from gaitcheck.uncertainty import Estimate, load_error_model
from gaitcheck.uncertainty.between_strides import half_width, share_half_width, without_outliers

HIGH = Limits(borderline_high=5.0, concern_high=7.0)
LOW = Limits(borderline_low=0.035, concern_low=0.0)


def test_student_interval_covers_the_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        values = rng.normal(3.0, 2.0, 8)
        held += abs(values.mean() - 3.0) <= half_width(values)
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_a_share_of_zero_still_has_an_interval() -> None:
    assert 0.05 < share_half_width(0.0, 20) < 0.2


def test_one_mistracked_step_is_dropped() -> None:
    values = np.array([4.0, 4.2, 3.9, 4.1, 40.0, 4.05, np.nan])
    assert 40.0 not in without_outliers(values)
    assert len(without_outliers(values)) == 5


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (3, 2, 4, "typical"), (4, 3, 5.5, "borderline"), (6, 5.5, 6.5, "borderline"), (8, 5.5, 10, "of_concern"),
        (8, 4.5, 11, "borderline"), (6.9, 6.5, 7.3, "borderline"),
    ],
)  # fmt: skip
def test_rating_from_above(value: float, low: float, high: float, expected: str) -> None:
    assert rate(value, low, high, HIGH) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [(0.06, 0.04, 0.08, "typical"), (0.05, 0.02, 0.08, "borderline"), (-0.02, -0.04, 0.0, "of_concern"),
     (-0.02, -0.1, 0.06, "borderline")],
)  # fmt: skip
def test_rating_from_below(value: float, low: float, high: float, expected: str) -> None:
    assert rate(value, low, high, LOW) == expected


@given(st.floats(-20, 20), st.floats(0, 10), st.floats(0, 10))
def test_a_wider_interval_never_makes_a_rating_surer(value: float, narrow: float, more: float) -> None:
    """Typical may become borderline and concern may become borderline, nothing else."""
    first = rate(value, value - narrow, value + narrow, HIGH)
    wider = rate(value, value - narrow - more, value + narrow + more, HIGH)
    assert wider in (first, "borderline")


@given(st.floats(-20, 20), st.floats(0, 10))
def test_an_interval_that_straddles_a_limit_is_never_typical(value: float, half: float) -> None:
    if value - half < 5.0 < value + half:
        assert rate(value, value - half, value + half, HIGH) == "borderline"


def test_limits_follow_sex() -> None:
    norm = load_evidence().norms["hip_adduction"]
    assert norm.limits_for("F").borderline_high == 17.5
    assert norm.limits_for(None).borderline_high == 13.2


def _rated(metric: str, side: str, value: float, half: float) -> RatedEstimate:
    norm = load_evidence().norms[metric]
    estimate = Estimate(metric, side, "x", value, 1.0, value - half, value + half, 20, None, {})
    return RatedEstimate(estimate, rate(value, value - half, value + half, norm.limits_for(None)), 0)


def test_sides_are_judged_apart_and_never_averaged() -> None:
    rated = [
        _rated("frontal_plane_projection_angle", "left", -9.0, 1.0),
        _rated("frontal_plane_projection_angle", "right", 15.0, 1.0),
    ]
    factors = {(f.name, f.side): f.rating for f in judge(rated, load_evidence(), None)}
    assert factors["knee_valgus", "left"] == "typical"
    assert factors["knee_valgus", "right"] == "of_concern"


def test_findings_come_worst_first_with_a_drill_and_an_undecided_one_is_none() -> None:
    rated = [
        _rated("frontal_plane_projection_angle", "left", 8.0, 1.0),
        _rated("frontal_plane_projection_angle", "right", 8.0, 6.0),
        _rated("foot_placement_offset", "left", -0.05, 0.02),
    ]
    evidence = load_evidence()
    findings = find(judge(rated, evidence, None), evidence)
    assert [(f.risk_factor.name, f.risk_factor.side) for f in findings] == [
        ("crossover_gait", "left"),
        ("knee_valgus", "left"),
    ]
    assert [f.drills[0] for f in findings] == ["line_either_side", "mirror_knees_apart"]


def test_nothing_rated_is_not_a_green_light() -> None:
    factors = judge([], load_evidence(), None)
    assert {f.rating for f in factors} == {"not_rated"}
    assert {f.confidence for f in factors} == {"none"}
    assert RANK["not_rated"] < RANK["typical"]


def test_raw_landmarks_do_not_give_a_pelvic_drop() -> None:
    errors = load_error_model()
    assert not errors.entry("contralateral_pelvic_drop", "rear", corrected=False).usable
    assert errors.entry("cadence", "rear", corrected=False).sd == 0.0
