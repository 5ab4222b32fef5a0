"""The board: whom first and why, sides never averaged, names hostile, the index only ever a copy of the documents."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.advice.attention import expected_concern
from gaitcheck.advice.first_step import Kind
from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis import Analysis
from gaitcheck.analysis.compose import estimates_of, judged_fields
from gaitcheck.analysis.store import LEADING_STILL
from gaitcheck.board.index import open_index, results_folders
from gaitcheck.board.privacy import archive_athlete, forget_athlete
from gaitcheck.board.ranking import Tier, rank_key, spread_of, tier
from gaitcheck.board.summary import Value, summarise
from gaitcheck.board.write import safe_cell, write_board
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import Limits, load_evidence
from gaitcheck.fleet.batch import LAST_RUN
from gaitcheck.fleet.pseudonyms import open_key
from gaitcheck.wording import languages, load_wording
from tests import cases

EVIDENCE = load_evidence()
LIMITS = Limits(borderline_high=7.3, concern_high=10.5)
STORIES = sorted(cases.stories())


def athlete(
    name: str,
    story: str = "02_valgus_only",
    day: str = "2026-11-02",
    group: str = "",
    fppa: tuple[float, float] | None = None,
) -> Analysis:
    """A written runner, a woman, under a name of her own; ``fppa``: right frontal knee angle and half interval."""
    analysis = cases.visit(cases.stories()[story])
    about = analysis.visit.model_copy(update={"filmed_on": dt.date.fromisoformat(day), "group": group})
    who = analysis.athlete.model_copy(update={"name": name, "sex": "F"})
    table = analysis.model_copy(update={"athlete": who, "visit": about})
    metrics = table.metrics
    if fppa is not None:
        value, half = fppa
        changed = {"value": value, "ci95_low": value - half, "ci95_high": value + half}
        key = ("frontal_plane_projection_angle", "right")
        metrics = [m.model_copy(update=changed) if (m.name, m.side) == key else m for m in metrics]
    today = dt.date.fromisoformat(day)
    judged = judge_visit(estimates_of(metrics), table.intake, [], who.person, EVIDENCE, today)
    return table.model_copy(update=judged_fields(judged))


def save(club: Path, *analyses: Analysis) -> Path:
    """A club's folder with documents in it."""
    for k, analysis in enumerate(analyses):
        folder = club / "athletes" / f"{k:03d}" / str(analysis.day)
        folder.mkdir(parents=True)
        (folder / "analysis.json").write_text(analysis.to_json(), encoding="utf-8")
    return club


