"""Do rendered runners look real to the pose model? Its visibility, jitter and hip bias on both.

    python benchmarks/realism.py FOLDER [--clips REAL ...]

FOLDER holds observations of ``accuracy.py``. Without real clips only the rendered side is printed; the
three recipes in ``benchmarks/realism`` film rendered runners as the three reference clips were filmed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import InputError
from gaitcheck.measure import measure
from gaitcheck.motion import clean
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.pose.segments import track
from gaitcheck.settings import DEFAULT
from gaitcheck.synthetic.recipe import read_recipe
from gaitcheck.video import decode, probe
from gaitcheck.views import detect_view
from observe import MODEL, Job, observe, read, read_all

FloatArray = NDArray[np.float64]

RECIPES = Path(__file__).parent / "realism"
LEGS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle")]


def visibility(landmarks: Landmarks) -> float:
    """Median visibility of the six leg joints."""
    return float(np.median(landmarks.visibility[:, [INDEX[n] for n in LEGS]]))


def jitter(landmarks: Landmarks) -> float:
    """Frame-to-frame noise of the hips, % of leg length: the residual of a local quadratic fit.

    The residual of a five-frame quadratic (Savitzky-Golay) of white noise is sqrt(18 / 35) of its sd;
    hips move slowly enough for the rest to be noise.
    """
    points = landmarks.pixels[:, [INDEX["left_hip"], INDEX["right_hip"]]]
    fitted = sum(w * np.roll(points, k, axis=0) for k, w in zip(range(-2, 3), (-3, 12, 17, 12, -3), strict=True)) / 35
    rest = (points - fitted)[3:-3]
    knee, ankle = (landmarks.pixels[:, INDEX[f"left_{j}"]] for j in ("knee", "ankle"))
    hip = landmarks.pixels[:, INDEX["left_hip"]]
    leg = np.nanpercentile(np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1), 75)
    return float(100 * 1.4826 * np.nanmedian(np.abs(rest)) / np.sqrt(18 / 35) / leg)


def hip_line(landmarks: Landmarks) -> tuple[float, float] | None:
    """Tilt of the raw hip line at mid-stance, left and right leg, deg: stance hip up is a pelvic drop (+).

    None from beside, or where no contacts are found.
    """
    try:
        reading = measure(landmarks)
    except InputError:
        return None
    if reading.seen.view.plane != "frontal":
        return None
    motion, _ = clean(landmarks, detect_view(landmarks, "auto").view, DEFAULT)
    gap = motion.point("left_hip") - motion.point("right_hip")
    tilt = np.rad2deg(np.arctan2(gap[:, 1], np.abs(gap[:, 0])))
    means = []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        at = [np.interp(s.midstance_s, motion.times_s, tilt) for s in reading.stances if s.side == side]
        means.append(float(sign * np.nanmean(at)))
    return means[0], means[1]


def _row(name: str, landmarks: Landmarks) -> str:
    tilt = hip_line(landmarks)
    said = "-" if tilt is None else f"{tilt[0]:+.1f} / {tilt[1]:+.1f}"
    return f"| {name} | {visibility(landmarks):.2f} | {jitter(landmarks):.2f} | {said} |"


def _spread(values: Iterable[float]) -> str:
    low, middle, high = np.percentile(list(values), [5, 50, 95])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    print("| clip | visibility of the legs | jitter of the hips, % of leg | raw hip line, stance L / R, deg |")
    print("|---|---|---|---|")
    for clip in options.clips:
        seen = track(decode(probe(clip, None)), MODEL, jobs=2)[0]
        print(_row(f"real: {clip.stem}", seen))
    for path in sorted(RECIPES.glob("*.toml")):
        made = read(observe(Job(f"realism_{path.stem}", read_recipe(path)), options.folder))
        print(_row(f"rendered as {path.stem}", made.landmarks))
    for view in ("rear", "front", "left", "right"):
        seen_all = [
            o.landmarks for group in ("held_out", "calibration") for o in read_all(options.folder, f"{group}_{view}")
        ]
        if not seen_all:
            continue
        lines = [t for t in map(hip_line, seen_all) if t is not None]
        tilts = f"{_spread(t for pair in lines for t in pair)}" if lines else "-"
        spread = f"{_spread(map(visibility, seen_all))} | {_spread(map(jitter, seen_all))} | {tilts}"
        print(f"| rendered population, {view}, n {len(seen_all)}: median (5-95 %) | {spread} |")


if __name__ == "__main__":
    main()
