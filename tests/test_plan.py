"""The plan's rules: what more pain, missing answers and tests may and may not do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcheck.advice.attention import Concern, find_concerns, measures_of
from gaitcheck.advice.exercise_therapy import prescribe
from gaitcheck.advice.expectations import Person, expect
from gaitcheck.advice.findings import find
from gaitcheck.advice.home_tests import score_tests
from gaitcheck.advice.intake import Intake, check_intake
from gaitcheck.advice.judge import rate_estimates
from gaitcheck.advice.plan import Plan, make_plan
from gaitcheck.advice.rating import rate
from gaitcheck.advice.relative_rest import advise_rest
from gaitcheck.advice.risk_factors import RatedEstimate, judge
from gaitcheck.advice.risk_picture import draw_picture
from gaitcheck.advice.running_week import OwnWeek, running_week
from gaitcheck.advice.situation import judge_situation
from gaitcheck.evidence import load_evidence
from gaitcheck.uncertainty import Estimate

EVIDENCE = load_evidence()
TODAY = dt.date(2026, 11, 2)
FLAGS = [name for name, flag in EVIDENCE.red_flags.items() if flag.asked]
NOBODY = Person(age=None, sex=None, height_cm=None, mass_kg=None, speed_kmh=None)


def _rated(metric: str, side: str, value: float, half: float) -> RatedEstimate:
    estimate = Estimate(metric, side, "x", value, 1.0, value - half, value + half, 20, None, {})
    limits = EVIDENCE.norms[metric].limits_for(None)
    return RatedEstimate(estimate, rate(value, value - half, value + half, limits), 0)


def _concerns(rated: list[RatedEstimate]) -> list[Concern]:
    return find_concerns(measures_of(rated), None, expect(NOBODY, EVIDENCE), EVIDENCE)


TURNED_IN = [_rated("frontal_plane_projection_angle", "right", 15.0, 2.0)]


def plan_for(answers: dict[str, Any], rated: list[RatedEstimate] = TURNED_IN) -> Plan:
    intake, problems = check_intake(answers, EVIDENCE)
    assert not problems
    factors = judge(rated, EVIDENCE)
    you = intake.you
    person = Person(age=you.age, sex=you.sex, height_cm=None, mass_kg=None, speed_kmh=None)
    tests = score_tests(intake, EVIDENCE, person)
    situation = judge_situation(intake, problems, EVIDENCE)
    return make_plan(
        find(factors, _concerns(rated), EVIDENCE), factors, tests, intake, situation, 168.0, you.sex, EVIDENCE, TODAY
    )


def load_of(plan: Plan) -> tuple[int, int, int]:
    """Rung, exercise levels and minutes with a cue: what a plan asks of the knee. An offer asks nothing."""
    if plan.situation in ("withheld", "not_told"):
        return -1, 0, 0
    assert plan.relative_rest is not None
    starts = plan.retraining is not None and plan.retraining.starts == "now"
    levels = sum(p.level for p in plan.exercises if p.name != "straight_leg_raise")
    return plan.relative_rest.rung, levels, int(starts)


SCORE = st.one_of(st.none(), st.integers(0, 10))
PAINS = ("now", "worst_week", "running", "stairs", "squatting", "sitting")
RESULTS = {"lateral_step_down": 6, "heel_raises": 40, "side_plank": 60, "single_leg_bridge": 40, "knee_to_wall": 15}


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Answers as a runner may give them, with gaps."""
    pain = {name: draw(SCORE) for name in PAINS}
    pain["settles_within_hour"] = draw(st.sampled_from([None, True, False]))
    pain["next_morning"] = draw(st.sampled_from([None, "better", "same", "worse"]))
    pain["where"] = draw(st.sampled_from([None, "around_kneecap", "outer_knee", "shin"]))
    training = {"weeks_off": draw(st.sampled_from([None, 0, 5, 8, 20]))}
    training["last_jump"] = draw(st.sampled_from([None, "none", "distance"]))
    tests = {
        name: {"left": draw(st.integers(0, top)), "right": draw(st.integers(0, top))}
        for name, top in RESULTS.items()
        if draw(st.booleans())
    }
    if draw(st.booleans()):
        tests["sit_to_stand_1_min"] = {"both": draw(st.integers(0, 70))}
    return {
        "red_flags": {name: False for name in FLAGS if draw(st.integers(0, 20)) > 0},
        "you": {k: v for k, v in {"age": draw(st.sampled_from([None, 14, 30, 70])), "sex": "F"}.items() if v},
        "pain": {k: v for k, v in pain.items() if v is not None},
        "training": {k: v for k, v in training.items() if v is not None},
        "past": draw(st.sampled_from([{}, {"bone_stress_injury": True}, {"calf_or_achilles": False}])),
        "tests": tests,
    }


