"""From a pose to a posed mesh: bone rotations, then skinning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from gaitcheck.synthetic.bodies import Body, skin, turned
from gaitcheck.synthetic.gait import Pose
from gaitcheck.synthetic.outfit import Outfit
from gaitcheck.synthetic.style import SIDE_SIGN, SIDES
from gaitcheck.typing import FloatArray

SPINE = (("spine05", 0.2), ("spine04", 0.5), ("spine03", 0.8), ("spine02", 1.0))


def _frame(long_axis: FloatArray, hinge: FloatArray) -> FloatArray:
    """Right-handed frame with z along ``long_axis`` and y nearest to ``hinge``."""
    z = long_axis / np.linalg.norm(long_axis)
    y = hinge - z * (hinge @ z)
    y /= np.linalg.norm(y)
    return np.stack([np.cross(y, z), y, z], axis=1)


def _turn(from_axis: FloatArray, to_axis: FloatArray) -> FloatArray:
    """The smallest rotation that takes one direction to another."""
    a, b = from_axis / np.linalg.norm(from_axis), to_axis / np.linalg.norm(to_axis)
    axis = np.cross(a, b)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return np.eye(3)
    rotation: FloatArray = Rotation.from_rotvec(axis / sine * np.arctan2(sine, a @ b)).as_matrix()
    return rotation


def bone_rotations(body: Body, pose: Pose) -> dict[str, FloatArray]:
    """World rotation of each driven bone; the others follow their parents."""
    rotations: dict[str, FloatArray] = {"root": pose.pelvis_rotation}
    between = Slerp([0.0, 1.0], Rotation.from_matrix(np.stack([pose.pelvis_rotation, pose.thorax_rotation])))
    for name, share in SPINE:
        rotations[name] = between(share).as_matrix()
    level = Rotation.from_euler("y", 4.0, degrees=True).as_matrix()
    rotations["neck01"] = between(1.0).as_matrix() @ level
    rotations["head"] = level
    for side in SIDES:
        rotations |= _leg(body, pose, side) | _arm(body, pose, side)
    return rotations


def _leg(body: Body, pose: Pose, side: str) -> dict[str, FloatArray]:
    mark = side[0].upper()
    hinge = pose.leg_frame[side][0]
    rest_hinge = np.array([0.0, 1.0, 0.0])
    rest = [body.head(f"{bone}.{mark}") for bone in ("upperleg01", "lowerleg01", "foot")]
    posed = [pose.joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")]
    found = {}
    for bone, a, b in (("upperleg01", 0, 1), ("lowerleg01", 1, 2)):
        rest_frame = _frame(rest[a] - rest[b], rest_hinge)
        found[f"{bone}.{mark}"] = _frame(posed[a] - posed[b], hinge) @ rest_frame.T
    foot = pose.foot_rotation[side]
    found[f"foot.{mark}"] = foot
    pitch = pose.foot_pitch_deg[side]
    if pitch < 0:
        bend = Rotation.from_euler("y", max(pitch, -45.0) * 0.8, degrees=True).as_matrix()
        for toe in range(1, 6):
            found[f"toe{toe}-1.{mark}"] = foot @ bend
    return found


def _swung(pose: Pose, side: str) -> float:
    """How far forward the upper arm points of straight down, in the thorax, radians."""
    return float(np.deg2rad(pose.arm_swing_deg[side] - 14.0))


def upper_arm(pose: Pose, side: str) -> FloatArray:
    """Unit vector (3,) from shoulder to elbow."""
    swing, out = _swung(pose, side), np.deg2rad(pose.arm_out_deg)
    down = np.array([np.sin(swing), SIDE_SIGN[side] * np.sin(out), -np.cos(swing) * np.cos(out)])
    along = pose.thorax_rotation @ down
    return np.asarray(along / np.linalg.norm(along))


def _arm(body: Body, pose: Pose, side: str) -> dict[str, FloatArray]:
    mark, sign = side[0].upper(), SIDE_SIGN[side]
    shoulder, elbow, wrist = (body.head(f"{bone}.{mark}") for bone in ("upperarm01", "lowerarm01", "wrist"))
    swing = _swung(pose, side)
    upper = _turn(elbow - shoulder, upper_arm(pose, side))
    lift = swing + np.deg2rad(pose.elbow_flexion_deg)
    ahead = np.array([np.sin(lift), -sign * 0.18, -np.cos(lift)])
    lower = _turn(upper @ (wrist - elbow), pose.thorax_rotation @ ahead) @ upper
    return {f"upperarm01.{mark}": upper, f"lowerarm01.{mark}": lower}


def bone_transforms(body: Body, pose: Pose) -> tuple[FloatArray, FloatArray]:
    """World rotation (B, 3, 3) and head (B, 3), m, of every bone."""
    driven = bone_rotations(body, pose)
    n = len(body.bone_names)
    rotations = np.empty((n, 3, 3))
    heads = np.empty((n, 3))
    for index, name in enumerate(body.bone_names):
        parent = int(body.bone_parents[index])
        if parent < 0:
            rotations[index], heads[index] = driven["root"], pose.pelvis
            continue
        rotations[index] = driven.get(name, rotations[parent])
        step = body.bone_heads[index] - body.bone_heads[parent]
        heads[index] = heads[parent] + rotations[parent] @ step
    return rotations, heads


def posed(outfit: Outfit, pose: Pose, before: Pose) -> tuple[FloatArray, FloatArray]:
    """Vertices (V, 3), m, and unit normals (V, 3) of a dressed body.

    Loose cloth and hair stay behind: each such vertex keeps ``lag`` of what the body around it has
    moved since the pose ``before``, the pelvis's own motion left out.
    """
    body = outfit.body
    rotations, heads = bone_transforms(body, pose)
    vertices = skin(body, rotations, heads)
    normals = turned(body, rotations, outfit.normals)
    loose = np.flatnonzero(outfit.lag)
    if len(loose):
        cloth = replace(body, vertices=body.vertices[loose], weights=body.weights[loose])
        then = skin(cloth, *bone_transforms(body, before)) - before.pelvis
        now = vertices[loose] - pose.pelvis
        vertices[loose] += outfit.lag[loose, None] * (then - now)
    return vertices, normals
