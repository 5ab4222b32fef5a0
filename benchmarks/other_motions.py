"""Motions that are no running, as recordings that a rendered body can follow: walking and standing.

    python benchmarks/other_motions.py FOLDER     # FOLDER/walking_joint_centres.csv, ..._events.csv, standing_...

Walking: hip, knee and ankle over a stride as gait textbooks draw them (Winter 2009; Perry and Burnfield 2010), read
off to a few degrees, which is enough for what they serve: clips that must be refused as walking.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

HIP = {0: 30, 10: 27, 20: 17, 30: 6, 40: -4, 50: -10, 60: -3, 70: 14, 80: 27, 90: 31, 100: 30}
KNEE = {0: 4, 7: 12, 15: 18, 25: 13, 40: 5, 50: 12, 60: 36, 70: 60, 75: 62, 80: 54, 90: 22, 97: 3, 100: 4}
ANKLE = {0: 0, 7: -6, 20: 3, 40: 9, 48: 10, 55: 2, 62: -18, 70: -10, 80: 0, 90: 1, 100: 0}
"""Flexion (dorsiflexion) over a stride, deg, from one foot's initial contact to its next."""
STANCE_SHARE = 0.62
THIGH_M, SHANK_M, HEEL_M, TOE_M, ANKLE_HEIGHT_M = 0.42, 0.43, 0.05, 0.17, 0.08
HALF_HIPS_M, HALF_STEP_WIDTH_M = 0.085, 0.05
RATE_HZ = 150.0
Legs = dict[str, np.ndarray]


def _curve(knots: dict[int, int]) -> CubicSpline:
    return CubicSpline([k / 100 for k in knots], list(knots.values()), bc_type="periodic")


def _leg(hip_deg: np.ndarray, knee_deg: np.ndarray, ankle_deg: np.ndarray, sign: float) -> Legs:
    """Joints of a leg below a hip at the origin (T, 3): x forward, y left, z up."""
    thigh, shank = np.deg2rad(hip_deg), np.deg2rad(hip_deg - knee_deg)
    foot = np.deg2rad(hip_deg - knee_deg + ankle_deg)

    def reach(forward: np.ndarray, up: np.ndarray, across: float) -> np.ndarray:
        return np.stack([forward, np.full_like(forward, across), up], axis=1)

    lean = sign * (HALF_STEP_WIDTH_M - HALF_HIPS_M)
    knee = reach(THIGH_M * np.sin(thigh), -THIGH_M * np.cos(thigh), 0.5 * lean)
    ankle = knee + reach(SHANK_M * np.sin(shank), -SHANK_M * np.cos(shank), 0.5 * lean)
    ahead = np.stack([np.cos(foot), np.zeros_like(foot), np.sin(foot)], axis=1)
    down = np.stack([np.sin(foot), np.zeros_like(foot), -np.cos(foot)], axis=1) * ANKLE_HEIGHT_M
    return {"knee": knee, "ankle": ankle, "heel": ankle + down - HEEL_M * ahead, "toe": ankle + down + TOE_M * ahead}


def _on_the_ground(legs: dict[str, Legs]) -> dict[str, np.ndarray]:
    """All joints with the pelvis as high as the lower foot lets it be."""
    lowest = np.min([leg[j][:, 2] for leg in legs.values() for j in ("heel", "toe")], axis=0)
    placed: dict[str, np.ndarray] = {}
    for side, leg in legs.items():
        hip = np.stack(
            [np.zeros_like(lowest), np.full_like(lowest, HALF_HIPS_M * (1 if side == "L" else -1)), -lowest], 1
        )
        placed |= {f"{side}_hip": hip, **{f"{side}_{joint}": hip + track for joint, track in leg.items()}}
    return placed


def _write(folder: Path, name: str, joints: dict[str, np.ndarray], contacts: list[tuple[str, float, float]]) -> None:
    times = np.arange(len(joints["L_hip"])) / RATE_HZ
    with (folder / f"{name}_joint_centres.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["time", *(f"{joint}_{axis}" for joint in joints for axis in "xyz")])
        writer.writerows(np.column_stack([times, *(track for track in joints.values())]).round(5).tolist())
    with (folder / f"{name}_events.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["side", "initial_contact_s", "toe_off_s"])
        writer.writerows(contacts)


def walking(folder: Path, steps_per_min: float = 110.0, seconds: float = 20.0, name: str = "walking") -> None:
    """A walker on a treadmill."""
    stride_s = 120.0 / steps_per_min
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    hip, knee, ankle = (_curve(c) for c in (HIP, KNEE, ANKLE))
    legs, contacts = {}, []
    for side, sign, late in (("L", 1.0, 0.0), ("R", -1.0, 0.5)):
        phase = (times / stride_s + late) % 1.0
        legs[side] = _leg(hip(phase), knee(phase), ankle(phase), sign)
        starts = (np.arange(int(seconds / stride_s) + 1) - late) * stride_s
        contacts += [(side, float(s), float(s + STANCE_SHARE * stride_s)) for s in starts if s >= 0]
    _write(folder, name, _on_the_ground(legs), sorted(contacts, key=lambda c: c[1]))


def standing(folder: Path, seconds: float = 20.0) -> None:
    """Somebody who stands and sways a little."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sway = 1.0 * np.sin(2 * np.pi * 0.3 * times)
    legs = {side: _leg(sway, np.full_like(sway, 3.0), 3.0 - sway, sign) for side, sign in (("L", 1.0), ("R", -1.0))}
    _write(folder, "standing", _on_the_ground(legs), [("L", 0.0, seconds), ("R", 0.0, seconds)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    walking(folder)
    standing(folder)


if __name__ == "__main__":
    main()
