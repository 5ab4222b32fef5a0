"""The PDF, set by typst. Text reaches the template as data, so no name can be markup."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import typst

from gaitcheck.report.content import Content

TEMPLATE = "report.typ"


def write_pdf(content: Content, assets: Path, stills: list[tuple[str, str]], figures: list[str], target: Path) -> None:
    """Set the report from ``assets`` (a writable folder that holds the pictures) into ``target``."""
    data = asdict(content) | {
        "stills": [{"file": file, "caption": caption} for file, caption in stills],
        "figures": figures,
    }
    (assets / "content.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    with (
        (files("gaitcheck.report") / "templates" / TEMPLATE).open("rb") as source,
        (assets / TEMPLATE).open("wb") as copy,
    ):
        shutil.copyfileobj(source, copy)
    typst.compile(str(assets / TEMPLATE), output=str(target), root=str(assets))
