"""docs/coach.md, run as it stands: an evening's commands on short pieces of the samples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from gaitcheck.evidence import load_evidence
from tests.clubs import cut

ROOT = Path(__file__).parents[1]
HISTORY = ("validation.md", "architecture.md", "benchmarks.md")
"""What was tried and measured, by commands of its own day."""
TEXT = (ROOT / "docs" / "coach.md").read_text(encoding="utf-8")
SITE = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in HISTORY]
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.S)
PIECES = {
    "ann_rear.mp4": ("rear_typical", 0.0),
    "ann_side.mp4": ("right_typical", 0.0),
    "Zoe rear.mp4": ("rear_valgus_crossover", 0.0),
    "ben/2026-10-06/rear.mp4": ("rear_typical", 5.0),
    "ben/2026-11-03/rear.mp4": ("rear_valgus_crossover", 5.0),
}
SECONDS = 4.5


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tutorial's clips, in which all of its commands have been run."""
    place = tmp_path_factory.mktemp("evening")
    for name, (sample, start) in PIECES.items():
        cut(ROOT / "sample_videos" / f"{sample}.mp4", place / "tuesday" / name, start, SECONDS)
    program = place / "bin"
    program.mkdir()
    (program / "gaitcheck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gaitcheck.cli "$@"\n')
    (program / "gaitcheck").chmod(0o755)
    env = {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}"}
    for block in [b for b in BLOCKS if "--pseudonyms" not in b]:
        done = subprocess.run(["bash", "-euc", block], cwd=place, env=env, capture_output=True, text=True)
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        (place / "said.txt").open("a").write(done.stdout)
    return place


def _text(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


@pytest.mark.skipif(sys.platform == "win32", reason="the tutorial's commands are for a shell")
def test_an_evening_goes_as_written(evening: Path) -> None:
    club = evening / "club"
    said = (evening / "said.txt").read_text()
    assert "4 of 4 visits analysed" in said
    assert sorted(p.name for p in (club / "athletes").iterdir()) == ["ann", "ben"], "Zoe is forgotten"
    assert (evening / "zoe.zip").is_file() and (club / "athletes" / "ben" / "progress.pdf").is_file()
    board = (club / "board.html").read_text(encoding="utf-8")
    assert "Zoe" not in board and "since 6 October 2026" in board
    assert "real change, away from typical" in _text(evening / "ben-october-november" / "compare.pdf")
    assert "ann" in _text(next(club.glob("athletes/ann/*/report.pdf")))


def test_every_command_and_option_of_the_documents_exists() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", *SITE)]
    whole = "\n".join(texts)
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", whole, flags=re.S))
    used: dict[str, set[str]] = {}
    for line in (*re.findall(r"^gaitcheck (.*)$", blocks, flags=re.M), *re.findall(r"`gaitcheck ([^`]*)`", whole)):
        line = line.split("#")[0]
        name = line.split()[0]
        used.setdefault(name, set()).update(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line))
    for name, options in used.items():
        done = subprocess.run(
            [sys.executable, "-m", "gaitcheck.cli", name, "--help"],
            capture_output=True, text=True, env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, name
        missing = {option for option in options if option not in done.stdout}
        assert not missing, (name, missing)


@pytest.mark.skipif(sys.platform == "win32", reason="the pages' commands are for a shell")
def test_what_the_pages_for_runners_tell_works(tmp_path: Path) -> None:
    """docs/film.md and docs/read.md, command by command; what is asked is told in a file."""
    for name, sample in (("rear.mp4", "rear_typical"), ("side.mp4", "right_typical")):
        cut(ROOT / "sample_videos" / f"{sample}.mp4", tmp_path / name, 0.0, SECONDS)
    flags = "".join(f"{name} = false\n" for name, flag in load_evidence().red_flags.items() if flag.asked)
    told = "[pain]\nworst_week = 3\nrunning = 2\nwhere = 'around_kneecap'\nside = 'left'\n"
    (tmp_path / "told.toml").write_text(
        f"{told}[training]\nkm_per_week = 20\nsessions_per_week = 3\n[red_flags]\n{flags}"
    )
    (tmp_path / "gaitcheck").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gaitcheck.cli "$@"\n')
    (tmp_path / "gaitcheck").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    for page in ("film.md", "read.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.S):
            spoken = block.replace("gaitcheck intake --out answers.toml", "cp told.toml answers.toml")
            done = subprocess.run(["bash", "-euc", spoken], cwd=tmp_path, env=env, capture_output=True, text=True)
            assert done.returncode == 0, (block, done.stderr)
    assert (tmp_path / "visit" / "report.pdf").is_file() and (tmp_path / "home_tests.pdf").is_file()
    assert list((tmp_path / "results").glob("checkin_1.*"))


def test_the_python_guide_runs(tmp_path: Path) -> None:
    """As a script without a guard, which must not start itself over and over in its workers."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), flags=re.S)
    (tmp_path / "guide.py").write_text("print('once')\n" + "\n".join(blocks))
    done = subprocess.run([sys.executable, "guide.py"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.splitlines().count("once") == 1, done.stderr
    assert (tmp_path / "copy.pdf").is_file() and (tmp_path / "exported" / "rear.trc").is_file()
