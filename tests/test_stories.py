"""Written runners, from numbers and answers to the plan a physiotherapist would defend; see docs/cases.md."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest

from gaitcheck.analysis import load
from gaitcheck.evidence import load_evidence
from gaitcheck.interview import as_toml
from gaitcheck.pipeline import advise_again
from gaitcheck.report.content import Writer
from tests import cases

STORIES = cases.stories()


@pytest.mark.parametrize("name", list(STORIES))
def test_the_plan_is_the_defended_one(name: str) -> None:
    story, analysis = STORIES[name], cases.visit(STORIES[name])
    expect, plan = story["expect"], analysis.plan
    assert plan.situation == expect["situation"]
    assert list(plan.withheld) == expect.get("withheld", [])
    assert analysis.situation.urgency == expect.get("urgency")
    assert [f"{p.name}:{p.level}" for p in plan.exercises] == expect["exercises"]
    assert (plan.retraining.drill if plan.retraining else "") == expect["drill"]
    if plan.retraining:
        assert plan.retraining.starts == expect["starts"]
    assert (plan.relative_rest.rung_name if plan.relative_rest else None) == expect.get("rung")
    if "cut_first" in expect:
        assert plan.relative_rest.cut_first[0] == expect["cut_first"]
    if "severity" in expect:
        assert plan.recovery.severity == expect["severity"]
    assert [g.name for g in analysis.risk_picture if g.speaks] == expect["speaks"]
    assert set(expect.get("statements", [])) <= set(plan.statements)
    causes = {f"{c.name}:{c.risk_factor}:{c.side}" for c in analysis.causes}
    assert set(expect.get("causes", [])) <= causes
    assert causes == set() or expect.get("causes")


@pytest.mark.parametrize("name", list(STORIES))
def test_the_report_says_it_and_every_claim_has_a_source(name: str) -> None:
    story, content = STORIES[name], Writer(cases.visit(STORIES[name])).write()
    text = " ".join(cases.words(content))
    for phrase in story["expect"]["says"]:
        assert phrase in text
    for phrase in story["expect"].get("says_not", []):
        assert phrase not in text
    assert all(line.endswith("]") for group in content.picture.groups for line in group.lines)
    assert all(line.endswith("]") for line in (*content.plan.statements, *content.references, *content.picture.causes))
    assert all(e.sources for e in content.plan.exercises)
    assert all(f.sources for f in content.findings)
    assert content.plan.cue is None or content.plan.cue.sources
    assert len(content.sources) == len(set(content.sources))


def test_the_cases_document_is_that_of_this_version() -> None:
    assert cases.TARGET.read_text(encoding="utf-8") == cases.document(), "run python -m tests.cases"


def _results(rear_results: tuple[Path, Any], story: dict[str, Any], folder: Path) -> Path:
    """A results folder with a real clip's pictures and a story's numbers and answers."""
    shutil.copytree(rear_results[0], folder)
    base = load(folder)
    told = {(m.name, m.side): m for m in cases.measured(story).metrics}
    metrics = [m.model_copy(update={"clip": 0 if m.value is not None else None}) for m in told.values()]
    (folder / "checksums.txt").unlink(missing_ok=True)
    (folder / "analysis.json").write_text(base.model_copy(update={"metrics": metrics}).to_json())
    (folder.parent / "answers.toml").write_text(as_toml(story["answers"]))
    return folder


def _draw(name: str, rear_results: tuple[Path, Any], tmp_path: Path) -> None:
    from gaitcheck.pipeline import report_again

    folder = _results(rear_results, STORIES[name], tmp_path / "results")
    analysis = report_again(folder, (tmp_path / "answers.toml",))
    assert analysis.plan == load(folder).plan
    expect = STORIES[name]["expect"]
    assert analysis.plan.situation == expect["situation"]
    first = " ".join(pypdf.PdfReader(folder / "report.pdf").pages[0].extract_text().split())
    page = (folder / "report.html").read_text()
    content = Writer(analysis).write()
    assert content.headline in first
    assert content.headline.replace("'", "&#39;") in page
    if expect.get("urgency"):
        assert first.index("See a") < first.index("When to get help")
        assert "12 sessions" not in page


@pytest.mark.parametrize("name", ["07_everything", "08_red_flag"])
def test_a_story_is_drawn_from_the_command(name: str, rear_results, tmp_path: Path) -> None:
    _draw(name, rear_results, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in STORIES if n not in ("07_everything", "08_red_flag")])
def test_every_other_story_is_drawn_too(name: str, rear_results, tmp_path: Path) -> None:
    _draw(name, rear_results, tmp_path)


def _content(name: str, filmed_on: dt.date | None = None, **metrics: Any) -> Any:
    """A story's report, filmed on a day, some of its values changed."""
    analysis = cases.visit(STORIES[name])
    changed = [m.model_copy(update=metrics.get(f"{m.name}_{m.side}", {})) for m in analysis.metrics]
    visit = analysis.visit.model_copy(update={"filmed_on": filmed_on})
    analysis = analysis.model_copy(update={"metrics": changed, "visit": visit})
    assert analysis.intake is not None
    return Writer(advise_again(analysis, analysis.intake, [], cases.TODAY)).write()


