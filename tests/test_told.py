"""What is told arrives: every way of telling something, where it must be found again, or the name it is refused by."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

import gaitcheck.pipeline as pipeline
from gaitcheck import cli
from gaitcheck.advice.intake import read_intakes
from gaitcheck.analysis import load
from gaitcheck.analysis.document import Athlete, Visit
from gaitcheck.board.write import write_board
from gaitcheck.checked import Checked
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.fleet.batch import Options, plan_jobs
from gaitcheck.fleet.roster import Entry, RosterError, read_roster
from gaitcheck.request import Request, Style, refusal
from gaitcheck.samples import sample_clip
from gaitcheck.setup import Setup
from tests.clubs import clips, evening

ANALYZE: dict[str, tuple[list[str], str, Any]] = {
    "athlete": (["--athlete", "Ann"], "athlete", "Ann"),
    "height_cm": (["--height-cm", "171"], "height_cm", 171.0),
    "sex": (["--sex", "F"], "sex", "F"),
    "speed_kmh": (["--speed-kmh", "10"], "speed_kmh", 10.0),
    "view": (["--view", "rear"], "view", "rear"),
    "capture_fps": (["--capture-fps", "240"], "capture_fps", 240.0),
    "camera_roll": (["--camera-roll", "-2"], "camera_roll_deg", -2.0),
    "mirrored": (["--mirrored"], "mirrored", True),
    "start": (["--start", "1"], "start_s", 1.0),
    "end": (["--end", "9"], "end_s", 9.0),
    "runner": (["--runner", "left"], "runner", "left"),
    "model": (["--model", "lite"], "model", "lite"),
    "intake": (["--intake", "a.toml", "--intake", "b.toml"], "intake", (Path("a.toml"), Path("b.toml"))),
    "filmed_on": (["--filmed-on", "2026-11-03"], "filmed_on", dt.date(2026, 11, 3)),
    "shoes": (["--shoes", "Pegasus"], "shoes", "Pegasus"),
    "brand": (["--brand", "club.toml"], "brand", Path("club.toml")),
    "paper": (["--paper", "letter"], "paper", "letter"),
    "readers": (["--for", "runner"], "readers", "runner"),
    "share": (["--share"], "share", True),
    "language": (["--language", "de"], "language", "de"),
    "blur_faces": (["--blur-faces"], "blur_faces", True),
    "jobs": (["--jobs", "1"], "jobs", 1),
}
"""Every option of analyze: the words, the field of the request, the value."""
ROSTER: dict[str, tuple[str, str, Any]] = {
    "height_cm": ("Height (cm)", "171,5 cm", 171.5),
    "sex": ("Sex", "f", "F"),
    "speed_kmh": ("Speed", "10.5 km/h", 10.5),
    "view": ("View", "Rear", "rear"),
    "capture_fps": ("Capture fps", "240 fps", 240.0),
    "camera_roll_deg": ("Camera roll", "-2.5°", -2.5),
    "mirrored": ("Selfie", "yes", True),
    "start_s": ("Start", "1.5 s", 1.5),
    "end_s": ("End", "12", 12.0),
    "runner": ("Person", "2", "2"),
    "group": ("Team", "U18", "U18"),
    "note": ("Notes", "sore left knee", "sore left knee"),
    "shoes": ("Shoes", "Pegasus 40", "Pegasus 40"),
    "filmed_on": ("Date", "2026-11-03", dt.date(2026, 11, 3)),
    "intake": ("Answers", "ann.toml", None),
}
"""Every column of a roster: the field of the request, a heading, a cell, the value."""
SECTIONS = ("athlete", "setup", "style", "visit")
PAIN = "[pain]\nworst_week = 4\nrunning = 4\n"


def _found(request: Request, field: str) -> Any:
    """A field of a request, wherever it stands in it; an athlete's name is called athlete."""
    if field == "athlete":
        return request.athlete.name
    parts = [request, *(getattr(request, name) for name in SECTIONS)]
    return next(getattr(part, field) for part in parts if field in type(part).model_fields)


def test_every_option_of_analyze_reaches_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(ANALYZE) | {"clips", "out", "quiet", "as_json"} == set(inspect.signature(cli.analyze).parameters)
    caught: list[Request] = []

    def analyze(request: Request, out: Path, **_: Any) -> None:
        caught.append(request)
        raise UsageError("caught")

    monkeypatch.setattr(pipeline, "analyze", analyze)
    for words, field, value in ANALYZE.values():
        CliRunner().invoke(cli.app, ["analyze", "clip.mp4", "--out", "o", *words])
        assert _found(caught[-1], field) == value, words


