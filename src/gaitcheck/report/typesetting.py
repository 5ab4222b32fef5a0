"""One way to paper: a template and its data, set by typst. Text reaches the template as data, so none can be markup."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATES = files("gaitcheck.report") / "templates"
PDF_STANDARD: Literal["ua-1"] = "ua-1"
"""For everybody: typst refuses pictures without a description, a missing language, skipped headings."""
FONTS = files("gaitcheck.report") / "fonts"
"""Source Sans Pro, the one face of print, plots and page."""


def font_folders() -> list[Path]:
    """The report's own face, and DejaVu as matplotlib brings it, for names in any writing."""
    import matplotlib

    return [Path(str(FONTS)), Path(matplotlib.get_data_path()) / "fonts" / "ttf"]


def typeset(template: Traversable, data: dict[str, Any], folder: Path, ppi: float | None = None) -> bytes:
    """The PDF of a template, or with ``ppi`` its one page as PNG; ``folder`` holds its pictures and is written to."""
    (folder / "content.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    place = folder / template.name
    place.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    faces = [str(folder) for folder in font_folders()]
    if ppi is not None:
        return bytes(typst.compile(str(place), root=str(folder), font_paths=faces, format="png", ppi=ppi))
    try:
        return bytes(typst.compile(str(place), root=str(folder), font_paths=faces, pdf_standards=PDF_STANDARD))
    except typst.TypstError as error:
        # A name in a writing that no font here has can't be in a document for everybody; it still gets its report.
        if not str(error).startswith("PDF/UA"):
            raise
        return bytes(typst.compile(str(place), root=str(folder), font_paths=faces))
