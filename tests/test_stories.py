"""Written runners, from numbers and answers to the plan a physiotherapist would defend; see docs/cases.md."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest

from gaitcheck.analysis import load
from gaitcheck.interview import as_toml
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
        assert first.index("See a") < first.index("When to stop")
        assert "12 sessions" not in page


@pytest.mark.parametrize("name", ["07_everything", "08_red_flag"])
def test_a_story_is_drawn_from_the_command(name: str, rear_results, tmp_path: Path) -> None:
    _draw(name, rear_results, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in STORIES if n not in ("07_everything", "08_red_flag")])
def test_every_other_story_is_drawn_too(name: str, rear_results, tmp_path: Path) -> None:
    _draw(name, rear_results, tmp_path)