def test_whatever_analyze_takes_a_roster_takes_and_it_reaches_the_request(tmp_path: Path) -> None:
    of_a_batch = {*Setup.model_fields, *Style.model_fields}
    told = {field for _, field, _ in ANALYZE.values()}
    assert told - {"jobs"} <= set(ROSTER) | of_a_batch | {"athlete"}
    # shown_as is no column: the page in a browser names films that lie under other names (tests/test_app.py).
    of_an_entry = {field.name for field in dataclasses.fields(Entry)} - {"athlete", "clips", "day", "where", "shown_as"}
    assert of_an_entry | {"filmed_on"} == set(ROSTER)
    clips(tmp_path, "a.mp4")
    (tmp_path / "ann.toml").write_text(PAIN)
    columns = [heading for heading, _, _ in ROSTER.values()]
    cells = [f'"{cell}"' for _, cell, _ in ROSTER.values()]
    roster = tmp_path / "roster.csv"
    roster.write_text(f"Athlete;Clips;{';'.join(columns)}\nAnn;a.mp4;{';'.join(cells)}\n", encoding="utf-8")
    (job,), _ = plan_jobs(read_roster(roster), tmp_path / "club", Options(setup=Setup(view="front", end_s=3.0)))
    for field, (_, _, value) in ROSTER.items():
        if value is not None:
            assert _found(job.request, field) == value, field
    assert [path.name for path in job.request.intake] == ["ann.toml"]


def test_what_holds_for_the_whole_batch_reaches_those_of_whom_nothing_else_is_said(tmp_path: Path) -> None:
    setup = Setup(view="left", capture_fps=120.0, camera_roll_deg=1.0, mirrored=True, start_s=1.0, end_s=8.0)
    options = Options(setup=setup, style=Style(paper="letter", language="de"))
    jobs, _ = plan_jobs(read_roster(clips(tmp_path / "in", "ann.mp4")), tmp_path / "club", options)
    assert (jobs[0].request.setup, jobs[0].request.style) == (options.setup, options.style)


LAYOUTS: list[tuple[dict[str, str], dict[str, int | None]]] = [
    ({"maya/rear.mp4": "", "maya/answers.toml": PAIN}, {"maya": 4}),
    ({"maya/2026-10-06/rear.mp4": "", "maya/answers.toml": PAIN}, {"maya 2026-10-06": 4}),
    (
        {
            "maya/2026-10-06/rear.mp4": "",
            "maya/2026-11-03/rear.mp4": "",
            "maya/answers.toml": PAIN,
            "maya/2026-11-03/answers.toml": "[pain]\nworst_week = 1\n",
        },
        {"maya 2026-10-06": 4, "maya 2026-11-03": 1},
    ),
    ({"maya/2026-10-06/rear.mp4": "", "maya/2026-10-06/intake.toml": PAIN}, {"maya 2026-10-06": 4}),
    ({"maya/rear.mp4": "", "maya.toml": PAIN}, {"maya": 4}),
    ({"Maya_rear.mp4": "", "maya.toml": PAIN}, {"Maya": 4}),
    ({"maya/rear.mp4": "", "maya/Answers.TOML": PAIN}, {"maya": 4}),
    ({"maya/rear.mp4": "", "club.toml": "name = 'Club'\ncolour = '#14506e'\n"}, {"maya": None}),
]


@pytest.mark.parametrize(("files", "pain"), LAYOUTS)
def test_answers_reach_their_visits_wherever_they_lie(
    tmp_path: Path, files: dict[str, str], pain: dict[str, int | None]
) -> None:
    for k, (name, text) in enumerate(files.items()):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text)
        else:
            clips(path.parent, path.name)
            path.write_bytes(path.read_bytes() + bytes([k]))
    jobs, ended = plan_jobs(read_roster(tmp_path / "in"), tmp_path / "club", Options())
    assert not ended
    found = {}
    for job in jobs:
        told, problems = read_intakes(job.request.intake, load_evidence())
        day = "" if job.request.visit.filmed_on is None else f" {job.request.visit.filmed_on}"
        found[f"{job.athlete}{day}"] = None if told is None else told.pain.worst_week
        assert not problems
    assert found == pain


