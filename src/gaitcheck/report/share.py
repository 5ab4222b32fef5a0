"""One square picture for a message: the poster without a face, whoever looks over a shoulder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from gaitcheck.analysis.document import Presentation
from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import brand_of
from gaitcheck.report.content import Content
from gaitcheck.report.typesetting import TEMPLATES, typeset

SIDE_PX = 1080
SIDE_MM = 270.0
SHOWN = ("title", "headline", "labels", "action", "good", "bars", "limits")
"""What the picture says; a name is not among it."""


def write_share(content: Content, assets: Assets, look: Presentation, target: Path) -> None:
    """Draw the picture from the assets' folder; its still shows the legs alone."""
    whole = asdict(content)
    lead = content.findings[0].lead if content.findings else ""
    brand = brand_of(look)
    bars = sorted(whole["bars"], key=lambda bar: bar["name"] != lead)
    data = {name: whole[name] for name in SHOWN} | {
        "bars": bars,
        "picture_file": assets.legs or "",
        "brand": {"name": brand.name, "colour": brand.colour},
        "language": look.language,
    }
    target.write_bytes(typeset(TEMPLATES / "share.typ", data, assets.folder, ppi=SIDE_PX / SIDE_MM * 25.4))