def rows(club: Path) -> list[dict[str, str]]:
    """The board's table."""
    write_board(club)
    text = (club / "board.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_concern_grows_with_distance_and_certainty() -> None:
    def score(value: float, half: float) -> float:
        return expected_concern(value, value - half, value + half, LIMITS, EVIDENCE)[0]

    assert score(5.0, 0.5) < 1e-6 and score(10.5, 1e-6) == pytest.approx(1.0)
    assert score(12.0, 2.0) > score(9.0, 2.0) > score(7.0, 2.0)
    assert score(12.0, 1.0) > score(12.0, 8.0) > score(12.0, 20.0)
    assert score(200.0, 1.0) == pytest.approx(EVIDENCE.attention.most)
    sure = expected_concern(7.3, 5.3, 9.3, LIMITS, EVIDENCE)[1]
    assert sure == pytest.approx(0.5)


@given(st.floats(-40, 40), st.floats(0, 30))
def test_concern_is_bounded_and_mirrors(value: float, half: float) -> None:
    score, sure = expected_concern(value, value - half, value + half, LIMITS, EVIDENCE)
    assert 0.0 <= score <= EVIDENCE.attention.most + 1e-9 and 0.0 <= sure <= 1.0
    below = Limits(borderline_low=-7.3, concern_low=-10.5)
    mirrored = expected_concern(-value, -value - half, -value + half, below, EVIDENCE)
    assert mirrored == pytest.approx((score, sure))


def test_the_order_is_flags_then_pain_then_concern_then_the_unmeasured(tmp_path: Path) -> None:
    flagged = next(s for s in STORIES if cases.visit(cases.stories()[s]).situation.flags)
    poor = next(s for s in STORIES if cases.stories()[s]["poor_clip"])
    untold = athlete("poor", poor)
    untold = untold.model_copy(update={"situation": cases.measured(cases.stories()[poor]).situation})
    club = save(
        tmp_path,
        untold,
        athlete("mild", fppa=(9.0, 1.0)),
        athlete("clear", fppa=(16.0, 1.0)),
        athlete("unsure", fppa=(16.0, 14.0)),
        athlete("flagged", flagged),
    )
    found = rows(club)
    names = [row["athlete"] for row in found]
    assert names[0] == "flagged" and names[-1] == "poor"
    assert names.index("clear") < names.index("unsure") and names.index("clear") < names.index("mild")
    assert "Warning sign" in found[0]["reason"] and "could be rated" in found[-1]["reason"]
    clear = found[names.index("clear")]["reason"]
    assert "Knee turning in, right" in clear and "16.0 ± 1.0°" in clear and "typical up to 7.3°" in clear


def test_a_bad_side_is_never_averaged_away(tmp_path: Path) -> None:
    one = rows(save(tmp_path, athlete("Ann", fppa=(16.0, 1.0))))[0]
    assert float(one["score"]) > 0.5
    assert one["frontal_plane_projection_angle_right_position"] == "clearly_outside"
    assert one["frontal_plane_projection_angle_left_position"] == "typical"


def test_since_last_time_tells_real_changes_only(tmp_path: Path) -> None:
    for name, (before, after) in {"worse": (9.0, 18.0), "better": (18.0, 9.0), "same": (12.0, 12.3)}.items():
        for day, value in (("2026-09-01", before), ("2026-11-02", after)):
            folder = tmp_path / "athletes" / name / day
            folder.mkdir(parents=True)
            document = athlete(name, day=day, fppa=(value, 2.0))
            (folder / "analysis.json").write_text(document.to_json(), encoding="utf-8")
    found = {row["athlete"]: row for row in rows(tmp_path)}
    assert [found[name]["change"] for name in ("worse", "better", "same")] == ["worse", "better", "none"]
    assert (
        "1 September 2026" in found["worse"]["change_in_words"] and "+9.0 ± 2.8°" in found["worse"]["change_in_words"]
    )


HOSTILE = ["=1+1", "+1", "-1", "@x", "<script>alert(1)</script>", "#let x = 1", '"; DROP', "A\u202eB", "\t=1", "Ünï 小"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(tmp_path: Path, name: str) -> None:
    save(tmp_path, athlete(name, group=name), athlete("Ben"))
    (tmp_path / LAST_RUN).write_text(
        json.dumps(
            {
                "failed": [
                    {"athlete": name, "status": "failed", "message": name, "clips": [name], "group": name, "day": ""}
                ]
            }
        )
    )
    found = rows(tmp_path)
    assert found[0]["athlete"].lstrip("'") in (name, "Ben")
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in found for cell in row.values() if cell)
    page = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and page.count("<script") == 1
    assert len(pypdf.PdfReader(tmp_path / "board.pdf").pages) >= 1


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_page_asks_for_nothing_and_says_who_failed(tmp_path: Path) -> None:
    save(tmp_path, athlete("Ann", group="U18"), athlete("Ben", group="U20"))
    failure = {
        "athlete": "Zoe",
        "status": "failed",
        "message": "Film again.",
        "clips": ["z.mp4"],
        "group": "U18",
        "day": "",
    }
    (tmp_path / LAST_RUN).write_text(json.dumps({"failed": [failure]}))
    write_board(tmp_path)
    page = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!athletes/|#)', page)
    assert "Film again." in page and "What helps every clip" in page
    text = "".join(p.extract_text() for p in pypdf.PdfReader(tmp_path / "board.pdf").pages)
    assert "Zoe" in text and "Ann" in text
    write_board(tmp_path, "U20")
    page = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert "Ann" not in page and "Zoe" not in page and "Ben" in page
    with pytest.raises(InputError, match="Nobody"):
        write_board(tmp_path, "U99")


def test_an_outlier_stands_out_surely(tmp_path: Path) -> None:
    def value(x: float, half: float = 1.0) -> Value:
        return Value(metric="cadence", side="both", unit="per_min", value=x, low=x - half, high=x + half, n_strides=9,
                     position="typical", certainty="sure", typical_low=None, typical_high=None)  # fmt: skip

    team = [(f"r{k}", value(165.0 + k)) for k in range(9)]
    assert [o.athlete for o in spread_of("cadence", [*team, ("far", value(200.0))], EVIDENCE).outliers] == ["far"]
    assert not spread_of("cadence", [*team, ("unsure", value(200.0, 30.0))], EVIDENCE).outliers
    few = spread_of("cadence", [*team[:4], ("far", value(200.0))], EVIDENCE)
    assert not few.judged and not few.outliers


def test_the_index_is_made_again_from_the_documents(tmp_path: Path) -> None:
    club = save(tmp_path, athlete("Ann"), athlete("Ben"))
    first = rows(club)
    (club / "gaitcheck_index.sqlite").write_bytes(b"not a database" * 100)
    assert rows(club) == first
    (club / "gaitcheck_index.sqlite").unlink()
    assert rows(club) == first
    for spoil in ("UPDATE about SET value = 'another version'", "SELECT 1"):
        with sqlite3.connect(club / "gaitcheck_index.sqlite") as index:
            index.execute(spoil)
            index.execute("UPDATE visits SET summary = '{}'")
        assert rows(club) == first


def test_a_changed_and_a_vanished_document_are_noticed(tmp_path: Path) -> None:
    club = save(tmp_path, athlete("Ann"), athlete("Ben"))
    rows(club)
    (folder,) = (club / "athletes" / "000").iterdir()
    (folder / "analysis.json").write_text(athlete("Cleo").to_json(), encoding="utf-8")
    shutil.rmtree(club / "athletes" / "001")
    assert [row["athlete"] for row in rows(club)] == ["Cleo"]


def test_documents_that_can_t_be_read_are_told_and_harm_nobody(tmp_path: Path) -> None:
    club = save(tmp_path, athlete("Ann"), athlete("Ben"), athlete("Cleo"))
    folders = results_folders(club)
    (folders[1] / "analysis.json").write_text((folders[1] / "analysis.json").read_text()[:900])
    table = json.loads((folders[2] / "analysis.json").read_text())
    (folders[2] / "analysis.json").write_text(json.dumps({**table, "schema_version": 99}))
    assert [row["athlete"] for row in rows(club)] == ["Ann"]
    page = (club / "board.html").read_text(encoding="utf-8")
    assert "damaged" in page and "schema 99" in page and "update gaitcheck" in page


def test_a_folder_that_may_not_be_written_is_read_all_the_same(tmp_path: Path) -> None:
    club = save(tmp_path / "club", athlete("Ann"))
    (club / "gaitcheck_index.sqlite").mkdir()
    (tmp_path / "out").mkdir()
    write_board(club, out=tmp_path / "out")
    page = (tmp_path / "out" / "board.html").read_text(encoding="utf-8")
    assert f'href="{(club / "athletes").resolve().as_uri()}' in page


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no results"):
        write_board(tmp_path)
    with pytest.raises(InputError, match="no folder"):
        write_board(tmp_path / "gone")


def test_struck_findings_raise_no_concern() -> None:
    from gaitcheck.analysis.review import Review, Strike

    analysis = athlete("Ann", fppa=(16.0, 1.0))
    review = Review(by="Sam", date=dt.date(2026, 11, 3), strike=(Strike(finding="knee_valgus", side="right"),))
    before, after = (summarise(analysis, r, "x", EVIDENCE) for r in (None, review))
    assert "knee_valgus" in {w.risk_factor for w in before.worries}
    assert "knee_valgus" not in {w.risk_factor for w in after.worries}
    assert before.values == after.values


def test_months_of_pain_come_before_pain_and_form() -> None:
    seen = summarise(athlete("Ann", fppa=(16.0, 1.0)), None, "x", EVIDENCE)
    form, pain, long = (
        seen.model_copy(update={"urgency": None, "running_pain": hurts, "examine": examine})
        for hurts, examine in ((0, False), (6, False), (1, True))
    )
    kinds = [Tier.FORM, Tier.PAIN, Tier.LONG_PAIN]
    assert [tier(visit, EVIDENCE) for visit in (form, pain, long)] == kinds
    assert sorted((form, pain, long), key=lambda visit: rank_key(visit, EVIDENCE)) == [long, pain, form]


def test_what_is_seen_on_the_other_leg_is_said_to_be(tmp_path: Path) -> None:
    document = athlete("Ann", fppa=(16.0, 1.0))
    assert document.intake is not None
    pain = document.intake.pain.model_copy(update={"side": "left", "running": 6})
    intake = document.intake.model_copy(update={"pain": pain})
    judged = judge_visit(estimates_of(document.metrics), intake, [], document.athlete.person, EVIDENCE, document.day)
    hurting = document.model_copy(update={"intake": intake, **judged_fields(judged)})
    save(tmp_path, hurting)
    assert rows(tmp_path)[0]["athlete"] == "Ann"
    assert "on the leg that does not hurt" in (tmp_path / "board.html").read_text(encoding="utf-8")


def test_an_athlete_is_taken_along_and_forgotten(tmp_path: Path) -> None:
    club, key_file = tmp_path / "club", tmp_path / "key.json"
    key = open_key(key_file, club)
    pseudonym = key.of("Ann Miller")
    save(club, athlete(pseudonym), athlete("Ben"))
    (club / LAST_RUN).write_text(
        json.dumps({"failed": [{"athlete": pseudonym, "message": "x"}, {"athlete": "Zoe", "message": "x"}]})
    )
    write_board(club)
    with pytest.raises(UsageError, match="zip"):
        archive_athlete(club, "Ben", tmp_path / "x.tar")
    with pytest.raises(InputError, match="Nobody Else"):
        archive_athlete(club, "Nobody Else", tmp_path / "x.zip")
    archive_athlete(club, "ann  MILLER", tmp_path / "ann.zip", key)
    names = zipfile.ZipFile(tmp_path / "ann.zip").namelist()
    assert len(names) == 2 and names[0].endswith("analysis.json") and names[1] == LAST_RUN
    assert forget_athlete(club, "Ann Miller", key) == 1
    for item in [p for p in club.rglob("*") if p.is_file()]:
        assert pseudonym.encode() not in item.read_bytes(), item
    assert json.loads(key_file.read_text()) == {}
    assert [row["athlete"] for row in rows(club)] == ["Ben"]


def test_forgetting_touches_a_club_s_own_folders_only(tmp_path: Path) -> None:
    results = tmp_path / "fa" / "res"
    results.mkdir(parents=True)
    (results / "analysis.json").write_text(athlete("Zoe").to_json(), encoding="utf-8")
    (tmp_path / "fa" / "progress.pdf").write_text("mine")
    for root in (results, tmp_path / "fa", tmp_path / "gone"):
        with pytest.raises(UsageError, match="no club"):
            forget_athlete(root, "Zoe")
    assert results.is_dir() and (tmp_path / "fa" / "progress.pdf").exists() and not (tmp_path / "gone").exists()


def test_forgetting_takes_damaged_half_made_and_otherwise_spelled_results_too(tmp_path: Path) -> None:
    club = tmp_path / "club"
    for name, day in (("Zoe", "2026-01-01"), ("Zoe", "2026-03-03"), ("ZOE", "2026-02-02"), ("Ben", "2026-01-01")):
        folder = club / "athletes" / name / day
        folder.mkdir(parents=True)
        (folder / "analysis.json").write_text(athlete(name, day=day).to_json(), encoding="utf-8")
        (folder / "proxy.mp4").write_text(name)
    (club / "athletes" / "Zoe" / "2026-03-03" / "analysis.json").write_text("{")
    half = club / "athletes" / "Zoe" / ".2026-04-04.part-abcdefgh"
    half.mkdir()
    (half / "proxy.mp4").write_text("Zoe")
    write_board(club)
    archive_athlete(club, "zoe", tmp_path / "zoe.zip")
    assert len(zipfile.ZipFile(tmp_path / "zoe.zip").namelist()) == 7
    assert forget_athlete(club, "zoe") == 2
    assert [p.name for p in (club / "athletes").iterdir()] == ["Ben"]


def test_who_only_failed_can_be_forgotten(tmp_path: Path) -> None:
    (tmp_path / "athletes").mkdir()
    failed = [{"athlete": "Zoe", "status": "failed", "message": "x", "clips": []}, {"athlete": None}]
    (tmp_path / LAST_RUN).write_text(json.dumps({"failed": failed}))
    assert forget_athlete(tmp_path, "zoe") == 0
    assert "Zoe" not in (tmp_path / LAST_RUN).read_text()


def test_another_program_s_index_is_left_alone(tmp_path: Path) -> None:
    club = save(tmp_path, athlete("Ann"))
    index = club / "gaitcheck_index.sqlite"
    with sqlite3.connect(index) as other:
        other.execute("CREATE TABLE visits (a)")
    before = index.read_bytes()
    assert [row["athlete"] for row in rows(club)] == ["Ann"]
    assert index.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(clips=[]),
        lambda d: next(m for m in d["metrics"] if m["value"] is not None).update(clip=99),
        lambda d: d["visit"].update(filmed_on="9999-12-31"),
        lambda d: d["visit"].update(filmed_on="0001-01-01"),
        lambda d: next(m for m in d["metrics"] if m["value"] is not None).update(ci95_low=1e9),
        lambda d: next(m for m in d["metrics"] if m["value"] is not None).update(value=1e308, ci95_high=1e308),
    ],
)
def test_one_document_that_does_not_hold_together_harms_no_other(tmp_path: Path, change: Callable[[Any], Any]) -> None:
    club = save(tmp_path, athlete("Ann"), athlete("Ben"))
    path = results_folders(club)[1] / "analysis.json"
    table = json.loads(path.read_text())
    change(table)
    path.write_text(json.dumps(table))
    assert [row["athlete"] for row in rows(club)] == ["Ann"]
    assert "damaged" in (club / "board.html").read_text(encoding="utf-8")


