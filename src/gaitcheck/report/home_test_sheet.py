"""The home tests, drawn and explained, on paper, with room for the numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from gaitcheck.analysis.store import check_file_target, write_whole
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.report.drawing import drawing_svg
from gaitcheck.report.typesetting import TEMPLATES, typeset
from gaitcheck.wording import Wording, load_wording


def _test(name: str, evidence: Evidence, wording: Wording) -> dict[str, Any]:
    text, test = wording.home_tests.get(name, {}), evidence.home_tests[name]
    sides = ("both",) if test.sides == "both" else ("left", "right")
    return {
        "name": name,
        "title": wording.named("home_tests", name),
        **{key: text.get(key, "") for key in ("need", "how", "score", "means")},
        "sides": ["" if side == "both" else wording.words[side] for side in sides],
        "keys": [f"tests.{name}.{side}" for side in sides],
        "drawing": drawing_svg(name, wording.named("home_tests", name)) is not None,
        "sources": [evidence.sources[key].citation for key in test.sources],
        "derived": test.derived[:1].upper() + test.derived[1:],
    }


def write_home_test_sheet(target: Path, *, replace: bool = False, language: str = "en") -> None:
    """Write the sheet as a PDF.

    Raises
    ------
    UsageError
        If something is there already.
    OutputError
        If it can't be written.
    """
    check_file_target(target, replace=replace)
    evidence, wording = load_evidence(), load_wording(language)
    data = {
        "language": wording.language,
        "tests": [_test(name, evidence, wording) for name in evidence.home_tests],
        "text": wording.report["home_tests"],
        "limits": wording.report["report"]["not_a_diagnosis"],
    }
    with tempfile.TemporaryDirectory(prefix="gaitcheck-tests-") as folder:
        place = Path(folder)
        for name in evidence.home_tests:
            svg = drawing_svg(name, wording.named("home_tests", name))
            if svg is not None:
                (place / f"{name}.svg").write_text(svg, encoding="utf-8")
        pdf = typeset(TEMPLATES / "home_tests.typ", data, place)
    write_whole(target, pdf)