@settings(max_examples=400)
@given(answers(), st.sampled_from(PAINS), st.integers(1, 10))
def test_more_pain_never_raises_a_load(given_answers: dict[str, Any], where: str, more: int) -> None:
    before = given_answers["pain"].get(where)
    if before is None or before + more > 10:
        return
    worse = {**given_answers, "pain": {**given_answers["pain"], where: before + more}}
    first, second = plan_for(given_answers), plan_for(worse)
    if first.situation == "uninjured":
        # Pain brings exercise therapy where there was none; the running load is what may not rise.
        assert load_of(second)[0] <= load_of(first)[0]
        return
    assert all(b <= a for a, b in zip(load_of(first), load_of(second), strict=True))


HARMLESS = {
    "pain.worst_week": 0, "pain.now": 0, "pain.running": 0, "pain.stairs": 0, "pain.squatting": 0, "pain.sitting": 0,
    "pain.settles_within_hour": True, "pain.next_morning": "same", "pain.where": "around_kneecap", "you.age": 30,
    "training.weeks_off": 0, "training.last_jump": "none", "past.bone_stress_injury": False,
    "past.calf_or_achilles": False, "past.back_trouble": False,
    **{f"red_flags.{name}": False for name in FLAGS},
}  # fmt: skip
GOOD_TESTS = {
    "lateral_step_down": {"left": 0, "right": 0}, "heel_raises": {"left": 40, "right": 40},
    "side_plank": {"left": 60, "right": 60}, "single_leg_bridge": {"left": 40, "right": 40},
    "sit_to_stand_1_min": {"both": 60},
}  # fmt: skip


@settings(max_examples=400)
@given(answers(), st.sampled_from([*HARMLESS, *(f"tests.{name}" for name in GOOD_TESTS)]))
def test_a_missing_answer_never_lowers_caution(given_answers: dict[str, Any], path: str) -> None:
    """A plan with a question skipped asks no more of the knee than the same one with its harmless answer."""
    table, key = path.split(".", 1)
    without = {**given_answers, table: {k: v for k, v in given_answers[table].items() if k != key}}
    value = GOOD_TESTS[key] if table == "tests" else HARMLESS[path]
    harmless = {**without, table: {**without[table], key: value}}
    skipped, answered = plan_for(without), plan_for(harmless)
    assert set(skipped.withheld) >= set(answered.withheld)
    if answered.situation == "uninjured":
        assert load_of(skipped)[0] <= load_of(answered)[0]
        return
    assert all(a <= b for a, b in zip(load_of(skipped), load_of(answered), strict=True))


@given(answers(), st.sampled_from(FLAGS))
def test_any_warning_sign_withholds_everything(given_answers: dict[str, Any], flag: str) -> None:
    raised = {**given_answers, "red_flags": {**given_answers["red_flags"], flag: True}}
    plan = plan_for(raised)
    assert plan.situation == "withheld"
    assert (plan.relative_rest, plan.exercises, plan.retraining, plan.options, plan.treatments) == (
        None,
        (),
        None,
        (),
        (),
    )
    situation = judge_situation(check_intake(raised, EVIDENCE)[0], [], EVIDENCE)
    assert situation.urgency is not None