def test_a_day_s_answers_count_answer_by_answer_and_a_warning_sign_stays(tmp_path: Path) -> None:
    (tmp_path / "always.toml").write_text(
        "[you]\nage = 31\n[pain]\nworst_week = 4\nside = 'left'\n[red_flags]\nlocked = true\n"
        "[tests.heel_raises]\nleft = 20\n"
    )
    (tmp_path / "today.toml").write_text("[pain]\nworst_week = 2\n[tests.heel_raises]\nright = 18\n")
    told, problems = read_intakes((tmp_path / "always.toml", tmp_path / "today.toml"), load_evidence())
    assert told is not None and not problems
    assert (told.you.age, told.pain.worst_week, told.pain.side) == (31, 2, "left")
    assert told.red_flags == {"locked": True} and told.tests["heel_raises"] == {"left": 20.0, "right": 18.0}
    assert read_intakes((), load_evidence()) == (None, [])


UNUSED: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"maya/answers.toml": PAIN, "ann.mp4": ""}, ("answers.toml in maya/ belongs to no visit",)),
    ({"answers.toml": PAIN, "ann.mp4": ""}, ("answers.toml", "belongs to no visit")),
    ({"bob.toml": PAIN, "ann.mp4": ""}, ("bob.toml", "belongs to no visit")),
    ({"maya/rear.mp4": "", "maya/anwsers.toml": PAIN}, ("anwsers.toml in maya/",)),
    ({"maya/2026-10-06/rear.mp4": "", "maya/2026-10-06/maya.toml": PAIN}, ("maya.toml in 2026-10-06/",)),
    ({"maya/october/rear.mp4": "", "maya/rear.mp4": ""}, ("maya/october", "no day")),
    ({"maya/rear.mp4": "", "maya/answers.toml": PAIN, "maya/intake.toml": PAIN}, ("maya", "both answers")),
    ({"roster.csv": "athlete,clips\nAnn,ann.mp4\n", "ann.mp4": "", "ann.toml": PAIN}, ("ann.toml", "no row")),
]


@pytest.mark.parametrize(("files", "words"), UNUSED)
def test_answers_and_clips_nobody_uses_are_refused_by_name(
    tmp_path: Path, files: dict[str, str], words: tuple[str, ...]
) -> None:
    for k, (name, text) in enumerate(files.items()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text)
        else:
            clips(path.parent, path.name)
            path.write_bytes(path.read_bytes() + bytes([k]))
    roster = tmp_path / "roster.csv" if "roster.csv" in files else tmp_path
    with pytest.raises(RosterError) as refused:
        read_roster(roster)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_pain_told_beside_the_days_leads_the_board(tmp_path: Path) -> None:
    roster = clips(tmp_path / "in" / "maya" / "2026-10-06", "rear.mp4").parents[1]
    clips(roster, "ann.mp4")
    (roster / "maya" / "answers.toml").write_text("[pain]\nworst_week = 8\nrunning = 8\n")
    club = tmp_path / "club"
    assert {o.status for o in evening(roster, club).values()} == {"done"}
    visit = next((club / "athletes" / "maya").iterdir())
    assert load(visit).situation.worst == 8
    page = write_board(club).read_text(encoding="utf-8")
    assert page.index("maya") < page.index("ann")


BAD: list[tuple[type[Checked], dict[str, Any], str, str]] = [
    (Setup, {"end_s": float("nan")}, "end_s is nan; it must lie between 0 and 600.", "--end is nan"),
    (Setup, {"start_s": float("nan")}, "start_s is nan", "--start is nan"),
    (Setup, {"start_s": 5, "end_s": 5}, "end_s must come after start_s.", "--end must come after --start."),
    (Setup, {"runner": "12"}, "runner is 12; it must be 'left', 'right', '1'", "--runner is 12"),
    (Setup, {"camera_roll_deg": 80}, "camera_roll_deg is 80; it must lie between -45 and 45.", "--camera-roll is 80"),
    (Setup, {"fps": 120}, "There is no fps; see help(gaitcheck.Setup).", "There is no --fps"),
    (Athlete, {"name": "Ann\x1b[31m"}, "name can't be taken: it holds characters", "--athlete can't"),
    (Athlete, {"height_cm": float("inf")}, "height_cm is inf; it must lie between 90 and 240.", "--height-cm is inf"),
    (Athlete, {"height_cm": "tall"}, "height_cm is tall; it must lie between 90 and 240.", "--height-cm is tall"),
    (Athlete, {"sex": "x"}, "sex is x; it must be 'F' or 'M'.", "--sex is x"),
    (Visit, {"shoes": "\udcff"}, "shoes can't be taken: it holds characters that", "--shoes can't be taken"),
    (Visit, {"note": "x" * 201}, "note can't be taken: it may have at most 200 characters.", "--note can't be taken"),
    (Style, {"paper": "a5"}, "paper is a5; it must be 'a4' or 'letter'.", "--paper is a5"),
    (Request, {"clips": ()}, "Name at least one clip.", "Name at least one clip."),
    (
        Request,
        {"clips": ("a.mp4",), "visit": {"filmed_on": "2031-01-01"}},
        "filmed_on is 2031-01-01; give a day from 2005-01-01 to today.",
        "--filmed-on is 2031-01-01",
    ),
    (Request, {"clips": ("a.mp4",), "jobs": 0}, "jobs is 0; it must lie between 1 and 256.", "--jobs is 0"),
]


