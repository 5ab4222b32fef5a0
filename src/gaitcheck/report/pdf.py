"""The report as PDF."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Literal

from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import Brand
from gaitcheck.report.content import Content
from gaitcheck.report.typesetting import TEMPLATES, typeset

Paper = Literal["a4", "us-letter"]


def write_pdf(content: Content, assets: Assets, brand: Brand, paper: Paper, target: Path) -> None:
    """Set the report from the assets' folder, which is written to, into ``target``."""
    data = asdict(content) | {
        "finding_stills": assets.findings,
        "stills": [asdict(still) for still in assets.stills],
        "figures": [asdict(figure) for figure in assets.figures],
        "drawings": assets.drawings,
        "who": assets.who,
        "brand": {"name": brand.name, "contact": brand.contact, "colour": brand.colour, "logo": brand.logo is not None},
        "paper": paper,
    }
    if brand.logo is not None:
        (assets.folder / "logo.png").write_bytes(brand.logo)
    target.write_bytes(typeset(TEMPLATES / "report.typ", data, assets.folder))
