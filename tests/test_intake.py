"""Answers: checked one by one, mistakes named, hostile files survived, asked in the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck import pipeline
from gaitcheck.advice.intake import NOTED_ONLY, Intake, check_intake, questions, read_intake
from gaitcheck.advice.situation import judge_situation
from gaitcheck.errors import GaitcheckError, InputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.interview import as_toml, interview_into, parse_number
from gaitcheck.wording import load_wording
from tests import cases

EVIDENCE, WORDING = load_evidence(), load_wording()


def _read(tmp_path: Path, text: str) -> tuple[Intake, list[str], list[bool]]:
    path = tmp_path / "answers.toml"
    path.write_text(text, encoding="utf-8")
    intake, problems = read_intake(path, EVIDENCE)
    return (
        intake,
        [WORDING.problem(p.code, p.path, p.parameters) for p in problems],
        [p.guards_safety for p in problems],
    )


@pytest.mark.parametrize(
    ("text", "sentence", "guards"),
    [
        ("[pain]\nrunning = 'two'", "pain.running is two; write a number with the digits 0-9", True),
        ("[pain]\nrunning = '٧'", "pain.running is ٧; write a number", True),
        ("[pain]\nrunning = 11", "the most that makes sense is 10", True),
        ("[pain]\nrunning = 2.5", "pain.running is 2.5; write a number", True),
        ("[pain]\nwhere = 'my heart'", "write one of around_kneecap", True),
        ("[pain]\nsettles_within_hour = 1", "write true or false", True),
        ("[pain]\nknee = 3", "pain.knee is not a question of ours", True),
        ("[red_flags]\nloked = true", "red_flags.loked is not a question of ours", True),
        ("[red_flags]\nlocked = 'maybe'", "write true or false", True),
        ("red_flags = 3", "must be a section of answers", True),
        ("[you]\nage = 25\n[pain]\nsince_weeks = 2080", "longer than the 25 years", True),
        ("[training]\nkm_per_week = -4", "the least that makes sense is 0", False),
        ("[training]\nkm_per_week = nan", "training.km_per_week is nan", False),
        ("[goals]\nnotes = '" + "x" * 10_000 + "'", "goals.notes has 10000 characters; 2000 fit", False),
        ("[goals]\nnotes = 3", "write text in quotes", False),
        ("[tests.side_plank]\nleft = 9999", "the most that makes sense is 600", False),
        ("[tests.side_plank]\nboth = 30", "tests.side_plank.both is not a question", False),
        ("[tests.hop]\nleft = 3", "tests.hop is not a question", False),
        ("tests = 'fine'", "must be a section", False),
        ("[moon]\nphase = 3", "moon is not a question", True),
        ("[Pain]\nnow = 10", "Pain is not a question", True),
        ("locked = true", "locked is not a question", True),
        ("[[you]]\nage = 12", "you is", True),
        ("[past]\nbone_stress_injuries = true", "not a question", True),
        ("[shoes]\nsize = 44", "not a question", False),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_left_out(tmp_path: Path, text: str, sentence: str, guards: bool) -> None:
    intake, sentences, guarded = _read(tmp_path, text)
    assert len(sentences) == 1
    assert sentence in sentences[0]
    assert guarded == [guards]
    assert judge_situation(intake, [], EVIDENCE).status == "unknown"


def test_good_answers_beside_a_wrong_one_are_kept(tmp_path: Path) -> None:
    intake, sentences, _ = _read(tmp_path, "[training]\nkm_per_week = -4\nhills = 'none'\n[you]\nage = 40")
    assert len(sentences) == 1
    assert intake.training.hills == "none"
    assert intake.you.age == 40


def test_forty_years_of_pain_are_believed_and_sent_to_a_professional(tmp_path: Path) -> None:
    intake, sentences, _ = _read(tmp_path, "[you]\nage = 60\n[pain]\nworst_week = 3\nsince_weeks = 2080")
    assert sentences == []
    assert [f.name for f in judge_situation(intake, [], EVIDENCE).flags] == ["pain_for_years"]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"[pain\nrunning = 2", InputError, "can't be read"),
        ("[pain]\nrunning = ٧".encode(), InputError, "digits 0-9"),
        (b"\xff\xfe\x00", InputError, "UTF-8"),
        (b"a = 1\n" * 60_000, InputError, "larger than"),
        (b"x = " + b"[" * 5_000, InputError, "can't be read"),
        (b"x = " + b"9" * 5_000, InputError, "can't be read"),
        (b"you" + b".a" * 5_000 + b" = 1", InputError, "can't be read"),
        (None, UsageError, "does not exist"),
    ],
)
def test_a_file_that_is_no_file_of_answers_is_refused(
    tmp_path: Path, content: bytes | None, error: type[Exception], words: str
) -> None:
    path = tmp_path / "answers.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=words):
        read_intake(path, EVIDENCE)


TOML_VALUES = st.recursive(
    st.one_of(st.integers(-(2**62), 2**62), st.floats(allow_nan=True), st.booleans(), st.text(max_size=20)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = [f"{table}.{key}" for table, key, _ in questions()]


@given(st.dictionaries(st.sampled_from([*KEYS, "red_flags.locked", "tests.side_plank", "pain.zzz"]), TOML_VALUES))
def test_no_answers_whatever_bring_it_down(flat: dict[str, object]) -> None:
    nested: dict[str, dict[str, object]] = {}
    for path, value in flat.items():
        table, key = path.split(".", 1)
        nested.setdefault(table, {})[key] = value
    intake, problems = check_intake(nested, EVIDENCE)
    for problem in problems:
        sentence = WORDING.problem(problem.code, problem.path, problem.parameters)
        assert "\n" not in sentence
        assert len(sentence) < 400
    assert Intake.model_validate_json(intake.model_dump_json()) == intake


@given(st.binary(max_size=200))
def test_no_file_whatever_gives_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "answers.toml"
    path.write_bytes(content)
    try:
        read_intake(path, EVIDENCE)
    except GaitcheckError as error:
        assert "\n" not in str(error)


@given(st.text(max_size=50))
def test_notes_survive_the_way_to_toml_and_back(notes: str) -> None:
    # A lone surrogate can't be encoded at all; TOML has no way to say it.
    clean = notes.encode("utf-8", "ignore").decode("utf-8")
    assert tomllib.loads(as_toml({"goals": {"notes": clean}}))["goals"]["notes"] == clean


def _asking(answers: dict[str, list[str]]) -> Callable[[str], str]:
    """Answers by a part of the prompt, in turn; everything else is skipped."""

    def ask(prompt: str) -> str:
        for part, lines in answers.items():
            if part in prompt and lines:
                return lines.pop(0)
        return ""

    return ask


def test_the_interview_checks_answers_and_writes_what_can_be_read(tmp_path: Path) -> None:
    said: list[str] = []
    ask = _asking(
        {
            "Your age": ["abc", "200", "٣٤"],
            "Where is it worst": ["1"],
            "Worst knee pain": ["3"],
            "locked and won't": ["perhaps", "n"],
            "settle within": ["yes"],
            "Hills": ["more_than_usual"],
            "Longest single run of the last": ["12,5"],
            "Anything else": ['says "hi" \\ #let'],
            "Side plank, left": ["-3", "25"],
        }
    )
    path = tmp_path / "answers.toml"
    interview_into(path, ask, said.append)
    intake, problems = read_intake(path, EVIDENCE)
    assert problems == []
    assert intake.you.age == 34
    assert intake.pain.where == "around_kneecap"
    assert intake.pain.worst_week == 3
    assert intake.pain.settles_within_hour is True
    assert intake.red_flags == {"locked": False}
    assert intake.training.hills == "more_than_usual"
    assert intake.training.longest_lately_km == 12.5
    assert intake.goals.notes == 'says "hi" \\ #let'
    assert intake.tests == {"side_plank": {"left": 25.0}}
    assert sum("Try again" in line for line in said) == 4
    with pytest.raises(UsageError, match="there already"):
        interview_into(path, ask, said.append)


def test_the_interview_in_german(tmp_path: Path) -> None:
    said: list[str] = []
    ask = _asking({"Dein Alter": ["34"], "blockiert": ["vielleicht", "nein"], "innerhalb einer Stunde": ["ja"]})
    path = tmp_path / "antworten.toml"
    interview_into(path, ask, said.append, language="de")
    intake, problems = read_intake(path, EVIDENCE)
    assert problems == []
    assert (intake.you.age, intake.pain.settles_within_hour, intake.red_flags) == (34, True, {"locked": False})
    assert sum("noch einmal" in line for line in said) == 1


@pytest.mark.parametrize("command", ["intake", "home-tests"])
@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_a_language_that_is_not_there_is_refused(tmp_path: Path, command: str, language: str) -> None:
    told = ["--out", str(tmp_path / "a"), "--language", language]
    done = subprocess.run([sys.executable, "-m", "gaitcheck.cli", command, *told], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (2, "gaitcheck: --language is de, en.")
    assert list(tmp_path.iterdir()) == []


def test_answers_that_end_early_leave_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gaitcheck.cli", "intake", "--out", str(tmp_path / "a.toml")]
    done = subprocess.run(command, input="n\nn\n", capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_skipping_everything_is_allowed(tmp_path: Path) -> None:
    interview_into(tmp_path / "a.toml", lambda _: "", lambda _: None)
    assert read_intake(tmp_path / "a.toml", EVIDENCE) == (Intake(), [])


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7.0), ("٧", 7.0), (" 7,5 ", 7.5), ("seven", "seven"), ("", ""), ("1,040", "1,040"), ("1_0", "1_0")],
)
def test_numbers_in_any_script(text: str, number: float | str) -> None:
    assert parse_number(text) == number


def test_nothing_is_asked_in_a_questionnaire_s_name() -> None:
    words = " ".join(WORDING.intake["questions"].values()).lower()
    assert not any(name in words for name in ("kujala", "akps", "koos", "womac", "lefs"))


def test_a_pipe_is_no_file_of_answers(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answers.toml")
    with pytest.raises(InputError, match="not a file"):
        read_intake(tmp_path / "answers.toml", EVIDENCE)


def test_a_flood_of_unknown_answers_is_told_in_a_few_lines(tmp_path: Path) -> None:
    _, sentences, _ = _read(tmp_path, "\n".join(f"a{k} = 1" for k in range(3_000)))
    assert len(sentences) == 21
    assert "2980 more" in sentences[-1]


def test_an_age_just_below_a_limit_stays_below_it() -> None:
    assert tomllib.loads(as_toml({"you": {"age": 15.9999999}}))["you"]["age"] == 15.9999999


def _values(field: Any) -> list[Any]:
    """Answers worth trying for a question, from its type."""
    kinds = get_args(field.annotation)
    if bool in kinds:
        return [True, False]
    choices = [value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)]
    return choices or [0, 1, 3, 6, 9, 30, 60, 100, 170, "a note"]


def _judged(story: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any] | None:
    """What follows from answers, without the answers themselves and the list of what was not asked."""
    intake, problems = check_intake(answers, EVIDENCE)
    if problems:
        return None
    made = pipeline.advise_again(cases.measured(story), intake, [], cases.TODAY).model_dump(
        include={"plan", "situation", "home_tests", "context", "causes", "metrics", "risk_picture"}
    )
    made["risk_picture"] = [group["speaks"] for group in made["risk_picture"]]
    del made["context"]["needs"]
    return made


OVERSTRIDES = {"measured": [{"name": "tibia_inclination_at_contact", "side": "right", "value": 15.0, "half": 1.0}]}
ELSEWHERE = ("shoes.changed_lately",)
"""Read where two visits are compared (progress/change.py)."""


@pytest.mark.parametrize("path", [f"{table}.{key}" for table, key, _ in questions()])
def test_what_is_asked_is_used_or_said_to_be_unused(path: str) -> None:
    table, key = path.split(".")
    field = next(f for t, k, f in questions() if (t, k) == (table, key))
    stories = cases.stories()
    seven = stories["07_everything"]["answers"]
    bone = {**seven, "past": {"bone_stress_injury": True}, "training": {"last_jump": "distance", "jump_weeks_ago": 2}}
    tried = [(stories[n], stories[n]["answers"]) for n in ("02_valgus_only", "14_forty_two_kilometres", "01_healthy")]
    tried += [(stories["07_everything"], seven), (stories["07_everything"], bone)]
    sound = {**stories["02_valgus_only"]["answers"], "past": {"calf_or_achilles": False, "back_trouble": False}}
    tried += [({**stories["02_valgus_only"], **OVERSTRIDES}, sound)]
    used = False
    for story, answers in tried:
        made = [
            found
            for value in _values(field)
            if (found := _judged(story, {**answers, table: {**answers.get(table, {}), key: value}})) is not None
        ]
        used = used or any(one != made[0] for one in made)
    assert used != (path in (*NOTED_ONLY, *ELSEWHERE))
