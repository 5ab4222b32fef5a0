"""``.mot``: angles over time as OpenSim's storage; degrees, and lengths in shares of the leg."""

from __future__ import annotations

from pathlib import Path

from gaitcheck.exports.definition import Export, Exported

NAMES = {
    "knee_flexion_left": "knee_angle_l", "knee_flexion_right": "knee_angle_r", "hip_adduction_left": "hip_adduction_l",
    "hip_adduction_right": "hip_adduction_r",
}  # fmt: skip
"""Coordinates that OpenSim's running models have, with the same sign as ours (knee flexion and hip adduction +).

They are angles in the picture's plane, not of a model's joints.
"""


def write(exported: Exported, path: Path) -> None:
    """Write the file; values that could not be read are ``nan``."""
    angles, times = exported.angles, exported.measured.plane.motion.times_s
    units = exported.units()
    rows = [
        path.stem,
        "version=1",
        f"nRows={len(times)}",
        f"nColumns={1 + len(angles)}",
        "inDegrees=yes",
        "",
        "Angles in the plane of the picture. Joints were corrected only while the foot of their side is on the belt.",
        *(f"{NAMES.get(name, name)}: share of leg length" for name in angles if units[name] == "leg_length"),
        "endheader",
        "\t".join(["time", *(NAMES.get(name, name) for name in angles)]),
    ]
    columns = list(angles.values())
    for k, time in enumerate(times):
        rows.append("\t".join([f"{time:.6f}", *(f"{column[k]:.6f}" for column in columns)]))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


EXPORT = Export("mot", ".mot", "angles over time (OpenSim's storage)", write)
