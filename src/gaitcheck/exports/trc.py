"""``.trc``: markers over time for OpenSim, Pose2Sim and others; metres where height is known, else px."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitcheck.exports.definition import Export, Exported
from gaitcheck.pose.landmarks import LANDMARK_NAMES

NAMES = {
    "hip": "Hip", "knee": "Knee", "ankle": "Ankle", "heel": "Heel", "foot_index": "BigToe", "shoulder": "Shoulder",
    "elbow": "Elbow", "wrist": "Wrist", "ear": "Ear", "eye": "Eye",
}  # fmt: skip
"""Joints by the names that Pose2Sim's and Sports2D's marker sets have for them."""


def marker_name(landmark: str) -> str:
    """A landmark's name in Pose2Sim's marker sets; its own where it has none there."""
    if landmark == "nose":
        return "Nose"
    side, _, joint = landmark.partition("_")
    return f"{side[0].upper()}{NAMES[joint]}" if side in ("left", "right") and joint in NAMES else landmark


def write(exported: Exported, path: Path) -> None:
    """Write the file; a joint that was not seen has empty cells."""
    scale = exported.metres_a_pixel
    points, unit = exported.joints_px * (scale or 1.0), "m" if scale else "px"
    times, rate, count = exported.measured.plane.motion.times_s, f"{exported.rate:g}", len(points)
    names = [marker_name(name) for name in LANDMARK_NAMES]
    rows = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{len(names)}\t{unit}\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"X{k + 1}\tY{k + 1}\tZ{k + 1}" for k in range(len(names))),
        "",
    ]
    for k, (time, frame) in enumerate(zip(times, points, strict=True)):
        cells = ["" if np.isnan(value) else f"{value:.6f}" for value in frame.ravel()]
        rows.append("\t".join([str(k + 1), f"{time:.6f}", *cells]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


EXPORT = Export("trc", ".trc", "markers over time (OpenSim, Pose2Sim, Sports2D): x to the picture's right, y up", write)
