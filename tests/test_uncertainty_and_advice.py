"""Intervals, ratings, evidence, findings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.advice.attention import find_concerns, measures_of
from gaitcheck.advice.expectations import Person, expect
from gaitcheck.advice.findings import Finding, find
from gaitcheck.advice.landing import kind_of_landing
from gaitcheck.advice.rating import RANK, rate, rate_share
from gaitcheck.advice.risk_factors import RatedEstimate, judge
from gaitcheck.evidence import Limits, load_evidence
from gaitcheck.metrics import all_metrics
from gaitcheck.uncertainty import Estimate, load_error_model
from gaitcheck.uncertainty.between_strides import believable, half_width, share_half_width
from gaitcheck.uncertainty.error_model import ErrorEntry
from gaitcheck.uncertainty.estimate import elsewhere_sd
from gaitcheck.views import all_views

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
    assert believable(values).tolist() == [value < 40.0 for value in values]
    assert believable(values).sum() == 5


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (3, 2, 4, "typical sure"), (4, 3, 5.5, "typical sure"), (6, 5.5, 6.5, "slightly_outside sure"),
        (8, 5.5, 10, "slightly_outside sure"), (8, 4.5, 11.5, "slightly_outside sure"),
        (10, 8, 12, "clearly_outside sure"), (8.5, 6, 11, "clearly_outside likely"), (8, 1, 15, "cant_tell none"),
        (7.5, 2.5, 12.5, "slightly_outside likely"), (4, -2, 10, "typical likely"), (5.2, 4.2, 6.2, "cant_tell none"),
        (6.9, 1, 13, "cant_tell none"),
    ],
)  # fmt: skip
def test_rating_from_above(value: float, low: float, high: float, expected: str) -> None:
    """The limits are 5 and 7: typical is unlikely to be beyond 7, outside likely to be beyond 5."""
    rating = rate(value, low, high, HIGH)
    assert f"{rating.position} {rating.certainty}" == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [(0.06, 0.04, 0.08, "typical"), (0.05, 0.02, 0.08, "typical"), (-0.02, -0.04, 0.0, "clearly_outside"),
     (-0.02, -0.2, 0.16, "cant_tell"), (0.015, 0.005, 0.025, "slightly_outside")],
)  # fmt: skip
def test_rating_from_below(value: float, low: float, high: float, expected: str) -> None:
    assert rate(value, low, high, LOW).position == expected


@given(st.floats(-20, 20), st.floats(0.1, 10), st.floats(0, 10))
def test_a_wider_interval_never_makes_a_rating_worse_or_surer(value: float, narrow: float, more: float) -> None:
    """It may become less sure, claim less (beyond the first limit for that of concern), or no longer be told."""
    first = rate(value, value - narrow, value + narrow, HIGH)
    wider = rate(value, value - narrow - more, value + narrow + more, HIGH)
    if wider.position == first.position:
        assert (wider.probability or 0.0) <= (first.probability or 0.0) + 1e-9
    else:
        assert wider.position == "cant_tell" or (first.position, wider.position) == (
            "clearly_outside",
            "slightly_outside",
        )


@given(st.floats(-20, 20), st.floats(0.1, 20))
def test_what_is_said_is_as_probable_as_it_says(value: float, half: float) -> None:
    """Typical: at most 5 and 80 % likely short of 7; outside: 80 % likely beyond 5, clearly so: beyond 7."""
    rating = rate(value, value - half, value + half, HIGH)
    sd = half / 1.96
    if rating.position == "typical":
        assert value <= 5.0 and value + 0.8416 * sd <= 7.0 + 1e-3 * sd
    if rating.outside:
        assert value - 0.8416 * sd >= 5.0 - 1e-3 * sd
    if rating.position == "clearly_outside":
        assert value - 0.8416 * sd >= 7.0 - 1e-3 * sd
    assert (rating.probability is None) == (rating.position == "cant_tell")


def test_a_share_of_steps_is_rated_by_the_ends_of_its_interval_alone() -> None:
    limits = Limits(borderline_high=0.1, concern_high=0.5)
    assert rate_share(1.0, 0.0, 1.0, limits).position == "cant_tell"
    assert rate_share(1.0, 0.6, 1.0, limits).position == "clearly_outside"
    assert rate_share(0.3, 0.15, 0.5, limits).position == "slightly_outside"
    assert rate_share(0.0, 0.0, 0.08, limits).position == "typical"


def test_a_share_that_cant_be_told_gives_way_to_the_value_it_counts() -> None:
    share = Estimate("crossover_fraction", "left", "fraction", 0.0, 0.1, 0.0, 0.4, 20, None, {})
    rated = [_rated("foot_placement_offset", "left", 0.05, 0.02)]
    rated.append(RatedEstimate(share, rate_share(0.0, 0.0, 0.4, Limits(borderline_high=0.1, concern_high=0.5)), 0))
    factors = {(f.name, f.side): f.rating for f in judge(rated, load_evidence())}
    assert factors["crossover_gait", "left"].position == "typical"


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
    factors = {(f.name, f.side): f.rating.position for f in judge(rated, load_evidence())}
    assert factors["knee_valgus", "left"] == "typical"
    assert factors["knee_valgus", "right"] == "clearly_outside"


def _found(rated: list[RatedEstimate], sex: str | None) -> list[Finding]:
    evidence = load_evidence()
    nobody = Person(age=None, sex=None, height_cm=None, mass_kg=None, speed_kmh=None)
    concerns = find_concerns(measures_of(rated), sex, expect(nobody, evidence), evidence)
    return find(judge(rated, evidence), concerns, evidence)


def test_findings_come_worst_first_with_a_drill_and_an_undecided_one_is_none() -> None:
    rated = [
        _rated("frontal_plane_projection_angle", "left", 8.0, 1.0),
        _rated("frontal_plane_projection_angle", "right", 8.0, 6.0),
        _rated("foot_placement_offset", "left", -0.05, 0.02),
    ]
    findings = _found(rated, None)
    assert [(f.risk_factor.name, f.risk_factor.side) for f in findings] == [
        ("crossover_gait", "left"),
        ("knee_valgus", "left"),
    ]
    assert [f.drills[0] for f in findings] == ["line_either_side", "mirror_knees_apart"]


def test_of_two_sides_the_worse_one_leads() -> None:
    """A right foot that crosses in all of its steps is told before a left one that lands on the midline."""
    rated = [
        _rated("foot_placement_offset", "left", 0.0, 0.008),
        _rated("foot_placement_offset", "right", -0.027, 0.008),
    ]
    assert [f.risk_factor.side for f in _found(rated, None)] == ["right", "left"]
    far = [_rated("foot_placement_offset", side, v, 0.005) for side, v in (("left", -0.05), ("right", -0.09))]
    assert [f.risk_factor.side for f in _found(far, None)] == ["right", "left"]


def test_nothing_rated_is_not_a_green_light() -> None:
    factors = judge([], load_evidence())
    assert {f.rating.position for f in factors} == {"not_rated"}
    assert {f.confidence for f in factors} == {"none"}
    assert RANK["not_rated"] < RANK["typical"]


def test_raw_landmarks_do_not_give_a_pelvic_drop() -> None:
    errors = load_error_model()
    drop, cadence = (errors.entry(name, "rear", corrected=False) for name in ("contralateral_pelvic_drop", "cadence"))
    assert drop is not None and not drop.usable
    assert cadence is not None and cadence.sd == 0.0


def test_every_metric_that_reads_joints_was_held_against_truth_in_every_view_that_carries_it() -> None:
    errors = load_error_model()
    missing = [
        (metric.name, view.name)
        for metric in all_metrics()
        for view in all_views()
        if metric.plane in ("any", view.plane) and metric.joints and metric.counts_negative is None
        for corrected in (False, True)
        if errors.entry(metric.name, view.name, corrected) is None
    ]
    assert missing == []


def test_what_is_shipped_beats_the_landmarks_it_is_made_of() -> None:
    """By the benchmark's table of held-out bodies, whose raw landmarks are given the true contacts."""
    table = (Path(__file__).parents[1] / "docs" / "validation.md").read_text(encoding="utf-8")
    first = table[table.index("<!-- accuracy: begin -->") : table.index("### Steps")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in first.splitlines() if line.startswith("| ")]
    compared = [(name, view, float(mae), float(raw.split(",")[0])) for name, view, _, _, _, mae, *_, raw in rows[1:]
                if raw != "-"]  # fmt: skip
    assert len(compared) > 20
    # The trunk's rise is read off raw landmarks too: what differs is that raw ones are given the contacts.
    worse = [row for row in compared if row[2] > row[3] and not row[0].startswith("vertical oscillation")]
    assert worse == []


