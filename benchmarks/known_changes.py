"""Real pixels have no truth, but known changes: a real clip changed in a way that must leave its numbers alone.

    python benchmarks/known_changes.py FOLDER --write

Every real clip in ../shared/data/video is mirrored, turned, scaled, cropped, coded again, made brighter and darker, cut
in two and thinned out, and measured each time. A mirrored film is the other side's and nothing else; a turned one,
once levelled, the same. The table says how far each metric moves (standard deviation of the differences from the
untouched clip, over changes and sides) beside the part of the stated interval that has to hold it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import film_tools as film
from gaitcheck.errors import InputError
from gaitcheck.metrics import shares_of_steps
from gaitcheck.pipeline import measure_clip
from gaitcheck.request import Request
from gaitcheck.settings import DEFAULT
from gaitcheck.uncertainty import Estimate
from gaitcheck.video import probe

VIDEO = Path(__file__).resolve().parents[2] / "shared" / "data" / "video"
DOCS = Path(__file__).parents[1] / "docs" / "validation.md"
BEGIN, END = "<!-- known changes: begin -->", "<!-- known changes: end -->"
OTHER = {"left": "right", "right": "left", "both": "both"}
SCALE = {"leg_length": (100.0, "% of leg"), "fraction": (100.0, "%"), "deg": (1.0, "°"), "ms": (1.0, "ms")}
Pictures = list[film.Picture]


@dataclass(frozen=True)
class Change:
    """What is done to the pictures; ``every`` keeps each n-th, ``crf`` codes again, ``mirrored`` exchanges sides.

    ``sampling`` changes see other steps, or fewer, so they differ by the runner's own spread too.
    """

    name: str
    make: Callable[[Pictures], Pictures]
    every: int = 1
    mirrored: bool = False
    crf: str = "20"
    sampling: bool = False


def _scaled(share: float) -> Callable[[Pictures], Pictures]:
    def make(shown: Pictures) -> Pictures:
        height, width = shown[0].shape[:2]
        return film.sized(shown, round(width * share), round(height * share))

    return make


def _lit(gain: float, lift: float) -> Callable[[Pictures], Pictures]:
    return lambda shown: [cv2.convertScaleAbs(p, alpha=gain, beta=lift) for p in shown]


def _cropped(shown: Pictures) -> Pictures:
    height, width = shown[0].shape[:2]
    return [np.ascontiguousarray(p[height // 40 :, width // 20 : width - width // 20]) for p in shown]


def _even(shown: Pictures) -> Pictures:
    """Pictures of sides that are multiples of 32: others are not coded alike twice."""
    height, width = (32 * (side // 32) for side in shown[0].shape[:2])
    return [np.ascontiguousarray(p[:height, :width]) for p in shown]


CHANGES = (
    Change("mirrored", film.mirrored, mirrored=True),
    Change("turned by 3 deg", lambda shown: film.turned(shown, 3.0)),
    Change("turned by -3 deg", lambda shown: film.turned(shown, -3.0)),
    Change("half the size", _scaled(0.5)),
    Change("twice the size", _scaled(2.0)),
    Change("cropped", _cropped),
    Change("coded again, poorly", lambda shown: shown, crf="36"),
    Change("brighter", _lit(1.25, 20)),
    Change("darker", _lit(0.6, -5)),
    Change("first half", lambda shown: shown[: len(shown) // 2], sampling=True),
    Change("second half", lambda shown: shown[len(shown) // 2 :], sampling=True),
    Change("every other frame", lambda shown: shown, every=2, sampling=True),
)


def _measure(clip: Path) -> dict[tuple[str, str], Estimate] | str:
    with tempfile.TemporaryDirectory() as scratch:
        try:
            _, found = measure_clip(
                probe(clip), Request(clips=(clip,), jobs=1), Path(scratch), 0, DEFAULT, lambda *_: None
            )
        except InputError as error:
            return str(error)
    return {(e.metric, e.side): e for e in found.estimates if e.value is not None}


@dataclass(frozen=True)
class Moved:
    """How far one metric of one side moved under one change, and the sds that were stated for it."""

    metric: str
    unit: str
    change: str
    sampling: bool
    by: float
    landmarks_sd: float
    whole_sd: float


def _differences(
    change: Change, whole: dict[tuple[str, str], Estimate], found: dict[tuple[str, str], Estimate]
) -> list[Moved]:
    moved, shares = [], shares_of_steps()
    for (metric, side), before in whole.items():
        after = found.get((metric, OTHER[side] if change.mirrored else side))
        if (
            after is None
            or after.value is None
            or before.value is None
            or before.ci95_high is None
            or before.ci95_low is None
        ):
            continue
        sd = (before.ci95_high - before.ci95_low) / 2 / 1.96
        # A share of steps has its parts in the unit of what it counts.
        read = float("nan") if metric in shares else before.parts.get("landmarks", 0.0)
        moved.append(
            Moved(metric, before.unit, change.name, change.sampling, after.value - before.value,
                  read, sd)
        )  # fmt: skip
    return moved


def run(folder: Path) -> tuple[list[Moved], list[str]]:
    """Every change of every real clip: what moved, and what was refused."""
    moved, refused = [], []
    for path in sorted(VIDEO.glob("*.mp4")):
        whole = _measure(path)
        if isinstance(whole, str):
            refused.append(f"{path.stem}: {whole}")
            continue
        fps = probe(path).fps
        shown = film.pictures(path)
        for change in CHANGES:
            target = folder / f"{path.stem}_{change.name.replace(' ', '_')}.mp4"
            film.write(target, _even(change.make(shown)[:: change.every]), fps / change.every, crf=change.crf)
            found = _measure(target)
            target.unlink()
            if isinstance(found, str):
                refused.append(f"{path.stem}, {change.name}: {found}")
            else:
                moved += _differences(change, whole, found)
            print(path.stem, change.name, found if isinstance(found, str) else "measured", file=sys.stderr)
    return moved, refused


def table(moved: list[Moved], refused: list[str]) -> str:
    """The table for docs/validation.md."""
    rows = [
        "| metric | same steps: sd, most | other or fewer steps: sd, most | stated sd: read, whole | moved most by |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for metric in dict.fromkeys(m.metric for m in moved):
        own = [m for m in moved if m.metric == metric]
        factor, unit = SCALE.get(own[0].unit, (1.0, "/min"))

        def said(kind: list[Moved], factor: float = factor) -> str:
            by = factor * np.array([m.by for m in kind])
            return f"{np.sqrt(np.mean(by**2)):.1f}, {np.abs(by).max():.1f}" if len(by) else "-"

        most = max(own, key=lambda m: abs(m.by))
        stated = [factor * float(np.median([getattr(m, name) for m in own])) for name in ("landmarks_sd", "whole_sd")]
        read = "-" if np.isnan(stated[0]) else f"{stated[0]:.1f}"
        rows.append(
            f"| {metric.replace('_', ' ')}, {unit} | {said([m for m in own if not m.sampling])} | "
            f"{said([m for m in own if m.sampling])} | {read}, {stated[1]:.1f} | {most.change} |"
        )
    return "\n".join([*rows, "", "Refused: " + ("; ".join(refused) if refused else "none") + "."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where changed clips are made, one at a time")
    parser.add_argument("--write", action="store_true", help="write the table into docs/validation.md")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    text = table(*run(options.folder))
    print(text)
    if options.write:
        page = DOCS.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        DOCS.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
