"""A house that others can build on: what is added is added by its own files alone, and reaches every output.

A copy of the package gets a metric, a drill, a view, an export, a kept table, a drawing and a language; nothing in it
is edited. One analysis then shows them all.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

import gaitcheck
from gaitcheck.pose.models import model_path
from gaitcheck.samples import sample_clip

SOURCE = Path(gaitcheck.__file__).parent
METRIC = '''"""Height of the knee."""
from gaitcheck.metrics.definition import Curve, Metric


def height(motion, side, calibration):
    return motion.point(f"{side}_knee")[:, 1] / calibration.leg_length_px


def compute(motion, stance, calibration):
    over_time = height(motion, stance.side, calibration)
    return float(over_time[motion.window(stance.initial_contact_s, stance.toe_off_s)].mean())


METRIC = Metric(
    "knee_height", "any", "leg_length", compute, ("knee",), 99, ("heuristic",), curve=Curve("knee_height", height),
    headline=0, board=0,
)
'''
DRAWING = '''"""A cross at the knee."""
from gaitcheck.report.pictures.drawn.definition import Drawing


def draw(pen, leg, label):
    pen.line(leg.knee, leg.knee + 0.1 * leg.length * leg.outward, "#c0ffee")


DRAWING = Drawing(("knee_height",), "frontal", draw, place=9)
'''
VIEW = '''"""A camera on the treadmill's own stand, behind the runner."""
from gaitcheck.views.definition import View

VIEW = View("stand_behind", "frontal", 180.0, -1.0, ("left", "right"), (("ankle", 1, -20.0), ("wrist", 1, 85.0)))
'''
TABLE = '''"""How many steps there are."""
from gaitcheck.analysis.kept.definition import KeptTable

TABLE = KeptTable("steps.txt", lambda tracks, path: path.write_text(str(len(tracks.strides))))
'''
EXPORT = '''"""Cadence alone."""
from gaitcheck.exports.definition import Export


def write(exported, path):
    path.write_text(f"{exported.measured.estimate('cadence').value:.1f}")