@pytest.mark.parametrize(("model", "told", "in_python", "on_the_command_line"), BAD)
def test_what_cannot_be_is_refused_before_any_work_in_the_caller_s_words(
    model: type[Checked], told: dict[str, Any], in_python: str, on_the_command_line: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        model(**told)
    assert str(refusal(refused.value)).startswith(in_python)
    assert str(refusal(refused.value, cli.option)).startswith(on_the_command_line)


def test_a_roster_in_another_code_page_is_refused_not_garbled(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4")
    for encoding, name in (("cp1250", "Nováčková"), ("mac_roman", "Zoë"), ("cp1251", "Анна")):
        (tmp_path / "r.csv").write_bytes(f"athlete,clips\n{name},a.mp4\n".encode(encoding))
        with pytest.raises(InputError, match="UTF-8"):
            read_roster(tmp_path / "r.csv")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a call that tells everything at once."""
    place = tmp_path_factory.mktemp("told")
    (place / "answers.toml").write_text("[you]\nage = 31\nheight_cm = 150\n" + PAIN)
    (place / "club.toml").write_text("name = 'Praxis'\ncolour = '#304060'\n")
    request = Request(
        clips=(sample_clip("rear_valgus_crossover"),),
        athlete=Athlete(name="Ann", height_cm=171.0, sex="F", speed_kmh=10.0),
        setup=Setup(view="rear", capture_fps=60.0, camera_roll_deg=1.0, mirrored=True, start_s=1.0, end_s=7.0),
        style=Style(brand=place / "club.toml", paper="letter"),
        visit=Visit(filmed_on=dt.date(2026, 11, 3), shoes="Pegasus", group="U18", note="new shoes"),
        intake=(place / "answers.toml",),
    )
    pipeline.analyze(request, place / "results")
    return place / "results"


def test_what_was_told_stands_in_the_document(everything: Path) -> None:
    found = load(everything)
    clip, athlete, visit = found.clips[0], found.athlete, found.visit
    assert (athlete.name, athlete.height_cm, athlete.sex, athlete.speed_kmh, athlete.age) == (
        "Ann", 171.0, "F", 10.0, 31,
    )  # fmt: skip
    assert (visit.filmed_on, visit.shoes, visit.group, visit.note) == (
        dt.date(2026, 11, 3),
        "Pegasus",
        "U18",
        "new shoes",
    )
    assert (clip.view_given, clip.camera_roll_deg, clip.camera_roll_source, clip.mirrored) == (True, 1.0, "given", True)
    assert (clip.slow_motion_source, clip.capture_fps) == ("given", 60.0)
    assert clip.start_s == pytest.approx(1.0, abs=0.02) and clip.stop_s == pytest.approx(7.0, abs=0.02)
    assert found.situation.worst == 4
    assert (found.presentation.brand_name, found.presentation.paper) == ("Praxis", "us-letter")


def test_a_report_drawn_again_keeps_its_look_and_its_answers(everything: Path) -> None:
    before = load(everything)
    again = pipeline.report_again(everything)
    assert again.presentation == before.presentation and again.situation == before.situation
    assert "Praxis" in (everything / "report.html").read_text(encoding="utf-8")


def test_sides_are_not_exchanged_under_a_tilt_that_was_given(everything: Path) -> None:
    with pytest.raises(UsageError, match="analyze again with --mirrored"):
        pipeline.report_again(everything, mirror=True)


def test_sides_exchanged_afterwards_are_those_of_a_mirrored_analysis(rear_results, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(rear_results[0], folder)
    before = load(folder)
    after = pipeline.report_again(folder, mirror=True)
    other = {"left": "right", "right": "left", "both": "both"}
    for metric in before.metrics:
        twin = after.metric(metric.name, other[metric.side])
        assert twin is not None and twin.value == metric.value
    assert after.clips[0].mirrored and "mirrored_as_told" in [note.code for note in after.quality]
    assert {(f.risk_factor, other[f.side]) for f in before.findings} == {
        (f.risk_factor, f.side) for f in after.findings
    }
    again = pipeline.report_again(folder, mirror=True)
    assert again.metrics == before.metrics and again.quality == before.quality
