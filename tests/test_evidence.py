"""The evidence: nothing without a source, no source without a use, words for everything, documents up to date."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from gaitcheck.advice.checkin import WAITS
from gaitcheck.advice.intake import questions
from gaitcheck.errors import UsageError
from gaitcheck.evidence import EvidenceError, check, load_evidence, read_evidence
from gaitcheck.metrics import all_metrics
from gaitcheck.report.drawing import drawing_svg
from gaitcheck.report.evidence_text import evidence_about, evidence_document, evidence_names
from gaitcheck.wording import load_wording

EVIDENCE, WORDING = load_evidence(), load_wording()
CITED_BY_METRICS = {key for metric in all_metrics() for key in metric.source_keys}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the evidence folder to break."""
    return Path(shutil.copytree(str(files("gaitcheck.evidence")), tmp_path / "evidence"))


def test_every_norm_fault_and_metric_fits_together() -> None:
    names = {metric.name for metric in all_metrics()}
    assert set(EVIDENCE.norms) <= names
    assert all(EVIDENCE.drills_for(name) for name in EVIDENCE.risk_factors)
    for factor in EVIDENCE.risk_factors.values():
        assert {*factor.leading, *factor.supporting} <= names
        assert set(factor.leading) <= set(EVIDENCE.norms)
    assert set(EVIDENCE.sources) >= CITED_BY_METRICS
    tests = {t for e in EVIDENCE.exercises.values() for t in e.for_tests}
    tests |= {t for c in EVIDENCE.causes.values() for t in c.tests}
    tests |= {s.test for s in EVIDENCE.signs.values() if s.test}
    assert tests <= set(EVIDENCE.home_tests)
    asked = {f"{table}.{key}" for table, key, _ in questions()}
    assert {s.answer for s in EVIDENCE.signs.values() if s.answer} <= asked
    assert {a for c in EVIDENCE.causes.values() for a in c.answers} <= asked


@pytest.mark.parametrize(
    "kind",
    ["risk_factors", "drills", "exercises", "home_tests", "red_flags", "causes", "treatments", "statements"],
)
def test_there_are_words_for_everything_and_no_words_for_nothing(kind: str) -> None:
    assert set(getattr(WORDING, kind)) == set(getattr(EVIDENCE, kind))


def test_questions_cautions_signs_and_rules_have_their_words() -> None:
    assert {f"{t}.{k}" for t, k, _ in questions()} == set(WORDING.intake["questions"])
    assert {c for n in EVIDENCE.norms.values() for c in n.cautions} == set(WORDING.cautions)
    assert {*EVIDENCE.signs, "single_run_spike", "run_after_none"} == set(WORDING.signs)
    assert {*(r.name for r in EVIDENCE.checkin_rules.rules), WAITS} == set(WORDING.checkin["rules"])
    assert {r.name for r in EVIDENCE.ladder.rungs} | {"uninjured"} == set(WORDING.plan["rungs"])
    assert all(len(e["levels"]) == 3 for e in WORDING.exercises.values())


def test_a_hop_is_never_asked_for() -> None:
    assert not any("hop" in name for name in EVIDENCE.home_tests)
    assert all("hop" not in str(text).lower().split() for text in WORDING.home_tests.values())


def test_every_home_test_is_drawn() -> None:
    for name in EVIDENCE.home_tests:
        svg = drawing_svg(name, 'a "quoted" <name>')
        assert svg is not None
        assert "<name>" not in svg


ADDUCTION = 'sources = ["bramah2018", "heuristic"]'


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("drills/step_rate.toml", '"bramah2019", ', '"nobody2030", ', "nobody2030"),
        (
            "norms/hip_adduction.toml",
            'sources = ["bramah2018", "heuristic"]',
            "sources = []",
            "sources",
        ),
        ("norms/hip_adduction.toml", f"{ADDUCTION}\n", "", "sources"),
        ("exercises/bridge.toml", 'name = "bridge"', 'name = "arch"', "bridge"),
        ("exercises/bridge.toml", "reps = [10, 15]", "", "reps or hold_s"),
        ("ladder.toml", "each_at_least = 2", "each_at_least = ", "ladder.toml"),
        ("pain_rule.toml", "running_highest = 2", 'running_highest = "two"', "running_highest"),
    ],
)
def test_what_has_no_source_or_makes_no_sense_is_refused(copy: Path, file: str, old: str, new: str, words: str) -> None:
    path = copy / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=words):
        check(read_evidence(copy), CITED_BY_METRICS)


def test_a_source_that_nobody_cites_is_refused(copy: Path) -> None:
    path = copy / "sources.toml"
    path.write_text(path.read_text() + '\n[idle2020]\nauthors = "A"\ntitle = "B"\nread = "page"\nstrength = "low"\n')
    with pytest.raises(EvidenceError, match="idle2020"):
        check(read_evidence(copy), CITED_BY_METRICS)


def test_adding_a_drill_is_adding_a_file(copy: Path) -> None:
    (copy / "drills" / "arms_relaxed.toml").write_text(
        'name = "arms_relaxed"\nrisk_factors = ["overstride"]\norder = 0\nstrength = "heuristic"\n'
        'sources = ["heuristic"]\n'
    )
    evidence = read_evidence(copy)
    check(evidence, CITED_BY_METRICS)
    assert evidence.drills_for("overstride")[0].name == "arms_relaxed"
    assert WORDING.named("drills", "arms_relaxed") == "Arms relaxed"


def test_evidence_answers_by_name() -> None:
    text = evidence_about("hip_adduction")
    assert "9.7" in text
    assert "Bramah" in text
    assert "Cited by:" in evidence_about("frandsen2025")
    assert "step_rate" in evidence_names()
    with pytest.raises(UsageError, match="moon_phase"):
        evidence_about("moon_phase")


def test_the_evidence_document_is_that_of_this_version() -> None:
    path = Path(__file__).parents[1] / "docs" / "evidence.md"
    assert path.read_text(encoding="utf-8") == evidence_document(), "run gaitcheck evidence --all > docs/evidence.md"


def test_the_command_prints_what_stands_behind_a_rating() -> None:
    command = [sys.executable, "-m", "gaitcheck.cli", "evidence"]
    done = subprocess.run([*command, "contralateral_pelvic_drop"], capture_output=True, text=True, check=True)
    assert "Odds" not in done.stdout
    assert "mean 3.7, SD 1.9" in done.stdout
    done = subprocess.run([*command, "nothing_here"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
