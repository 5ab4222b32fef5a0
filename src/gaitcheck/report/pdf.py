"""The PDF, set by typst. Text reaches the template as data, so no name can be markup."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import Brand
from gaitcheck.report.content import Content

Paper = Literal["a4", "us-letter"]
TEMPLATE = "report.typ"


def font_folder() -> Path:
    """DejaVu, as matplotlib brings it: Latin, Greek, Cyrillic, Arabic, Hebrew and more, for names in any of them."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def write_pdf(content: Content, assets: Assets, brand: Brand, paper: Paper, target: Path) -> None:
    """Set the report from the assets' folder, which is written to, into ``target``."""
    data = asdict(content) | {
        "finding_stills": assets.findings,
        "stills": [asdict(still) for still in assets.stills],
        "figures": [asdict(figure) for figure in assets.figures],
        "drawings": assets.drawings,
        "brand": {"name": brand.name, "contact": brand.contact, "colour": brand.colour, "logo": brand.logo is not None},
        "paper": paper,
    }
    if brand.logo is not None:
        (assets.folder / "logo.png").write_bytes(brand.logo)
    (assets.folder / "content.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    template = (files("gaitcheck.report") / "templates" / TEMPLATE).read_text(encoding="utf-8")
    (assets.folder / TEMPLATE).write_text(template, encoding="utf-8")
    pdf = typst.compile(str(assets.folder / TEMPLATE), root=str(assets.folder), font_paths=[str(font_folder())])
    target.write_bytes(pdf)