@given(st.floats(-5, 25), st.floats(0.1, 6), st.floats(0, 8))
def test_a_wider_interval_never_raises_a_finding(value: float, half: float, more: float) -> None:
    def rank(width: float) -> int:
        rated = [_rated("frontal_plane_projection_angle", "left", value, width)]
        factors = judge(rated, EVIDENCE)
        told = find(factors, _concerns(rated), EVIDENCE)
        return max(({"clearly_outside": 2}.get(f.risk_factor.rating.position, 1) for f in told), default=0)

    assert rank(half + more) <= rank(half)


def test_a_mistake_among_the_safety_answers_withholds_the_plan() -> None:
    intake, problems = check_intake({"red_flags": {"loked": True}, "pain": {"worst_week": 2}}, EVIDENCE)
    situation = judge_situation(intake, problems, EVIDENCE)
    assert situation.withheld == ("answers_unreadable",)
    harmless, mistakes = check_intake({"shoes": {"km": -1}, "pain": {"worst_week": 2}}, EVIDENCE)
    assert judge_situation(harmless, mistakes, EVIDENCE).withheld == ()


@pytest.mark.parametrize(
    ("pain", "rung"),
    [
        ({"worst_week": 0}, "run_easy"), ({}, "run_4_walk_1"), ({"worst_week": 2, "running": 2}, "run_easy_short"),
        ({"worst_week": 3, "running": 2, "settles_within_hour": True, "next_morning": "same"}, "run_easy"),
        ({"worst_week": 3, "running": 3, "settles_within_hour": True, "next_morning": "same"}, "run_4_walk_1"),
        ({"worst_week": 4, "running": 2, "settles_within_hour": False, "next_morning": "same"}, "run_4_walk_2_short"),
        ({"worst_week": 4, "running": 2, "settles_within_hour": True, "next_morning": "worse"}, "run_3_walk_2_short"),
        ({"worst_week": 7, "running": 7}, "walk"), ({"worst_week": 5, "running": 5}, "walk"),
        ({"worst_week": 4, "now": 4}, "walk"),
    ],
)  # fmt: skip
def test_the_rung_follows_pain_and_how_it_settles(pain: dict[str, Any], rung: str) -> None:
    intake, _ = check_intake({"pain": pain}, EVIDENCE)
    assert advise_rest(intake, judge_situation(intake, [], EVIDENCE), EVIDENCE).rung_name == rung


def test_a_sore_knee_is_not_bent_in_exercise() -> None:
    pain = {"worst_week": 6, "squatting": 6, "stairs": 6}
    intake, _ = check_intake({"pain": pain, "red_flags": dict.fromkeys(FLAGS, False)}, EVIDENCE)
    chosen = prescribe([], judge_situation(intake, [], EVIDENCE), EVIDENCE)
    assert chosen[0].name == "straight_leg_raise"
    assert not any(EVIDENCE.exercises[p.name].bends_knee for p in chosen)


def test_a_trial_run_that_eased_the_pain_chooses_the_cue() -> None:
    base = {"pain": {"worst_week": 2, "running": 2}}
    assert plan_for(base).retraining.drill == "mirror_knees_apart"
    tried = plan_for({**base, "trial": {"step_rate": True}})
    assert (tried.retraining.drill, tried.retraining.chosen_by) == ("step_rate", "trial")
    assert tried.retraining.target_per_min == pytest.approx((176.4, 184.8))
    vain = plan_for({**base, "trial": {"mirror_knees_apart": False}})
    assert vain.retraining.drill == "step_rate"
    clean = plan_for(base, rated=[])
    assert clean.retraining is None


def test_softer_landing_needs_a_calf_known_to_be_well() -> None:
    rated = [_rated("tibia_inclination_at_contact", "left", 14.0, 1.0)]
    base = {"pain": {"worst_week": 2, "running": 2}}
    known = plan_for({**base, "past": {"calf_or_achilles": False}}, rated)
    assert "softer_landing" in (known.retraining.drill, *known.retraining.reserves)
    for past in ({}, {"calf_or_achilles": True}):
        plan = plan_for({**base, "past": past, "trial": {"softer_landing": True}}, rated)
        assert "softer_landing" not in (plan.retraining.drill, *plan.retraining.reserves)


