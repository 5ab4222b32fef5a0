"""A parametric runner: every joint centre and every contact known at every instant.

The stance foot moves with the belt exactly, the pelvis flies ballistically and is carried by a
half-sine force in stance (so its height is a closed form of contact and flight time), and the legs
follow by inverse kinematics. Nothing here knows how gaitcheck measures.

World frame: x forward, y to the runner's left, z up, metres; the belt is z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from gaitcheck.synthetic.bodies import Body
from gaitcheck.synthetic.style import SIDE_SIGN, SIDES, LegStyle, RunnerStyle, Stance, plan_stances
from gaitcheck.typing import FloatArray

GRAVITY_M_S2 = 9.81
SOLE_M = 0.012
LEAST_SINKING_M_S = 0.35
SLOWED_S = (0.08, 0.04)
"""Before contact, where an evenly slowed foot is known to be."""
SWING_OUT_M = 0.02


@dataclass(frozen=True)
class Pose:
    """The runner at one instant: pelvis and thorax orientation, joint centres by name (3,), m."""

    pelvis: FloatArray
    pelvis_rotation: FloatArray
    thorax_rotation: FloatArray
    joints: dict[str, FloatArray]
    foot_rotation: dict[str, FloatArray]
    foot_pitch_deg: dict[str, float]
    leg_frame: dict[str, tuple[FloatArray, FloatArray]]
    arm_swing_deg: dict[str, float]
    elbow_flexion_deg: float = 95.0
    arm_out_deg: float = 12.0


class Mover(Protocol):
    """Anything that can be drawn and has a truth: a body, its contacts, its pose at any time."""

    body: Body
    stances: list[Stance]

    def pose(self, t: float) -> Pose: ...


def _smooth(s: float) -> float:
    s = min(max(s, 0.0), 1.0)
    return s * s * (3.0 - 2.0 * s)


class Runner:
    """Poses of one body in one style, at any time within the planned stances."""

    def __init__(self, body: Body, style: RunnerStyle, duration_s: float, seed: int = 0) -> None:
        self.body = body
        self.style = style
        self.stances = plan_stances(style, duration_s, seed)
        self._foot_points()
        self._by_side = {s: [k for k in self.stances if k.side == s] for s in SIDES}
        self._rise_m = self._rise_in_contact_m()
        self._pelvis_at_contact = self._contact_heights()
        self._swings = {s: self._plan_swings(s) for s in SIDES}
        self._base_height_m = self._find_height()

    def _foot_points(self) -> None:
        body = self.body
        ankle = body.head("foot.L")
        ground = body.sole_z_m
        mesh = body.vertices[(body.vertices[:, 2] < ground + 0.04) & (body.vertices[:, 1] > 0)]
        ball = np.mean([body.head(f"toe{k}-1.L") for k in (1, 2, 3, 4)], axis=0) - ankle
        self.ankle_height_m = float(ankle[2] - ground + SOLE_M)
        self._heel = np.array([mesh[:, 0].min() - ankle[0], 0.0, -self.ankle_height_m])
        self._ball = np.array([ball[0], 0.0, -self.ankle_height_m])
        self._toe = np.array([mesh[:, 0].max() - ankle[0] - 0.02, 0.0, -self.ankle_height_m])

    def _contact_heights(self) -> list[float]:
        heights, z = [], 0.0
        for stance in self.stances:
            heights.append(z)
            contact = stance.toe_off_s - stance.initial_contact_s
            z += contact * GRAVITY_M_S2 * (stance.flight_after_s - stance.flight_before_s) / 4.0
        return [z - float(np.mean(heights)) for z in heights]

    def _rise_in_contact_m(self) -> float:
        """By how much the pelvis leaves the belt higher than it came."""
        shortest = min(stance.flight_after_s for stance in self.stances)
        return self.style.footwork.early_push * GRAVITY_M_S2 * shortest**2 / 2

    def pelvis_height_change_m(self, t: float) -> float:
        """Height against the mean height at contact: ballistic in flight, a half-sine force in stance.

        A push that peaks early adds one whole sine, without impulse of its own, that lifts by what the flight loses.
        """
        starts = [s.initial_contact_s for s in self.stances]
        k = max(int(np.searchsorted(starts, t, side="right")) - 1, 0)
        stance, z = self.stances[k], self._pelvis_at_contact[k]
        contact, rise = stance.toe_off_s - stance.initial_contact_s, self._rise_m
        before, after = stance.flight_before_s, stance.flight_after_s
        down, up = GRAVITY_M_S2 * before / 2 + rise / before, GRAVITY_M_S2 * after / 2 - rise / after
        force = np.pi / (2 * contact) * (GRAVITY_M_S2 * contact + down + up)
        early = rise * (1 + contact * (1 / before + 1 / after) / 2)
        tau = min(t - stance.initial_contact_s, contact)
        a = contact / np.pi
        z += -down * tau - GRAVITY_M_S2 * tau**2 / 2 + force * a * (tau - a * np.sin(tau / a))
        z += early * (tau / contact - np.sin(2 * np.pi * tau / contact) / (2 * np.pi))
        flight = max(t - stance.toe_off_s, 0.0)
        return float(z + up * flight - GRAVITY_M_S2 * flight**2 / 2)

    def _pitch_deg(self, s: float) -> float:
        at_contact, feet = self.style.foot_inclination_at_contact_deg, self.style.footwork
        if s < feet.flat_from:
            left = 1.0 - s / feet.flat_from
            return at_contact * (feet.slap * left**2 + (1.0 - feet.slap) * _smooth(left))
        if s < feet.heel_off_at:
            return 0.0
        return float(feet.toe_off_pitch_deg * ((s - feet.heel_off_at) / (1.0 - feet.heel_off_at)) ** feet.heel_rise)

    def _unsettled_m(self, tau: float) -> tuple[float, float]:
        """How far behind and above its place a foot is ``tau`` seconds after contact, m."""
        feet = self.style.footwork
        left = feet.settled_after_s / 2 * max(1.0 - tau / feet.settled_after_s, 0.0) ** 2
        return -feet.forward_at_contact_m_s * left, feet.sink_at_contact_m_s * left

    def _stance_foot(self, stance: Stance, t: float) -> tuple[float, float, float, float]:
        """Ankle x, y and z (m) and pitch (deg) in stance: heel, sole or ball fixed on the belt."""
        contact = stance.toe_off_s - stance.initial_contact_s
        tau = t - stance.initial_contact_s
        yaw = SIDE_SIGN[stance.side] * np.deg2rad(stance.style.toe_out_deg)
        start = self._rolled(self._pitch_deg(0.0))
        flat_x = stance.style.overstride_m - np.cos(yaw) * start[0] - self.style.speed_m_s * tau
        pitch = self._pitch_deg(tau / contact)
        along, z = self._rolled(pitch)
        behind, above = self._unsettled_m(tau)
        x = flat_x + np.cos(yaw) * along + behind
        return float(x), float(stance.foot_y_m + np.sin(yaw) * along), z + above, pitch

    def _rolled(self, pitch_deg: float) -> tuple[float, float]:
        """Ankle relative to where it is over a flat foot, rolled about heel (+) or ball (-)."""
        pivot = self._heel if pitch_deg > 0 else self._ball
        c, s = np.cos(np.deg2rad(pitch_deg)), np.sin(np.deg2rad(pitch_deg))
        back = -pivot
        return float(pivot[0] + c * back[0] - s * back[2]), float(s * back[0] + c * back[2])

    def _plan_swings(self, side: str) -> list[tuple[CubicSpline, CubicSpline]]:
        """Of each swing the ankle's x, and its y, z and foot pitch, joining stances in place and speed."""
        scale = (self.body.thigh_length_m + self.body.shank_length_m) / 0.85
        lift = self.style.swing_lift_m + 0.05 * (self.style.speed_m_s - 2.5)
        out = SIDE_SIGN[side] * SWING_OUT_M
        swings, h = [], 1e-3
        hangs = self.style.footwork.swing_pitch_deg
        for a, b in pairwise(self._by_side[side]):
            t0, t1 = a.toe_off_s, b.initial_contact_s
            start, end = np.array(self._stance_foot(a, t0)), np.array(self._stance_foot(b, t1))
            v0 = (start - np.array(self._stance_foot(a, t0 - h))) / h
            v1 = (np.array(self._stance_foot(b, t1 + h)) - end) / h
            v1[2] = min(v1[2], -LEAST_SINKING_M_S)
            y0, y1 = start[1], end[1]
            middle = np.array(
                [
                    [-0.44 * scale, 0.7 * y0 + 0.3 * y1 + out, (0.33 + lift) * scale, hangs],
                    [-0.08 * scale, 0.5 * (y0 + y1) + out, (0.25 + lift) * scale, -70.0],
                    [0.30 * scale, 0.2 * y0 + 0.8 * y1 + 0.5 * out, 0.15 * scale, -12.0],
                ]
            )
            knots = t0 + (t1 - t0) * np.array([0.0, 0.32, 0.56, 0.80, 1.0])
            path = np.vstack([start, middle, end])
            along = self._along(knots, path[:, 0], v0[0], v1[0])
            swings.append((along, CubicSpline(knots, path[:, 1:], bc_type=((1, v0[1:]), (1, v1[1:])))))
        return swings

    def _along(self, knots: FloatArray, x: FloatArray, v0: float, v1: float) -> CubicSpline:
        """How far forward the ankle is over a swing; slowed evenly before it lands, if the style says how much."""
        slowing = self.style.footwork.slowing_m_s2
        if slowing > 0:
            before = np.array(SLOWED_S)
            landing = x[-1] - v1 * before - 0.5 * slowing * before**2
            knots, x = (
                np.concatenate([knots[:3], knots[-1] - before, knots[-1:]]),
                np.concatenate([x[:3], landing, x[-1:]]),
            )
        return CubicSpline(knots, x, bc_type=((1, np.array(v0)), (1, np.array(v1))))

    def foot(self, side: str, t: float) -> tuple[FloatArray, float, float]:
        """Ankle position (3,) m before reach is checked, pitch (deg), knee turn-in (deg)."""
        stances = self._by_side[side]
        starts = [s.initial_contact_s for s in stances]
        k = min(max(int(np.searchsorted(starts, t, side="right")) - 1, 0), len(stances) - 2)
        stance = stances[k]
        if t < stance.toe_off_s:
            x, y, z, pitch = self._stance_foot(stance, t)
            s = (t - stance.initial_contact_s) / (stance.toe_off_s - stance.initial_contact_s)
            turn_in = stance.style.knee_turn_in_deg * np.sin(np.pi * min(max(s, 0.0), 1.0))
            return np.array([x, y, z]), pitch, float(turn_in)
        along, rest = self._swings[side][k]
        y, z, pitch = rest(t)
        return np.array([along(t), y, z]), float(pitch), 0.0

    def _bump(self, side: str, t: float) -> tuple[float, LegStyle]:
        """1 at this side's mid-stance, 0 a third of a stride away, and that step's style."""
        stride_s = 120.0 / self.style.cadence_per_min
        stances = self._by_side[side]
        middle = [s.initial_contact_s + s.style.peak_at * (s.toe_off_s - s.initial_contact_s) for s in stances]
        k = int(np.argmin(np.abs(np.array(middle) - t)))
        phase = abs(t - middle[k]) / (stride_s * 0.34)
        return float(np.cos(np.pi / 2 * phase) ** 2) if phase < 1 else 0.0, stances[k].style

    def _trunk(self, t: float) -> tuple[FloatArray, FloatArray, float, float]:
        style = self.style
        bump_l, leg_l = self._bump("left", t)
        bump_r, leg_r = self._bump("right", t)
        roll = style.pelvic_obliquity_deg
        roll += leg_l.pelvic_drop_deg * bump_l - leg_r.pelvic_drop_deg * bump_r
        lean = leg_l.trunk_lateral_lean_deg * bump_l - leg_r.trunk_lateral_lean_deg * bump_r
        swing = bump_l - bump_r
        turn = style.pelvic_rotation_deg * self._stride_wave(t)
        pelvis = Rotation.from_euler("ZYX", [turn, style.pelvic_tilt_deg, roll], degrees=True)
        thorax = Rotation.from_euler("ZYX", [-1.2 * turn, style.trunk_forward_lean_deg, -lean], degrees=True)
        return pelvis.as_matrix(), thorax.as_matrix(), swing * style.lateral_sway_m, turn

    def _stride_wave(self, t: float) -> float:
        """+1 when the right leg reaches forward (pelvis turned to its left), -1 for the left."""
        reach = [self.foot(side, t)[0][0] for side in SIDES]
        return float(np.clip((reach[1] - reach[0]) / 0.7, -1.0, 1.0))

    def _hips(self, pelvis: FloatArray, rotation: FloatArray) -> dict[str, FloatArray]:
        root = self.body.head("root")
        return {side: pelvis + rotation @ (self.body.head(f"upperleg01.{side[0].upper()}") - root) for side in SIDES}

    def _pelvis_over_hips(self, rotation: FloatArray, sway: float, height: float) -> FloatArray:
        """Pelvis origin (3,), m, for which the middle of the hips lies at x = 0."""
        middle = np.mean([self.body.head(f"upperleg01.{m}") for m in "LR"], axis=0) - self.body.head("root")
        return np.array([-float((rotation @ middle)[0]), sway, height])

    def _find_height(self) -> float:
        """Pelvis height (m) that gives the asked knee flexion at contact and reaches every stance."""
        thigh, shank = self.body.thigh_length_m, self.body.shank_length_m
        flexion = np.deg2rad(180.0 - self.style.knee_flexion_at_contact_deg)
        asked = np.sqrt(thigh**2 + shank**2 - 2 * thigh * shank * np.cos(flexion))
        reach = 0.992 * (thigh + shank)
        heights = []
        for side in SIDES:
            for stance in self._by_side[side][1:4]:
                for s in np.linspace(0.0, 1.0, 15):
                    t = stance.initial_contact_s + s * (stance.toe_off_s - stance.initial_contact_s)
                    rotation, _, sway, _ = self._trunk(t)
                    pelvis = self._pelvis_over_hips(rotation, sway, self.pelvis_height_change_m(t))
                    gap = self.foot(side, t)[0] - self._hips(pelvis, rotation)[side]
                    limit = asked if s == 0.0 else reach
                    flat = gap[0] ** 2 + gap[1] ** 2
                    heights.append(gap[2] + np.sqrt(max(limit**2 - flat, 0.01)))
        return float(np.min(heights))

    def pose(self, t: float) -> Pose:
        """The runner at time ``t`` (s)."""
        rotation, thorax, sway, _ = self._trunk(t)
        height = self._base_height_m + self.pelvis_height_change_m(t)
        pelvis = self._pelvis_over_hips(rotation, sway, height)
        joints: dict[str, FloatArray] = {}
        feet: dict[str, FloatArray] = {}
        pitches: dict[str, float] = {}
        frames: dict[str, tuple[FloatArray, FloatArray]] = {}
        for side, hip in self._hips(pelvis, rotation).items():
            ankle, pitch, turn_in = self.foot(side, t)
            toe_out = self.style.leg(side).toe_out_deg
            knee, ankle, hinge = solve_leg(
                hip, ankle, self.body.thigh_length_m, self.body.shank_length_m, turn_in, side
            )
            yaw = SIDE_SIGN[side] * toe_out
            foot = Rotation.from_euler("ZY", [yaw, -pitch], degrees=True).as_matrix()
            joints |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
            joints[f"{side}_heel"] = ankle + foot @ self._heel
            joints[f"{side}_ball"] = ankle + foot @ self._ball
            joints[f"{side}_toe"] = ankle + foot @ self._toe
            feet[side], pitches[side] = foot, pitch
            frames[side] = (hinge, np.array([turn_in]))
        wave = self._stride_wave(t)
        return Pose(
            pelvis=pelvis,
            pelvis_rotation=rotation,
            thorax_rotation=thorax,
            joints=joints,
            foot_rotation=feet,
            foot_pitch_deg=pitches,
            leg_frame=frames,
            arm_swing_deg={
                "left": self.style.arm_swing_deg * wave,
                "right": -self.style.arm_swing_deg * wave,
            },
            elbow_flexion_deg=self.style.elbow_flexion_deg,
            arm_out_deg=self.style.arm_out_deg,
        )


