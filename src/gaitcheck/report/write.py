"""Everything a results folder shows, made anew from its document, landmarks and proxy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.review import Review, reviewed
from gaitcheck.analysis.store import LEADING_STILL, numbered, require_intact
from gaitcheck.errors import InputError
from gaitcheck.report.assets import make_assets
from gaitcheck.report.content import Content, Writer
from gaitcheck.report.content.localised import localised
from gaitcheck.report.content.signed import sign
from gaitcheck.report.film import write_film
from gaitcheck.report.html import write_html
from gaitcheck.report.pdf import write_pdf
from gaitcheck.report.share import write_share
from gaitcheck.wording import load_wording


def parts(analysis: Analysis) -> tuple[str, ...]:
    """The files of a results folder that a report is drawn from."""
    clips = range(len(analysis.clips))
    first = (numbered("first", ".mp4", k) for k in clips if analysis.clips[k].film_changed)
    return ("landmarks.parquet", "strides.csv", *(numbered("proxy", ".mp4", k) for k in clips), *first)


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
    require_intact(folder, *parts(analysis))


def content_of(analysis: Analysis, review: Review | None) -> tuple[Writer, Content]:
    """What a report says, as signed off if it was."""
    shown = reviewed(analysis, review)
    writer = Writer(shown, load_wording(shown.presentation.language))
    content = localised(writer.write(), writer.wording)
    return writer, content if review is None else sign(content, review, analysis, writer.wording)


def write_report(
    analysis: Analysis,
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    review: Review | None = None,
) -> None:
    """Write overlay, PDF and page into ``folder``, which holds landmarks, strides and proxy.

    Raises
    ------
    InputError
        If the folder lacks what the report is drawn from.
    """
    require_parts(analysis, folder)
    look = analysis.presentation
    writer, content = content_of(analysis, review)
    place = Path(tempfile.mkdtemp(prefix="gaitcheck-report-"))
    try:
        assets = make_assets(writer, content, folder, place)
        progress("report", 1, 2)
        write_pdf(content, assets, look, folder / "report.pdf")
        write_html(writer.analysis, content, assets, folder / "report.html")
        if assets.thumbnail is not None:
            shutil.copyfile(assets.folder / assets.thumbnail, folder / LEADING_STILL)
        if look.share:
            write_share(content, assets, look, folder / "share.png")
            write_film(writer.analysis, content, assets, folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)