def test_an_uninjured_runner_gets_options_and_no_treatment() -> None:
    plan = plan_for({"pain": {"worst_week": 0}})
    assert plan.situation == "uninjured"
    assert plan.options
    assert (plan.exercises, plan.treatments, plan.retraining, plan.recovery) == ((), (), None, None)
    assert "healthy_form" in plan.statements


def test_pain_elsewhere_is_not_treated_as_a_knee() -> None:
    assert plan_for({"pain": {"worst_week": 3, "where": "shin"}}).withheld == ("pain_elsewhere",)
    assert plan_for({"pain": {"worst_week": 3, "where": "hip_or_groin"}}).withheld == ("red_flags", "pain_elsewhere")


@pytest.mark.parametrize(
    ("person", "cadence", "contact", "duty", "bounce"),
    [
        (Person(age=40, sex="M", height_cm=178, mass_kg=75, speed_kmh=8), 157, 322, 42, 81),
        (Person(age=40, sex="M", height_cm=178, mass_kg=75, speed_kmh=12), 169, 253, 36, 81),
        (Person(age=40, sex="F", height_cm=166, mass_kg=62, speed_kmh=10), 168, 280, 39, 73),
    ],
)
def test_expected_times_are_the_published_ones(
    person: Person, cadence: float, contact: float, duty: float, bounce: float
) -> None:
    """Worked values beside the regressions; contact and swing together make a stride of the expected cadence."""
    found = {e.name: e.value for e in expect(person, EVIDENCE).expected}
    assert found["cadence"] == pytest.approx(cadence, abs=0.6)
    assert found["contact_time"] == pytest.approx(contact, abs=0.6)
    assert found["duty_factor"] == pytest.approx(duty, abs=0.6)
    assert found["vertical_oscillation"] == pytest.approx(bounce, abs=0.6)
    assert found["contact_time"] + found["swing_time"] == pytest.approx(120_000 / found["cadence"], rel=0.006)


def test_what_is_usual_is_silent_where_it_does_not_hold() -> None:
    assert expect(NOBODY, EVIDENCE).needs == ("age", "sex", "height_cm", "mass_kg", "speed_kmh")
    old = Person(age=80, sex="M", height_cm=170, mass_kg=70, speed_kmh=8)
    assert expect(old, EVIDENCE).outside_age


@pytest.mark.parametrize(
    ("tests", "you", "bands"),
    [
        ({"lateral_step_down": {"left": 1, "right": 4}}, {}, ["good", "low"]),
        ({"heel_raises": {"left": 24, "right": 17}}, {"age": 30, "sex": "M"}, ["good", "low"]),
        ({"heel_raises": {"left": 24}}, {"age": 30}, ["not_rated"]),
        ({"heel_raises": {"left": 24}}, {"age": 70, "sex": "M"}, ["not_rated"]),
        ({"side_plank": {"left": 40, "right": 20}}, {"age": 35, "sex": "F"}, ["good", "low"]),
        ({"knee_to_wall": {"left": 9, "right": 11}}, {}, ["low", "fair"]),
        ({"knee_to_wall": {"left": 4}}, {}, ["not_rated"]),
        ({"one_leg_balance": {"left": 4, "right": 14}}, {"age": 30}, ["low", "good"]),
        ({"one_leg_balance": {"left": 4}}, {"age": 60}, ["not_rated"]),
        ({"sit_to_stand_1_min": {"both": 30}}, {"age": 25, "sex": "M"}, ["low"]),
        ({"sit_to_stand_1_min": {"both": 31}}, {"age": 76, "sex": "M"}, ["good"]),
    ],
)
def test_home_tests_mean_what_their_sources_say(tests: dict[str, Any], you: dict[str, Any], bands: list[str]) -> None:
    intake, problems = check_intake({"tests": tests, "you": you}, EVIDENCE)
    assert not problems
    person = Person(age=you.get("age"), sex=you.get("sex"), height_cm=None, mass_kg=None, speed_kmh=None)
    assert [r.band for r in score_tests(intake, EVIDENCE, person)] == bands