def solve_leg(
    hip: FloatArray, ankle: FloatArray, thigh_m: float, shank_m: float, turn_in_deg: float, side: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Two-bone inverse kinematics with the knee turned about the hip-ankle line.

    Returns
    -------
    knee (3,), ankle (3,) pulled back onto reach if it lay beyond it, and the knee's hinge axis
    (3,), pointing to the runner's left.
    """
    gap = ankle - hip
    distance = float(np.linalg.norm(gap))
    longest = 0.998 * (thigh_m + shank_m)
    axis = gap / distance
    if distance > longest:
        distance, ankle = longest, hip + longest * axis
    along = (thigh_m**2 - shank_m**2 + distance**2) / (2 * distance)
    off = np.sqrt(max(thigh_m**2 - along**2, 0.0))
    forward = np.array([1.0, 0.0, 0.0])
    forward = forward - axis * (forward @ axis)
    forward /= np.linalg.norm(forward)
    left = np.cross(forward, axis) * -1.0
    if left[1] < 0:
        left = -left
    angle = np.deg2rad(turn_in_deg)
    medial = -SIDE_SIGN[side] * left
    bend = np.cos(angle) * forward + np.sin(angle) * medial
    hinge = np.cross(bend, axis)
    hinge = hinge if hinge[1] > 0 else -hinge
    return hip + along * axis + off * bend, ankle, hinge / np.linalg.norm(hinge)
