"""A rendered body driven by recorded joint centres: someone's real motion, its own contacts as truth.

The recording is a CSV with ``time`` (s) and ``L_``/``R_`` hip, knee, ankle, heel and toe ``_x _y _z``
(metres, x forward, y left, z up), and beside it ``NAME_force_events.csv`` or ``NAME_events.csv`` with
``side``, ``initial_contact_s``, ``toe_off_s`` where contacts were measured by force.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from gaitcheck.checked import plain_file
from gaitcheck.errors import UsageError
from gaitcheck.synthetic.bodies import Body
from gaitcheck.synthetic.gait import Pose, solve_leg
from gaitcheck.synthetic.style import SIDE_SIGN, SIDES, LegStyle, Stance
from gaitcheck.typing import FloatArray

JOINTS = ("hip", "knee", "ankle", "heel", "toe")
THORAX_SHARE = 0.35
FORWARD_LEAN_DEG = 6.0
ARM_SWING_DEG = 26.0


def _columns(path: Path) -> dict[str, FloatArray]:
    try:
        with plain_file(path).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "side"} | (
            {"side": np.array([1.0 if row["side"] == "L" else -1.0 for row in rows])} if "side" in rows[0] else {}
        )
    except (OSError, UnicodeDecodeError, ValueError, IndexError, TypeError) as error:
        raise UsageError(f"The recorded motion {path.name} can't be read: {error}.") from error


def _stances(path: Path) -> list[Stance]:
    stem = path.stem.removesuffix("_joint_centres")
    found = [p for p in (path.with_name(f"{stem}{end}.csv") for end in ("_force_events", "_events")) if p.is_file()]
    if not found:
        raise UsageError(f"The recorded motion {path.name} has no contacts beside it ({stem}_events.csv).")
    table = _columns(found[0])
    order = np.argsort(table["initial_contact_s"])
    starts, stops = table["initial_contact_s"][order], table["toe_off_s"][order]
    sides = ["left" if s > 0 else "right" for s in table["side"][order]]
    return [
        Stance(side, float(a), float(b), 0.0, LegStyle(), 0.0, 0.0)
        for side, a, b in zip(sides, starts, stops, strict=True)
    ]


class RecordedRunner:
    """A body led by a recording: hips, ankles, knee direction, foot and pelvis roll follow it.

    The recording is scaled by leg length; hip width, segment lengths, trunk and arms are the body's.
    """

    def __init__(self, body: Body, tracks: dict[str, FloatArray], times_s: FloatArray, stances: list[Stance]) -> None:
        self.body, self.stances = body, stances
        leg = np.mean(
            [
                np.linalg.norm(tracks[f"{s}_hip"] - tracks[f"{s}_knee"], axis=1)
                + np.linalg.norm(tracks[f"{s}_knee"] - tracks[f"{s}_ankle"], axis=1)
                for s in SIDES
            ]
        )
        scale = 0.985 * (body.thigh_length_m + body.shank_length_m) / float(leg)
        middle = 0.5 * (tracks["left_hip"] + tracks["right_hip"])
        ground = min(float(np.percentile(tracks[f"{s}_{j}"][:, 2], 1)) for s in SIDES for j in ("heel", "toe"))
        origin = np.array([middle[:, 0].mean(), middle[:, 1].mean(), ground])
        self._tracks = {n: CubicSpline(times_s, scale * (track - origin)) for n, track in tracks.items()}
        self._rest_pitch: dict[str, float] = {}
        self._times_s = times_s
        self._level_feet(times_s)

    def _level_feet(self, times_s: FloatArray) -> None:
        """The foot's pitch in the middle of contacts is called flat."""
        for side in SIDES:
            moments = np.array(
                [0.5 * (s.initial_contact_s + s.toe_off_s) - 0.02 for s in self.stances if s.side == side]
            )
            moments = moments[(moments > times_s[0]) & (moments < times_s[-1])]
            gap = self._tracks[f"{side}_toe"](moments) - self._tracks[f"{side}_heel"](moments)
            self._rest_pitch[side] = float(np.mean(_pitch(gap)))

    def _at(self, name: str, t: float) -> FloatArray:
        return np.asarray(self._tracks[name](np.clip(t, self._times_s[0], self._times_s[-1])))

    def pose(self, t: float) -> Pose:
        """The runner at time ``t`` (s) of the recording."""
        body = self.body
        hips = {s: self._at(f"{s}_hip", t) for s in SIDES}
        across = hips["left"] - hips["right"]
        roll = float(np.rad2deg(np.arctan2(across[2], np.hypot(across[0], across[1]))))
        turn = float(np.rad2deg(np.arctan2(-across[0], across[1])))
        pelvis = Rotation.from_euler("ZYX", [turn, 8.0, roll], degrees=True).as_matrix()
        thorax = Rotation.from_euler("ZYX", [-turn, FORWARD_LEAN_DEG, -THORAX_SHARE * roll], degrees=True).as_matrix()
        rest_hips = {s: body.head(f"upperleg01.{s[0].upper()}") - body.head("root") for s in SIDES}
        root = 0.5 * (hips["left"] + hips["right"]) - pelvis @ (0.5 * (rest_hips["left"] + rest_hips["right"]))
        joints: dict[str, FloatArray] = {}
        feet: dict[str, FloatArray] = {}
        pitches: dict[str, float] = {}
        frames: dict[str, tuple[FloatArray, FloatArray]] = {}
        for side in SIDES:
            hip = root + pelvis @ rest_hips[side]
            ankle = self._at(f"{side}_ankle", t)
            turn_in = self._turn_in(side, t, hip, ankle)
            knee, ankle, hinge = solve_leg(hip, ankle, body.thigh_length_m, body.shank_length_m, turn_in, side)
            gap = self._at(f"{side}_toe", t) - self._at(f"{side}_heel", t)
            pitch = float(_pitch(gap[None])[0]) - self._rest_pitch[side]
            yaw = float(np.rad2deg(np.arctan2(gap[1], gap[0]))) if abs(pitch) < 60 else 0.0
            foot = Rotation.from_euler("ZY", [yaw, -pitch], degrees=True).as_matrix()
            joints |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
            joints |= self._foot_joints(side, ankle, foot)
            feet[side], pitches[side], frames[side] = foot, pitch, (hinge, np.array([turn_in]))
        wave = float(np.clip((joints["right_ankle"][0] - joints["left_ankle"][0]) / 0.7, -1, 1))
        return Pose(
            pelvis=root,
            pelvis_rotation=pelvis,
            thorax_rotation=thorax,
            joints=joints,
            foot_rotation=feet,
            foot_pitch_deg=pitches,
            leg_frame=frames,
            arm_swing_deg={"left": ARM_SWING_DEG * wave, "right": -ARM_SWING_DEG * wave},
        )

    def _foot_joints(self, side: str, ankle: FloatArray, foot: FloatArray) -> dict[str, FloatArray]:
        body, mark = self.body, side[0].upper()
        rest = body.head(f"foot.{mark}")
        sole = body.vertices[body.vertices[:, 2] < body.sole_z_m + 0.04]
        own = sole[np.sign(sole[:, 1]) == SIDE_SIGN[side]]
        down = body.sole_z_m - rest[2]
        heel = np.array([own[:, 0].min() - rest[0], 0.0, down])
        toe = np.array([own[:, 0].max() - rest[0] - 0.02, 0.0, down])
        return {f"{side}_heel": ankle + foot @ heel, f"{side}_toe": ankle + foot @ toe}

    def _turn_in(self, side: str, t: float, hip: FloatArray, ankle: FloatArray) -> float:
        """How far the recorded knee stands inward about the hip-ankle line, deg."""
        recorded_hip, recorded_ankle = self._at(f"{side}_hip", t), self._at(f"{side}_ankle", t)
        axis = recorded_ankle - recorded_hip
        axis /= np.linalg.norm(axis)
        off = self._at(f"{side}_knee", t) - recorded_hip
        off = off - axis * (off @ axis)
        forward = np.array([1.0, 0.0, 0.0]) - axis * axis[0]
        forward /= np.linalg.norm(forward)
        left = np.cross(axis, forward)
        left = left if left[1] > 0 else -left
        return float(np.rad2deg(np.arctan2(-SIDE_SIGN[side] * (off @ left), off @ forward)))


def _pitch(gap: FloatArray) -> FloatArray:
    """Pitch of heel-to-toe vectors (N, 3), toes up positive, deg."""
    return np.asarray(np.rad2deg(np.arctan2(gap[:, 2], np.hypot(gap[:, 0], gap[:, 1]))))


def read_recorded(path: Path, body: Body) -> RecordedRunner:
    """A body driven by the recording at ``path``.

    Raises
    ------
    UsageError
        If it can't be read or has no contacts beside it.
    """
    table = _columns(path)
    tracks = {}
    for side, mark in (("left", "L"), ("right", "R")):
        for joint in JOINTS:
            names = [f"{mark}_{joint}_{axis}" for axis in "xyz"]
            if any(name not in table for name in names) or "time" not in table:
                raise UsageError(f"The recorded motion {path.name} lacks {', '.join(names)} or time.")
            tracks[f"{side}_{joint}"] = np.stack([table[name] for name in names], axis=1)
    return RecordedRunner(body, tracks, table["time"], _stances(path))
