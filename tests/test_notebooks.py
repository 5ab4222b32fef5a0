"""Every notebook runs from its first cell to its last, as a reader would run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import matplotlib
import pytest

import gaitcheck.metrics

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAKES_THE_DEMO = "01_clip_to_report"


def test_there_are_the_notebooks_that_readme_and_docs_name() -> None:
    named = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert all(path.name in named for path in NOTEBOOKS) and len(NOTEBOOKS) == 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, rear_results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    for name in ("docs", "sample_videos"):
        (tmp_path / name).symlink_to(ROOT / name)
    if path.stem != MAKES_THE_DEMO:
        shutil.copytree(rear_results[0], tmp_path / "demo-report")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gaitcheck.metrics, "__path__", list(gaitcheck.metrics.__path__))
    names: dict[str, Any] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_what_it_showed(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert any(cell["outputs"] for cell in code)
    assert not any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
    text = path.read_text(encoding="utf-8")
    assert "/work/" not in text and "/home/" not in text and path.stat().st_size < 400_000
