"""The truth of a rendered clip, from joint centres alone.

Definitions are written out again here, on 3-D joint centres in the runner's own planes (y-z frontal,
x-z sagittal): nothing is shared with the measurement, so that a sign or formula error can't cancel.
Angles in degrees, lengths as fractions of leg length (thigh + shank), times in ms.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from gaitcheck.synthetic.filming import Tripod
from gaitcheck.synthetic.gait import Mover, Pose
from gaitcheck.synthetic.rig import upper_arm
from gaitcheck.synthetic.style import SIDES, Stance
from gaitcheck.typing import FloatArray

SAMPLES = 41
SCHEMA = 2
OTHER = {"left": "right", "right": "left"}


def _down_angle(y: float, z: float) -> float:
    return float(np.rad2deg(np.arctan2(y, -z)))


def frontal_instant(pose: Pose, side: str) -> dict[str, float]:
    """Frontal-plane values of one leg at one instant, own side outward."""
    out = 1.0 if side == "left" else -1.0
    hip, knee, ankle = (pose.joints[f"{side}_{j}"] for j in ("hip", "knee", "ankle"))
    other_hip, other_knee = pose.joints[f"{OTHER[side]}_hip"], pose.joints[f"{OTHER[side]}_knee"]
    thigh = out * _down_angle(knee[1] - hip[1], knee[2] - hip[2])
    shank = out * _down_angle(ankle[1] - knee[1], ankle[2] - knee[2])
    drop = float(np.rad2deg(np.arctan2(hip[2] - other_hip[2], abs(hip[1] - other_hip[1]))))
    up = pose.thorax_rotation @ np.array([0.0, 0.0, 1.0])
    return {
        "fppa": shank - thigh,
        "drop": drop,
        "adduction": drop - thigh,
        "offset": out * (ankle[1] - 0.5 * (hip[1] + other_hip[1])),
        "knees": out * (knee[1] - other_knee[1]),
        "ankle": out * ankle[1],
        "lean": out * float(np.rad2deg(np.arctan2(up[1], up[2]))),
    }


def sagittal_instant(pose: Pose, side: str) -> dict[str, float]:
    """Sagittal-plane values of one leg at one instant."""
    hip, knee, ankle = (pose.joints[f"{side}_{j}"][[0, 2]] for j in ("hip", "knee", "ankle"))
    thigh, shank = _down_angle(*(knee - hip)), _down_angle(*(ankle - knee))
    up = pose.thorax_rotation @ np.array([0.0, 0.0, 1.0])
    return {
        "ahead": float(ankle[0] - hip[0]),
        "tibia": shank,
        "knee": thigh - shank,
        "ankle": pose.foot_pitch_deg[side] - shank,
        "extension": -thigh,
        "trunk": float(np.rad2deg(np.arctan2(up[0], up[2]))),
        "foot": pose.foot_pitch_deg[side],
        "height": float(pose.pelvis[2]),
    }


def _stance_truth(runner: Mover, stance: Stance) -> dict[str, float]:
    start, stop, side = stance.initial_contact_s, stance.toe_off_s, stance.side
    times = np.linspace(start, stop, SAMPLES)
    poses = [runner.pose(float(t)) for t in times]
    frontal = [frontal_instant(pose, side) for pose in poses]
    sagittal = [sagittal_instant(pose, side) for pose in poses]
    leg = runner.body.thigh_length_m + runner.body.shank_length_m
    middle = slice(int(0.4 * SAMPLES), int(0.6 * SAMPLES) + 1)

    def mean(rows: list[dict[str, float]], key: str, where: slice = middle) -> float:
        return float(np.mean([row[key] for row in rows[where]]))

    def most(rows: list[dict[str, float]], key: str, where: slice = slice(None)) -> float:
        return float(np.max([row[key] for row in rows[where]]))

    first, last = sagittal[0], sagittal[-1]
    return {
        "frontal_plane_projection_angle": mean(frontal, "fppa"),
        "peak_frontal_plane_projection_angle": most(frontal, "fppa"),
        "contralateral_pelvic_drop": most(frontal, "drop"),
        "hip_adduction": most(frontal, "adduction"),
        "foot_placement_offset": mean(frontal, "offset") / leg,
        "crossover_fraction": float(mean(frontal, "offset") < 0),
        "knee_separation": mean(frontal, "knees") / leg,
        "trunk_lateral_lean": most(frontal, "lean"),
        "overstride": first["ahead"] / leg,
        "tibia_inclination_at_contact": first["tibia"],
        "knee_flexion_at_contact": first["knee"],
        "peak_knee_flexion_in_stance": most(sagittal, "knee", slice(0, int(2 / 3 * SAMPLES))),
        "ankle_dorsiflexion_at_midstance": mean(sagittal, "ankle"),
        "hip_extension_at_toe_off": last["extension"],
        "trunk_forward_lean": mean(sagittal, "trunk", slice(None)),
        "foot_inclination_at_contact": first["foot"],
        "contact_time": 1000.0 * (stop - start),
        "ankle_y": mean(frontal, "ankle") / leg,
    }


def _between_stances(runner: Mover, stances: list[Stance], rows: list[dict[str, float]]) -> None:
    leg = runner.body.thigh_length_m + runner.body.shank_length_m
    for k, (stance, row) in enumerate(zip(stances, rows, strict=True)):
        if k + 1 < len(stances) and stances[k + 1].side != stance.side:
            after = stances[k + 1].initial_contact_s
            row["cadence"] = 60.0 / (after - stance.initial_contact_s)
            row["flight_time"] = 1000.0 * (after - stance.toe_off_s)
            heights = [runner.pose(float(t)).pelvis[2] for t in np.linspace(stance.initial_contact_s, after, 61)]
            row["vertical_oscillation"] = float(np.ptp(heights)) / leg
        if k + 2 < len(stances) and stances[k + 2].side == stance.side:
            stride = stances[k + 2].initial_contact_s - stance.initial_contact_s
            row["stride_time"] = 1000.0 * stride
            moments = np.linspace(stance.initial_contact_s, stance.initial_contact_s + stride, 61)
            arms = [upper_arm(runner.pose(float(t)), stance.side) for t in moments]
            row["arm_swing"] = float(np.ptp([_down_angle(arm[0], arm[2]) for arm in arms]))
            row["duty_factor"] = (stance.toe_off_s - stance.initial_contact_s) / stride
        if k > 0 and stances[k - 1].side != stance.side:
            row["step_width"] = row["ankle_y"] + rows[k - 1]["ankle_y"]


def describe(runner: Mover, tripod: Tripod, view: str, times_s: FloatArray) -> dict[str, Any]:
    """The truth document of one clip.

    Returns
    -------
    dict with ``schema``, ``view``, ``camera``, ``leg_length_m``, ``frames`` (time, 2-D and 3-D joint
    centres), ``steps`` (whole in the clip: side, initial contact, toe-off, every metric), ``contacts``
    (all there are, those cut off by the clip's ends too) and ``metrics`` (mean a side).
    """
    end = float(times_s[-1])
    stances = [s for s in runner.stances if s.initial_contact_s >= 0 and s.toe_off_s <= end]
    rows = [_stance_truth(runner, stance) for stance in stances]
    _between_stances(runner, stances, rows)
    names = sorted({name for row in rows for name in row} - {"ankle_y"})
    means: dict[str, dict[str, float]] = {}
    for name in names:
        for side in SIDES:
            own = [r[name] for r, s in zip(rows, stances, strict=True) if s.side == side and name in r]
            if own:
                means.setdefault(name, {})[side] = float(np.mean(own))
    frames = []
    for t in times_s:
        joints, camera = runner.pose(float(t)).joints, tripod.at(float(t))
        frames.append(
            {
                "time_s": round(float(t), 5),
                "joints_m": {n: [round(float(v), 4) for v in p] for n, p in joints.items()},
                "joints_px": {n: [round(float(v), 2) for v in camera.project(p)] for n, p in joints.items()},
            }
        )
    contacts = [
        {"side": s.side, "initial_contact_s": s.initial_contact_s, "toe_off_s": s.toe_off_s} for s in runner.stances
    ]
    steps = [
        {"side": s.side, "initial_contact_s": s.initial_contact_s, "toe_off_s": s.toe_off_s, "metrics": r}
        for s, r in zip(stances, rows, strict=True)
    ]
    return {
        "schema": SCHEMA,
        "view": view,
        "camera": asdict(tripod.still),
        "leg_length_m": runner.body.thigh_length_m + runner.body.shank_length_m,
        "height_m": runner.body.height_m,
        "metrics": means,
        "contacts": contacts,
        "steps": steps,
        "frames": frames,
    }
