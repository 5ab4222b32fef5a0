"""One way to paper: a template and its data, set by typst. Text reaches the template as data, so none can be markup."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import typst


def font_folder() -> Path:
    """DejaVu, as matplotlib brings it: Latin, Greek, Cyrillic, Arabic, Hebrew and more, for names in any of them."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


TEMPLATES = files("gaitcheck.report") / "templates"


def typeset(template: Traversable, data: dict[str, Any], folder: Path) -> bytes:
    """The PDF of a template; ``folder`` holds its pictures and is written to."""
    (folder / "content.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    place = folder / template.name
    place.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return bytes(typst.compile(str(place), root=str(folder), font_paths=[str(font_folder())]))