def test_a_metric_nobody_validated_is_lent_the_least_certain_of_its_kind() -> None:
    errors = load_error_model()
    names = [metric.name for metric in all_metrics() if metric.unit == "deg"]
    lent = errors.widest(names, "rear", corrected=True)
    own = [entry for name in names if (entry := errors.entry(name, "rear", corrected=True)) is not None]
    assert lent is not None and lent.bias == 0.0
    assert lent.sd == max(entry.sd for entry in own) or lent.elsewhere == max(entry.elsewhere for entry in own)
    assert errors.widest(["never_heard_of"], "rear", corrected=True) is None


@pytest.mark.parametrize(
    ("value", "half", "kind"),
    [(20.0, 6.0, "heel"), (3.0, 3.0, "midfoot"), (-9.0, 6.0, "forefoot"), (9.0, 12.0, "not_forefoot"),
     (-3.0, 12.0, "not_heel"), (3.0, 30.0, None)],
)  # fmt: skip
def test_a_kind_of_landing_is_named_only_as_far_as_the_interval_goes(value: float, half: float, kind: str) -> None:
    told = kind_of_landing(value, value - half, value + half, load_evidence())
    assert (told.kind if told else None) == kind


@given(st.floats(0.01, 5.0), st.floats(0.0, 5.0), st.floats(1.0, 4.0))
def test_strange_pictures_and_other_pictures_are_not_counted_twice(sd: float, elsewhere: float, times: float) -> None:
    entry = ErrorEntry(sd=sd, elsewhere=elsewhere)
    whole = np.hypot(times * sd, elsewhere_sd(entry, times * sd))
    assert whole == pytest.approx(max(times * sd, float(np.hypot(sd, elsewhere))))
