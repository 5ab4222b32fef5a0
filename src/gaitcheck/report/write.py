"""Everything a results folder shows, made anew from its document, landmarks and proxy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.store import numbered
from gaitcheck.errors import InputError
from gaitcheck.report.content import Writer
from gaitcheck.report.figures import curve_groups, write_curves, write_foot_strip
from gaitcheck.report.html import write_html
from gaitcheck.report.pdf import write_pdf
from gaitcheck.report.pictures import read_tracks, write_overlay, write_still
from gaitcheck.views import view_named


@dataclass(frozen=True)
class Images:
    """Picture files in a folder: stills as (file, caption), figures as files."""

    folder: Path
    stills: list[tuple[str, str]]
    figures: list[str]


def _images(analysis: Analysis, writer: Writer, folder: Path, assets: Path) -> Images:
    stills, figures = [], []
    for clip, about in enumerate(analysis.clips):
        tracks = read_tracks(folder, clip)
        proxy = folder / numbered("proxy", ".mp4", clip)
        write_overlay(analysis, clip, proxy, tracks, folder / numbered("overlay", ".mp4", clip))
        for side in view_named(about.view).visible_sides:
            name = f"still_{clip}_{side}.jpg"
            if write_still(analysis, folder, clip, side, proxy, tracks, assets / name):
                moment = "mid-stance" if about.detector == "frontal" else "initial contact"
                stills.append((name, f"{writer.wording.words[side].capitalize()} {moment}"))
        if write_foot_strip(writer, folder, clip, assets / f"feet_{clip}.svg"):
            figures.append(f"feet_{clip}.svg")
    for (clip, curve), curves in curve_groups(analysis).items():
        name = f"curve_{clip}_{curve}.svg"
        write_curves(writer, curves, assets / name)
        figures.append(name)
    return Images(assets, stills, figures)


def parts(analysis: Analysis) -> tuple[str, ...]:
    """The files of a results folder that a report is drawn from."""
    return ("landmarks.parquet", "strides.csv", *(numbered("proxy", ".mp4", k) for k in range(len(analysis.clips))))


def require_parts(analysis: Analysis, folder: Path) -> None:
    """Refuse a folder that lacks what a report is drawn from.

    Raises
    ------
    InputError
        Naming the first file that is missing.
    """
    for name in parts(analysis):
        if not (folder / name).is_file():
            raise InputError(f"{folder} lacks {name}; run gaitcheck analyze again.")


def write_report(analysis: Analysis, folder: Path, progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
    """Write overlay, PDF and page into ``folder``, which holds landmarks, strides and proxy.

    Raises
    ------
    InputError
        If the folder lacks what the report is drawn from.
    """
    require_parts(analysis, folder)
    writer = Writer(analysis)
    content = writer.write()
    assets = Path(tempfile.mkdtemp(prefix="gaitcheck-report-"))
    try:
        images = _images(analysis, writer, folder, assets)
        progress("report", 1, 2)
        write_pdf(content, images.folder, images.stills, images.figures, folder / "report.pdf")
        overlays = [numbered("overlay", ".mp4", k) for k in range(len(analysis.clips))]
        write_html(content, images.folder, images.stills, images.figures, overlays, folder / "report.html")
    finally:
        shutil.rmtree(assets, ignore_errors=True)