def test_a_quality_note_without_its_numbers_is_still_told(tmp_path: Path) -> None:
    document = athlete("Ann")
    note = {"code": "few_steps", "severity": "warning", "parameters": {}, "clip": 0}
    table = {**json.loads(document.to_json()), "quality": [note]}
    save(tmp_path, document)
    (results_folders(tmp_path)[0] / "analysis.json").write_text(json.dumps(table))
    assert rows(tmp_path)[0]["quality"] == "Few steps"


def test_the_printed_board_keeps_what_must_be_known_first(tmp_path: Path) -> None:
    notes = [
        {"code": "strange_pictures", "severity": "warning", "parameters": {"times": 2.0}, "clip": 0},
        {"code": "few_steps", "severity": "warning", "parameters": {"steps": 5}, "clip": 0},
    ]
    document = athlete("Ann")
    save(tmp_path, document)
    table = {**json.loads(document.to_json()), "quality": notes}
    (results_folders(tmp_path)[0] / "analysis.json").write_text(json.dumps(table))
    assert all(word in rows(tmp_path)[0]["quality"] for word in ("unlike", "on one side"))
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "board.pdf").pages)
    assert "unlike" in text and "on one side" not in text and "% of leg, " not in text


def test_a_board_with_real_names_stays_out_of_the_club_s_folder(tmp_path: Path) -> None:
    club = tmp_path / "club"
    key = open_key(tmp_path / "key.json", club)
    save(club, athlete(key.of("Ann Miller")))
    (tmp_path / "mine").mkdir()
    write_board(club, names=key.names(), out=tmp_path / "mine")
    assert "Ann Miller" in (tmp_path / "mine" / "board.html").read_text(encoding="utf-8")
    assert not any(b"Ann Miller" in p.read_bytes() for p in club.rglob("*") if p.is_file())