@pytest.mark.parametrize("name", ["02_valgus_only", "13_nothing_answered"])
def test_an_old_film_is_told_and_chooses_no_cue(name: str) -> None:
    fresh, old = (_content(name, cases.TODAY - dt.timedelta(days=days)) for days in (42, 43))
    assert fresh.plan.cue is not None or "feet" in fresh.plan.no_cue or "knees" in fresh.plan.no_cue
    assert not any("how you ran then" in line for line in fresh.before_all)
    assert "how you ran then" in old.before_all[0]
    assert old.plan.cue is None and "too old" in old.plan.no_cue
    assert old.plan.review.startswith(("Film now", "Film at your next run")) and old.findings


def test_what_nobody_answered_is_asked_the_most_urgent_first() -> None:
    groups = _content("13_nothing_answered").plan.open_flags
    assert [g.when.split()[0:5] for g in groups] == [
        ["Go", "to", "an", "emergency", "department"], ["See", "a", "doctor", "today", "or"],
        ["See", "a", "doctor", "or", "physiotherapist"],
    ]  # fmt: skip
    assert any("short of breath" in sign for sign in groups[0].signs)
    assert sum(len(g.signs) for g in groups) == len(load_evidence().asked_flags)


def test_a_value_no_study_saw_is_to_be_looked_at_before_it_is_believed() -> None:
    far = {"value": 30.0, "ci95_low": 26.0, "ci95_high": 34.0}
    said = _content("02_valgus_only", frontal_plane_projection_angle_right=far).first
    assert any("Look at the picture before you believe it" in line for line in said)
    assert not any("Look at the picture" in line for line in _content("01_healthy").first)


def test_good_news_is_only_what_likely_lies_within_the_first_limit() -> None:
    """Typical may be said of a value at the limit, since it is unlikely to be of concern; good news may not."""
    at_limit = {"value": 7.2, "ci95_low": 5.2, "ci95_high": 9.2}
    content = _content("01_healthy", frontal_plane_projection_angle_right=at_limit)
    bar = next(bar for bar in content.bars if bar.name == "frontal_plane_projection_angle")
    assert {s.side_code: s.rating_code for s in bar.sides} == {"left": "typical", "right": "typical"}
    assert "Your left knee stays in line." in [g.sentence for g in content.good]
    assert [t.text for t in bar.ticks] == ["0°", "7.3°", "10.6°"] and "inward" in bar.ways


def test_what_two_findings_share_is_told_once() -> None:
    far = {"value": 15.0, "ci95_low": 12.0, "ci95_high": 18.0}
    found = _content("02_valgus_only", frontal_plane_projection_angle_left=far).findings
    assert [f.title for f in found[:2]] == ["Knee turning in"] * 2
    assert [bool(f.meaning) for f in found[:2]] == [False, True]
