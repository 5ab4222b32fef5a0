"""How far drawn joints lie from the true ones in the picture, beside the landmarks, on observations that are there.

    python benchmarks/accuracy.py FOLDER                  # renders and keeps observations
    python benchmarks/drawn_joints.py FOLDER --group held_out

Mean, 95 % and worst distance in % of leg length, by view (or leg, from beside), joint and phase.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from gaitcheck.errors import GaitcheckError
from gaitcheck.gait.in_picture import joints_in_picture, landmarks_in_picture
from gaitcheck.measure import Measurement, measure
from gaitcheck.pose.landmarks import INDEX
from observe import MODEL, Observation, read_all

JOINTS = {"hip": "hip", "knee": "knee", "ankle": "ankle", "heel": "heel", "foot_index": "toe"}
Distances = dict[tuple[str, str, str], list[tuple[np.ndarray, np.ndarray]]]


def standing(reading: Measurement, side: str) -> np.ndarray:
    """Frames (T,) in which a foot stands."""
    times = reading.landmarks.times_s
    inside = [(times >= s.initial_contact_s) & (times < s.toe_off_s) for s in reading.stances if s.side == side]
    return np.any(inside, axis=0) if inside else np.zeros(len(times), bool)


def add(observation: Observation, found: Distances) -> None:
    """Distances of one clip, % of leg length, landmarks' and drawn joints'."""
    reading = measure(observation.landmarks)
    drawn = joints_in_picture(reading.landmarks, reading.motion, reading.plane, reading.stances, MODEL.stem).pixels
    seen = landmarks_in_picture(reading.landmarks, reading.motion)
    view = reading.seen.view
    for first, side in ((0, "left"), (5, "right")):
        true = observation.picture[:, first : first + 5].astype(float)
        leg = float(np.median(np.linalg.norm(np.diff(true[:, :3], axis=1), axis=2).sum(axis=1)))
        role = view.name if view.plane == "frontal" else "near leg" if side in view.visible_sides else "far leg"
        stands = standing(reading, side)
        for k, joint in enumerate(JOINTS):
            column = INDEX[f"{side}_{joint}"]
            own = [100 * np.linalg.norm(points[:, column] - true[:, k], axis=1) / leg for points in (seen, drawn)]
            for phase, rows in (("stance", stands), ("swing", ~stands)):
                whole = rows & np.isfinite(own[0]) & np.isfinite(own[1])
                found[role, JOINTS[joint], phase].append((own[0][whole], own[1][whole]))


def table(found: Distances) -> str:
    """The distances as Markdown."""
    rows = [
        "| seen | joint | phase | landmarks: mean, 95 %, worst | drawn: mean, 95 %, worst |",
        "|---|---|---|---|---|",
    ]
    for (role, joint, phase), pairs in found.items():
        both = [np.concatenate([pair[k] for pair in pairs]) for k in (0, 1)]
        said = [f"{v.mean():.1f}, {np.percentile(v, 95):.1f}, {v.max():.0f}" for v in both]
        rows.append(f"| {role} | {joint} | {phase} | {said[0]} | {said[1]} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--group", default="calibration", help="calibration or held_out")
    options = parser.parse_args()
    found: Distances = defaultdict(list)
    for observation in read_all(options.folder, options.group):
        try:
            add(observation, found)
        except GaitcheckError as error:
            print(f"{observation.name}: {error}")
    print(table(found))


if __name__ == "__main__":
    main()