def test_a_group_that_was_not_asked_about_is_not_cleared() -> None:
    picture = {g.name: g for g in draw_picture([], [], [], None, EVIDENCE)}
    assert {g.level for g in picture.values()} == {"not_asked"}
    assert list(picture) == ["training", "form", "thigh_strength", "daily_load"]
    some, _ = check_intake({"daily": {"kneeling_hours": 0}}, EVIDENCE)
    assert {g.name: g.level for g in draw_picture([], [], [], some, EVIDENCE)}["daily_load"] == "partly_asked"


@pytest.mark.parametrize(("lately", "hazard"), [(10.9, None), (11.5, 1.64), (14.0, 1.52), (21.0, 2.28)])
def test_a_single_run_spike_is_graded_as_published(lately: float, hazard: float | None) -> None:
    intake, _ = check_intake({"training": {"longest_before_km": 10, "longest_lately_km": lately}}, EVIDENCE)
    training = draw_picture([], [], [], intake, EVIDENCE)[0]
    found = [s.parameters["hazard"] for s in training.speaks]
    assert found == ([] if hazard is None else [hazard])


def test_intake_alone_is_an_empty_one() -> None:
    assert judge_situation(None, [], EVIDENCE) == judge_situation(Intake(), [], EVIDENCE)


@pytest.mark.parametrize(
    ("person", "ratings"),
    [
        (NOBODY, {150: "slightly_outside", 158: "slightly_outside", 168: "typical"}),
        (Person(age=34, sex="F", height_cm=171, mass_kg=62, speed_kmh=10), {150: "slightly_outside", 158: "typical"}),
        (Person(age=40, sex="M", height_cm=178, mass_kg=75, speed_kmh=8), {147: "slightly_outside", 150: "typical"}),
    ],
)
def test_cadence_is_slow_against_what_is_usual_for_this_runner(person: Person, ratings: dict[int, str]) -> None:
    """165 and 157 a minute are usual for the two; one SD between runners is about 8."""
    for cadence, rating in ratings.items():
        estimate = Estimate(
            "cadence", "both", "per_min", float(cadence), 1.0, cadence - 0.5, cadence + 0.5, 30, None, {}
        )
        (rated,) = rate_estimates([(estimate, 0)], EVIDENCE, person, expect(person, EVIDENCE))
        assert rated.rating.position == rating


def test_nobody_below_sixteen_is_rated() -> None:
    child = NOBODY.model_copy(update={"age": 15.0})
    (rated,) = rate_estimates([(TURNED_IN[0].estimate, 0)], EVIDENCE, child, expect(child, EVIDENCE))
    assert rated.rating.position == "not_rated"


@given(st.floats(1.0, 250.0), st.one_of(st.none(), st.floats(0.5, 14.0)), st.one_of(st.none(), st.floats(5.0, 20.0)))
def test_a_week_never_holds_more_or_longer_runs_than_the_runner_s_own(
    km: float, runs: float | None, speed: float | None
) -> None:
    own = OwnWeek(km=km, runs=runs, speed_kmh=speed)
    weeks = [running_week(rung, own, EVIDENCE) for rung in range(len(EVIDENCE.ladder.rungs))]
    assert [week.km for week in weeks] == sorted(week.km for week in weeks)
    usual = max(round(runs), 1) if runs else EVIDENCE.ladder.sessions_per_week
    for week in weeks:
        assert week.km <= km and week.runs >= 1 and week.minutes >= 0
        assert week.cut == pytest.approx(1 - week.km / km)
        assert week.run_km <= max(km / usual, EVIDENCE.ladder.own_week.shortest_run_km * 2) + 1e-9