def test_every_visit_is_found_once_however_deep(tmp_path: Path) -> None:
    save(tmp_path, athlete("Ann"))
    inner = results_folders(tmp_path)[0] / "copy"
    inner.mkdir()
    (inner / "analysis.json").write_text("{}")
    assert len(results_folders(tmp_path)) == 1
    with open_index(tmp_path) as index:
        assert list(index.refresh().visits) == ["Ann"]


def test_a_board_speaks_german_and_says_what_to_do_first(tmp_path: Path) -> None:
    """Numbers with comma, the first step in a few words, and no English beside names and codes."""
    club = save(tmp_path, athlete("Ann 2.5", fppa=(21.5, 2.0)), athlete("Ben", story="01_healthy"))
    (club / "athletes" / "000" / "2026-11-02" / LEADING_STILL).write_text("<svg/>", encoding="utf-8")
    page = write_board(club, language="de").read_text(encoding="utf-8")
    assert '<html lang="de">' in page and "Ann 2.5" in page
    assert re.search(r"21,5 ± 2,0", page) and not re.search(r"21\.5", page)
    told = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", page, flags=re.S)
    assert not re.search(r"\b(the|and|with|steps|typical)\b", told), told
    assert page.count("<img ") == 1 and 'src="athletes/000/2026-11-02/leading.svg"' in page
    rows = list(csv.DictReader(io.StringIO((club / "board.csv").read_text(encoding="utf-8-sig"))))
    assert {row["first_step"] for row in rows} <= {"weniger laufen", "Knie auseinander", "weiterlaufen, wieder filmen",
                                                   "laufen und gehen", "schnellere Schritte"}  # fmt: skip


def test_every_first_step_has_its_words_in_every_language() -> None:
    for language in languages():
        wording = load_wording(language)
        assert set(wording.board["board"]["first_steps"]) == set(get_args(Kind)) - {"cue"}
        assert all(wording.drills[drill]["brief"] for drill in EVIDENCE.drills)
