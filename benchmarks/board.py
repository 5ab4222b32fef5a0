"""How long boards of many athletes take: index, board, page; documents are those of written runners.

    python benchmarks/board.py FOLDER [--athletes 1000] [--visits 2]

Makes FOLDER once, then prints: the first index, the second, the board's three files, and a history. Opening the page is
timed by ``node benchmarks/board_open.mjs FOLDER/board.html``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import cases

from gaitcheck.board.histories import write_histories
from gaitcheck.board.index import NAME, open_index
from gaitcheck.board.write import make_board, write_board

GROUPS = ("U16", "U18", "U20", "Masters")


def make_club(club: Path, athletes: int, visits: int) -> None:
    """Documents of written runners with values moved at random, under names of their own."""
    rng = random.Random(8)
    stories = [json.loads(cases.visit(story).to_json()) for story in cases.stories().values()]
    for k in range(athletes):
        table = rng.choice(stories)
        for n in range(visits):
            day = dt.date(2026, 11, 2) - dt.timedelta(days=30 * (visits - 1 - n))
            folder = club / "athletes" / f"Runner {k:05d}" / str(day)
            if (folder / "analysis.json").exists():
                continue
            folder.mkdir(parents=True)
            moved = json.loads(json.dumps(table))
            moved["athlete"]["name"] = f"Runner {k:05d}"
            moved["visit"] = {"filmed_on": str(day), "shoes": "", "group": GROUPS[k % 4], "note": ""}
            moved["clips"][0]["sha256"] = f"{k:05d}{n:05d}".ljust(64, "0")
            for metric in moved["metrics"]:
                if metric["value"] is not None and metric["unit"] != "fraction":
                    by = rng.gauss(0.0, 1.0) * (metric["ci95_high"] - metric["ci95_low"]) / 2
                    for part in ("value", "ci95_low", "ci95_high"):
                        metric[part] += by
            (folder / "analysis.json").write_text(json.dumps(moved, sort_keys=True, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--athletes", type=int, default=1000)
    parser.add_argument("--visits", type=int, default=2)
    options = parser.parse_args()
    club: Path = options.folder
    make_club(club, options.athletes, options.visits)
    (club / NAME).unlink(missing_ok=True)

    def timed(what: str, work: object) -> None:
        started = time.perf_counter()
        assert callable(work)
        work()
        print(f"{what:46s} {time.perf_counter() - started:7.2f} s", flush=True)

    def refresh() -> None:
        with open_index(club) as index:
            index.refresh()

    def board() -> None:
        with open_index(club) as index:
            make_board(index, index.refresh(), [])

    print(f"{options.athletes} athletes, {options.visits} visits each")
    timed("index made from every document", refresh)
    timed("index again, nothing changed", refresh)
    timed("board's content, first (every change compared)", board)
    timed("board's content again", board)
    timed("board.html, board.pdf, board.csv", lambda: write_board(club))
    timed("one athlete's history, PDF", lambda: write_histories(club, "Runner 00001"))
    for name in ("board.html", "board.pdf", "board.csv", NAME):
        print(f"{name:46s} {(club / name).stat().st_size / 1e6:7.2f} MB")


if __name__ == "__main__":
    main()
