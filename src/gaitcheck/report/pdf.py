"""The report as PDF."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from gaitcheck.analysis.document import Presentation
from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import brand_of
from gaitcheck.report.content import Content
from gaitcheck.report.typesetting import TEMPLATES, typeset


def write_pdf(content: Content, assets: Assets, look: Presentation, target: Path) -> None:
    """Set the report from the assets' folder, which is written to, into ``target``."""
    brand = brand_of(look)
    data = asdict(content) | {
        "finding_stills": assets.findings,
        "stills": [asdict(still) for still in assets.stills],
        "key_frames": [asdict(still) for still in assets.key_frames],
        "figures": [asdict(figure) for figure in assets.figures],
        "drawings": assets.drawings,
        "who": assets.who,
        "brand": {"name": brand.name, "contact": brand.contact, "colour": brand.colour, "logo": brand.logo is not None},
        "paper": look.paper,
        "readers": look.readers,
        "language": look.language,
    }
    if brand.logo is not None:
        (assets.folder / "logo.png").write_bytes(brand.logo)
    target.write_bytes(typeset(TEMPLATES / "report.typ", data, assets.folder))
