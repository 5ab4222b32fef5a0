"""Time from content to PDF and page, and of the overlay, against decoding the proxy once, in the same run.

    python benchmarks/report_time.py RESULTS_DIR --runs 5

RESULTS_DIR is what ``gaitcheck analyze`` has written; nothing in it is changed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gaitcheck.analysis import load
from gaitcheck.report.assets import make_assets
from gaitcheck.report.content import Writer
from gaitcheck.report.figures import curve_groups, write_curves, write_foot_strip
from gaitcheck.report.html import write_html
from gaitcheck.report.pdf import write_pdf
from gaitcheck.report.pictures.tracks import proxy_frames


def seconds(run: Callable[[], object], runs: int) -> float:
    """Median wall seconds."""
    found = []
    for _ in range(runs):
        started = time.monotonic()
        run()
        found.append(time.monotonic() - started)
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    folder, analysis = options.results, load(options.results)
    writer = Writer(analysis)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for item in folder.iterdir():
            if item.is_file():
                (place / item.name).symlink_to(item.resolve())
        for overlay in place.glob("overlay*.mp4"):
            overlay.unlink()
        into = place / "assets"
        into.mkdir()
        content = writer.write()
        whole = seconds(lambda: make_assets(writer, content, place, into), 1)
        assets = make_assets(writer, content, place, into)

        def printed() -> None:
            said = Writer(analysis).write()
            for clip in range(len(analysis.clips)):
                write_foot_strip(writer, folder, clip, into / f"feet_{clip}.svg")
            for (clip, curve), curves in curve_groups(analysis).items():
                write_curves(writer, curves, into / f"curve_{clip}_{curve}.svg")
            write_pdf(said, assets, analysis.presentation, into / "report.pdf")
            write_html(analysis, said, assets, into / "report.html")

        decode = seconds(lambda: sum(1 for _ in proxy_frames(folder / "proxy.mp4")), options.runs)
        both = seconds(printed, options.runs)
    print(f"decoding the proxy once  {decode:6.2f} s")
    print(f"content to PDF and page  {both:6.2f} s   ratio {both / decode:.2f}")
    print(f"overlay, stills, figures {whole:6.2f} s   ratio {whole / decode:.2f}")


if __name__ == "__main__":
    main()
