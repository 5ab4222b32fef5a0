"""Check-ins: rules as a table, never two levels at once, warning signs first, documents kept."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.advice.checkin import Report, State, check_in, decide, starting_state
from gaitcheck.advice.intake import check_intake
from gaitcheck.analysis import load, staging
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.pipeline import advise_again
from gaitcheck.progress.checkins import CheckinAnswers, earlier, record
from gaitcheck.report.checkin_sheet import checkin_text
from gaitcheck.wording import load_wording
from tests import cases

EVIDENCE, WORDING = load_evidence(), load_wording()
TODAY = dt.date(2026, 11, 16)
ORDER = {"pause": 0, "down": 1, "keep": 2, "up": 3}
START = State(exercises={"bridge": 2, "side_plank": 1}, drill="step_rate", block=0, rung=5, paused=False)
LEVEL = st.one_of(st.none(), st.integers(0, 10))
REPORTS = st.builds(
    Report,
    pain=LEVEL,
    done=st.one_of(st.none(), st.integers(0, 100)),
    effort=LEVEL,
    settled=st.one_of(st.none(), st.booleans()),
    morning_worse=st.one_of(st.none(), st.booleans()),
)


def run(report: Report, flags: tuple[str, ...] = (), state: State = START, days: int = 14) -> Any:
    return check_in(state, report, {}, flags, number=1, days_since=days, plan_sha256="", evidence=EVIDENCE, today=TODAY)


@pytest.mark.parametrize(
    ("report", "exercise", "retraining", "load", "rule"),
    [
        (Report(pain=1, done=90, effort=3), "up", "up", "up", "easy"),
        (Report(pain=2, done=60, effort=5), "keep", "up", "up", "going_well"),
        (Report(pain=2, done=100, effort=8), "keep", "keep", "keep", "too_hard"),
        (Report(pain=0, done=59, effort=2), "keep", "keep", "keep", "too_little_done"),
        (Report(pain=3, done=100, effort=3), "keep", "down", "down", "pain_above_running_limit"),
        (Report(pain=5, done=10, effort=10), "keep", "down", "down", "pain_above_running_limit"),
        (Report(pain=6, done=100, effort=3), "down", "pause", "down", "pain_above_exercise_limit"),
        (Report(pain=1, done=100, effort=3, settled=False), "down", "down", "down", "not_settled"),
        (Report(pain=1, done=100, effort=3, morning_worse=True), "down", "down", "down", "worse_next_morning"),
        (Report(done=100, effort=3), "keep", "keep", "keep", "something_missing"),
        (Report(pain=1, effort=3), "keep", "keep", "keep", "something_missing"),
        (Report(pain=1, done=100), "keep", "keep", "keep", "something_missing"),
        (Report(pain=4), "keep", "down", "down", "pain_above_running_limit"),
        (Report(), "keep", "keep", "keep", "something_missing"),
    ],
)
def test_the_rules_as_a_table(report: Report, exercise: str, retraining: str, load: str, rule: str) -> None:
    found = decide(report, False, "", EVIDENCE)
    assert (found.exercise, found.retraining, found.load, found.name) == (exercise, retraining, load, rule)


def test_the_rules_leave_no_case_open() -> None:
    values = (None, *range(11))
    shares = (None, 0, 59, 60, 100)
    states = itertools.product((False, True), ("", "too_soon", "sore_elsewhere"))
    for pain, done, effort, (flagged, held) in itertools.product(values, shares, values, states):
        assert decide(Report(pain=pain, done=done, effort=effort), flagged, held, EVIDENCE).name


@given(REPORTS, st.integers(1, 3), st.integers(0, 7), st.integers(0, 2), st.integers(0, 60))
def test_nothing_moves_two_levels_or_leaves_its_range(
    report: Report, level: int, rung: int, block: int, days: int
) -> None:
    state = State(exercises={"bridge": level}, drill="step_rate", block=block, rung=rung, paused=False)
    for step in run(report, state=state, days=days).steps:
        assert abs(step.after - step.before) <= 1
        low, high = {"retraining": (0, 2), "load": (0, 7)}.get(step.what, (1, 3))
        assert low <= step.after <= high


@given(REPORTS, st.integers(0, 10), st.booleans(), st.booleans())
def test_more_pain_never_moves_anything_further_up(report: Report, pain: int, sooner: bool, later: bool) -> None:
    if report.pain is None or pain <= report.pain:
        return
    first, second = run(report), run(report.model_copy(update={"pain": pain}))
    for a, b in zip(first.steps, second.steps, strict=True):
        assert ORDER[b.move] <= ORDER[a.move]


@given(REPORTS, st.sampled_from(["pain", "done", "effort"]))
def test_a_missing_answer_never_moves_anything_up(report: Report, name: str) -> None:
    assert all(step.move != "up" for step in run(report.model_copy(update={name: None})).steps)


@given(REPORTS, st.sampled_from([n for n, f in EVIDENCE.red_flags.items() if f.asked]))
def test_any_warning_sign_pauses_everything(report: Report, flag: str) -> None:
    made = run(report, (flag,))
    assert {step.move for step in made.steps} == {"pause"}
    assert made.state.paused
    assert made.urgency == EVIDENCE.red_flags[flag].urgency
    lines = checkin_text(cases.visit(cases.stories()["02_valgus_only"]), made, EVIDENCE, WORDING).lines()
    assert lines[1].startswith(WORDING.plan["urgency"][made.urgency])


def test_two_check_ins_on_one_day_do_not_climb_twice() -> None:
    easy = Report(pain=0, done=100, effort=2)
    first = run(easy)
    second = run(easy, state=first.state, days=0)
    assert second.state == first.state
    assert {s.rule for s in second.steps} == {"too_soon"}
    assert run(Report(pain=7, done=100, effort=2), state=first.state, days=0).state.rung == first.state.rung - 1


def test_one_exercise_may_go_its_own_way() -> None:
    made = check_in(
        START,
        Report(pain=1, done=100, effort=3),
        {"bridge": Report(pain=6)},
        (),
        number=1,
        days_since=14,
        plan_sha256="",
        evidence=EVIDENCE,
        today=TODAY,
    )
    assert {s.what: s.after for s in made.steps} == {"bridge": 1, "side_plank": 2, "retraining": 0, "load": 5}


@pytest.fixture
def painful(tmp_path: Path) -> Path:
    """A results folder that holds nothing but the document of a written runner in pain."""
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "analysis.json").write_text(cases.visit(cases.stories()["02_valgus_only"]).to_json(), encoding="utf-8")
    return folder


def test_check_ins_follow_each_other_and_survive_a_new_analysis(painful: Path) -> None:
    easy = CheckinAnswers(pain=("1",), done=("90%",), effort=("3", "bridge=6"))
    first = record(painful, easy, TODAY)
    assert first.state.exercises == {
        "chair_stand": 2,
        "side_lying_leg_lift": 2,
        "side_plank": 3,
        "heel_raise": 2,
        "bridge": 1,
    }
    second = record(painful, easy, TODAY + dt.timedelta(days=14))
    assert second.number == 2
    assert second.state.exercises["chair_stand"] == 3
    assert earlier(painful) == [first, second]
    text = " ".join(pypdf.PdfReader(painful / "checkin_2.pdf").pages[0].extract_text().split())
    assert "Check-in 2, 30 November 2026" in text
    assert "level 3 of 3" in text
    with staging(painful) as new:
        shutil.copy2(painful / "analysis.json", new / "analysis.json")
    assert earlier(painful) == [first, second]


def test_a_pause_ends_only_with_a_professional_s_word(painful: Path) -> None:
    record(painful, CheckinAnswers(pain=("2",), flags=("locked",)), TODAY)
    later = TODAY + dt.timedelta(days=20)
    easy = CheckinAnswers(pain=("0",), done=("100",), effort=("2",))
    with pytest.raises(UsageError, match="--cleared"):
        record(painful, easy, later)
    resumed = record(painful, CheckinAnswers(easy.pain, easy.done, easy.effort, cleared=True), later)
    assert not resumed.state.paused
    assert {s.move for s in resumed.steps} == {"keep"}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (CheckinAnswers(pain=("11",)), "0 to 10"),
        (CheckinAnswers(pain=("3%",)), "0 to 10"),
        (CheckinAnswers(pain=("=3",)), "0 to 10"),
        (CheckinAnswers(pain=("010",)), "0 to 10"),
        (CheckinAnswers(pain=("-1",)), "0 to 10"),
        (CheckinAnswers(done=("٣",)), "0 to 100"),
        (CheckinAnswers(pain=("1", "2")), "twice"),
        (CheckinAnswers(effort=("hop=3",)), "has no hop"),
        (CheckinAnswers(flags=("lockd",)), "lockd"),
    ],
)
def test_a_wrong_check_in_is_one_sentence_and_writes_nothing(painful: Path, told: CheckinAnswers, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        record(painful, told, TODAY)
    assert [p.name for p in painful.iterdir()] == ["analysis.json"]


@pytest.mark.parametrize("name", ["01_healthy", "08_red_flag"])
def test_a_plan_that_prescribes_nothing_has_no_check_in(tmp_path: Path, name: str) -> None:
    (tmp_path / "analysis.json").write_text(cases.visit(cases.stories()[name]).to_json(), encoding="utf-8")
    with pytest.raises(UsageError):
        record(tmp_path, CheckinAnswers(pain=("1",)), TODAY)


def test_the_cue_waits_until_enough_is_run() -> None:
    easy = Report(pain=0, done=100, effort=2)
    short = run(easy, state=START.model_copy(update={"rung": 2}))
    assert (short.state.block, short.state.rung) == (0, 3)
    assert {s.what: s.rule for s in short.steps}["retraining"] == "runs_too_little"
    assert run(easy, state=short.state).state.block == 1


def test_pain_in_one_place_lets_nothing_up_elsewhere(painful: Path) -> None:
    made = record(painful, CheckinAnswers(pain=("9", "bridge=0"), done=("100",), effort=("3",)), TODAY)
    assert all(step.move in ("down", "pause") for step in made.steps)
    plain = Report(pain=1, done=100, effort=2)
    again = check_in(
        START, plain, {"bridge": Report(pain=10)}, (), number=1, days_since=14, plan_sha256="", evidence=EVIDENCE,
        today=TODAY,
    )  # fmt: skip
    assert {s.what: s.move for s in again.steps}["load"] == "keep"


def test_a_new_plan_begins_anew_and_not_where_the_old_one_had_climbed(painful: Path) -> None:
    record(painful, CheckinAnswers(pain=("0",), done=("100",), effort=("2",)), TODAY)
    worse = cases.stories()["07_everything"]
    later = cases.TODAY + dt.timedelta(days=20)
    intake, _ = check_intake(worse["answers"], EVIDENCE)
    analysis = advise_again(load(painful), intake, [], later)
    (painful / "analysis.json").write_text(analysis.to_json(), encoding="utf-8")
    made = record(painful, CheckinAnswers(pain=("0",), done=("100",), effort=("2",)), later)
    assert {s.rule for s in made.steps} == {"too_soon"}
    assert made.state.rung == 0
    assert made.state.exercises == {p.name: p.level for p in analysis.plan.exercises}


def test_a_damaged_check_in_is_named_and_nothing_is_overwritten(painful: Path) -> None:
    record(painful, CheckinAnswers(pain=("2",), flags=("locked",)), TODAY)
    record(painful, CheckinAnswers(pain=("2",), cleared=True), TODAY)
    second = (painful / "checkin_2.json").read_bytes()
    (painful / "checkin_1.json").write_text("{")
    with pytest.raises(InputError, match=r"checkin_1.json is damaged"):
        record(painful, CheckinAnswers(pain=("1",)), TODAY)
    (painful / "checkin_1.json").unlink()
    with pytest.raises(InputError, match="out of order"):
        record(painful, CheckinAnswers(pain=("1",)), TODAY)
    assert (painful / "checkin_2.json").read_bytes() == second


def test_the_command_says_the_next_two_weeks_and_why(painful: Path) -> None:
    command = [sys.executable, "-m", "gaitcheck.cli", "checkin", str(painful)]
    done = subprocess.run([*command, "--pain", "4", "--done", "80", "--effort", "5"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Pain went above 2 of 10." in done.stdout
    assert json.loads((painful / "checkin_1.json").read_text())["number"] == 1
    assert load(painful).plan.situation == "painful"


def test_a_plan_begins_where_it_was_made() -> None:
    plan = cases.visit(cases.stories()["07_everything"]).plan
    state = starting_state(plan)
    assert state.exercises == {p.name: p.level for p in plan.exercises}
    assert state.block == 0