EXPORT = Export("txt", ".txt", "cadence alone", write)
'''
DRILL = """name = "hum_a_tune"
risk_factors = []
order = 9
strength = "heuristic"
sources = ["heuristic"]
"""
DRILL_WORDS = """title = "Hum a tune"
brief = "humming"
cue = "Hum, and let the shoes be quieter than you."
how = "Hum a tune you like while you run."
feedback = "the tune"
stop = "Stop running and walk for the day if your knee hurts more than 2 of 10."
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """The copy, and the files that each addition took."""
    root = tmp_path_factory.mktemp("house")
    package = root / "gaitcheck"
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__"))
    if not (package / "models").exists():
        (package / "models").symlink_to(model_path("auto").parent)
    drawing = (package / "report" / "drawings" / "line_either_side.toml").read_text(encoding="utf-8")
    added = {
        "metric": {"metrics/frontal/knee_height.py": METRIC, "report/pictures/drawn/knee_height.py": DRAWING},
        "drill": {
            "evidence/drills/hum_a_tune.toml": DRILL,
            "wording/en/drills/hum_a_tune.toml": DRILL_WORDS,
            "report/drawings/hum_a_tune.toml": drawing,
        },
        "view": {"views/stand_behind.py": VIEW},
        "table": {"analysis/kept/steps.py": TABLE},
        "export": {"exports/plain.py": EXPORT},
    }
    for files in added.values():
        for name, text in files.items():
            assert not (package / name).exists()
            (package / name).write_text(text, encoding="utf-8")
    shutil.copytree(package / "wording" / "en", package / "wording" / "xx")
    words = package / "wording" / "xx" / "report.toml"
    text = words.read_text(encoding="utf-8").replace("A training aid, not a medical device", "XX AID")
    words.write_text(text.replace('language = "en"', 'language = "xx"'), encoding="utf-8")
    return root, {kind: sorted(files) for kind, files in added.items()}


def _run(root: Path, *words: str) -> str:
    told = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-m", "gaitcheck.cli", *words], capture_output=True, text=True, env=told, cwd=root
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shown(house: tuple[Path, dict[str, list[str]]]) -> Path:
    """One analysis with everything that was added."""
    root, _ = house
    (root / "answers.toml").write_text(
        "[you]\nage = 30\nsex = 'F'\n[pain]\nworst_week = 2\nrunning = 1\nwhere = 'around_kneecap'\nside = 'right'\n"
        "[training]\nkm_per_week = 20\nsessions_per_week = 3\n[trial]\nhum_a_tune = true\n"
    )
    clip = str(sample_clip("rear_valgus_crossover"))
    told = ["--end", "5", "--language", "xx", "--intake", "answers.toml", "--camera-roll", "0"]
    _run(root, "analyze", clip, "--out", "results", *told)
    return root / "results"


def test_how_many_files_an_addition_takes(house: tuple[Path, dict[str, list[str]]]) -> None:
    assert {kind: len(files) for kind, files in house[1].items()} == {
        "metric": 2, "drill": 3, "view": 1, "table": 1, "export": 1,
    }  # fmt: skip


def test_a_metric_reaches_document_curves_still_page_pdf_tables_and_exports(
    shown: Path, house: tuple[Path, dict[str, list[str]]]
) -> None:
    document = json.loads((shown / "analysis.json").read_text(encoding="utf-8"))
    own = [metric for metric in document["metrics"] if metric["name"] == "knee_height"]
    assert {metric["side"] for metric in own} == {"left", "right"} and not any(m["validated"] for m in own)
    assert all(metric["position"] == "not_rated" and metric["ci95_low"] is not None for metric in own)
    measured = [m for m in document["metrics"] if m["unit"] == "leg_length" and m["value"] is not None]
    sds = {m["name"]: math.hypot(m["uncertainty"]["landmarks"], m["uncertainty"]["other_pictures"]) for m in measured}
    assert sds["knee_height"] >= 0.99 * max(sds.values()), "lent the least certain of its unit, whatever makes it so"
    assert any(curve["metric"] == "knee_height" for curve in document["curves"])
    page = (shown / "report.html").read_text(encoding="utf-8")
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(shown / "report.pdf").pages)
    assert "its own errors were never measured" in page
    assert "Knee height" in page and "Knee height" in text and "#c0ffee" in page
    assert "knee_height" in (shown / "strides.csv").read_text(encoding="utf-8")
    root, _ = house
    _run(root, "export", "results", "--as", "csv", "--out", "exported")
    assert "knee_height" in (root / "exported" / "rear.csv").read_text(encoding="utf-8")


def test_a_drill_is_asked_about_chosen_and_drawn(shown: Path) -> None:
    document = json.loads((shown / "analysis.json").read_text(encoding="utf-8"))
    assert document["plan"]["retraining"]["drill"] == "hum_a_tune"
    page = (shown / "report.html").read_text(encoding="utf-8")
    assert "Hum, and let the shoes be quieter than you." in page and "Hum a tune" in page


def test_a_language_is_a_folder(shown: Path) -> None:
    page = (shown / "report.html").read_text(encoding="utf-8")
    assert "XX AID" in page and 'lang="xx"' in page


def test_a_kept_table_and_an_export_are_written(shown: Path, house: tuple[Path, dict[str, list[str]]]) -> None:
    root, _ = house
    assert int((shown / "steps.txt").read_text()) > 50
    _run(root, "export", "results", "--as", "txt", "--out", "words")
    assert float((root / "words" / "rear.txt").read_text()) == pytest.approx(169, abs=2)


def test_a_view_is_measured_as_far_as_it_was_held_against_truth(house: tuple[Path, dict[str, list[str]]]) -> None:
    """Contacts come from physics, nothing learned applies, and no joint is rated."""
    root, _ = house
    clip = str(sample_clip("rear_valgus_crossover"))
    _run(root, "analyze", clip, "--out", "stand", "--end", "5", "--view", "stand_behind", "--camera-roll", "0")
    document = json.loads((root / "stand" / "analysis.json").read_text(encoding="utf-8"))
    assert document["clips"][0]["view"] == "stand_behind"
    by_name = {(metric["name"], metric["side"]): metric for metric in document["metrics"]}
    assert by_name["cadence", "both"]["value"] == pytest.approx(169, abs=2)
    assert by_name["frontal_plane_projection_angle", "left"]["reason"] == "never_held_against_truth"
    assert "stand behind" in (root / "stand" / "report.html").read_text(encoding="utf-8").lower()


def test_a_declaration_that_cannot_be_right_is_refused_by_what_may_stand_there() -> None:
    from gaitcheck.metrics.definition import Metric

    good: dict[str, object] = {
        "name": "x", "plane": "any", "unit": "deg", "compute": lambda *_: 0.0, "joints": ("knee",), "order": 1,
        "source_keys": ("heuristic",),
    }  # fmt: skip
    Metric(**good)  # type: ignore[arg-type]
    for field, wrong, said in (
        ("unit", "rad", "unit can't be 'rad'; use deg"),
        ("plane", "transverse", "plane can't be 'transverse'; use any, frontal, sagittal"),
        ("joints", ("banana",), "joints can't be 'banana'; use ankle"),
    ):
        with pytest.raises(ValueError, match=said):
            Metric(**{**good, field: wrong})  # type: ignore[arg-type]
