"""Clips from another generator: nothing of it was ever learned from, so it shows how intervals do on the unknown.

    python benchmarks/other_generator.py FOLDER --count 40

Figures are made of tapered limbs of their own proportions and of a trunk drawn over rings, whose hips and waistband sit
on the pelvis and turn with it, not of the rendered bodies' skin; VTK's lamps light them, with highlights, in rooms of
grained planes. They move as motion-captured runners do (Fukuchi, Fukuchi & Duarte 2017), as filmed or mirrored, faster
or slower, with faults added to their joints. Needs the recordings beside the checkout.
Observations are kept as ``observe`` keeps them, from behind and in front.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("LP_NUM_THREADS", "1")

import cv2
import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline, PchipInterpolator

from clips import SHARED
from gaitcheck.pose.segments import track
from gaitcheck.synthetic.camera import Camera
from gaitcheck.synthetic.filming import Filming, Tripod
from gaitcheck.synthetic.gait import Pose
from gaitcheck.synthetic.style import LegStyle, Stance
from gaitcheck.synthetic.truth import describe
from gaitcheck.video import ProxyWriter, decode, probe
from observe import MODEL, save_observation, standing_crops

RUNS = ("rbds001/run_2_5ms", "rbds001/run_3_5ms", "rbds041/run_2_5ms")
SIDES = {"left": 1.0, "right": -1.0}
SECONDS, FPS = 5.0, 60.0
TURN = np.linspace(0, 2 * np.pi, 25)
Array = np.ndarray[Any, Any]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Figure:
    """One runner of the other generator. Lengths are shares of the recording's own, colours RGB in 0-1."""

    run: str
    mirrored: bool
    faster: float
    start_s: float
    thigh: float
    shank: float
    hips: float
    girth: float
    knee_in_m: tuple[float, float]
    drop_deg: tuple[float, float]
    foot_m: tuple[float, float]
    lean_deg: float
    skin: tuple[float, float, float]
    shirt: tuple[float, float, float]
    shorts: tuple[float, float, float]
    shoes: tuple[float, float, float]
    shorts_to: float
    waist: float
    shirt_to: float
    seed: int
    filming: Filming

    @property
    def body(self) -> str:
        return f"figure_{self.seed}"


def draw(seed: int, view: str) -> Figure:
    """A figure, a motion, faults and a camera at random."""
    rng = np.random.default_rng([seed, 404])

    def colour() -> tuple[float, float, float]:
        r, g, b = rng.uniform(0.05, 0.95, 3)
        return (float(r), float(g), float(b))

    tone = rng.uniform(0.3, 1.0)
    tall = int(rng.choice([720, 960, 1280]))
    return Figure(
        run=RUNS[seed % len(RUNS)],
        mirrored=bool(rng.random() < 0.5),
        faster=float(rng.uniform(0.95, 1.25)),
        start_s=float(rng.uniform(1.0, 18.0)),
        thigh=float(rng.uniform(0.93, 1.07)),
        shank=float(rng.uniform(0.93, 1.07)),
        hips=float(rng.uniform(0.9, 1.1)),
        girth=float(rng.uniform(0.85, 1.2)),
        knee_in_m=(float(rng.uniform(-0.02, 0.05)), float(rng.uniform(-0.02, 0.05))),
        drop_deg=(float(rng.uniform(-3.0, 4.0)), float(rng.uniform(-3.0, 4.0))),
        foot_m=(float(rng.uniform(-0.03, 0.03)), float(rng.uniform(-0.03, 0.03))),
        lean_deg=float(rng.uniform(0.0, 12.0)),
        skin=(0.9 * tone, 0.68 * tone, 0.55 * tone),
        shirt=colour(),
        shorts=colour(),
        shoes=colour(),
        shorts_to=float(rng.uniform(0.3, 0.95)),
        waist=float(rng.uniform(0.85, 1.15)),
        shirt_to=float(rng.uniform(-0.02, 0.10)),
        seed=seed,
        filming=Filming(
            view=view,
            distance_m=float(rng.uniform(2.4, 4.5)),
            height_m=float(rng.uniform(0.4, 1.3)),
            target_height_m=0.9,
            oblique_deg=float(rng.uniform(-7.0, 7.0)),
            roll_deg=float(rng.uniform(-2.5, 2.5)),
            focal_share=float(rng.uniform(0.75, 1.1)),
            width=tall * 9 // 16 // 2 * 2,
            height=tall,
            fps=FPS,
        ),
    )


class Moving:
    """A figure's joints and contacts over time: the recording's, stretched, mirrored, with faults added."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        table = pd.read_csv(SHARED / f"{figure.run}_joint_centres.csv")
        times = table["time"].to_numpy()
        tracks = {
            f"{side}_{joint}": table[[f"{mark}_{joint}_{a}" for a in "xyz"]].to_numpy()
            for side, mark in (("left", "L"), ("right", "R"))
            for joint in ("hip", "knee", "ankle", "heel", "toe")
        }
        if figure.mirrored:
            swapped = {"left": "right", "right": "left"}
            tracks = {
                f"{swapped[n.split('_')[0]]}_{n.split('_')[1]}": t * np.array([1.0, -1.0, 1.0])
                for n, t in tracks.items()
            }
        events = pd.read_csv(SHARED / f"{figure.run}_force_events.csv")
        named = {"L": "left", "R": "right"} if not figure.mirrored else {"L": "right", "R": "left"}
        starts, stops = (events[k].to_numpy() for k in ("initial_contact_s", "toe_off_s"))
        order = np.argsort(starts)
        at = lambda t: (t - figure.start_s) / figure.faster  # noqa: E731
        self.stances = [
            Stance(named[events["side"][k]], float(at(starts[k])), float(at(stops[k])), 0.0, LegStyle(), 0.0, 0.0)
            for k in order
            if figure.start_s - 2 < starts[k] < figure.start_s + figure.faster * SECONDS + 2
        ]
        middle = 0.5 * (tracks["left_hip"] + tracks["right_hip"])
        ground = min(float(np.percentile(tracks[f"{s}_{j}"][:, 2], 1)) for s in SIDES for j in ("heel", "toe"))
        origin = np.array([middle[:, 0].mean(), middle[:, 1].mean(), ground])
        self._tracks = {n: CubicSpline(at(times), t - origin) for n, t in tracks.items()}
        pose = self.pose(0.5)
        lengths = [float(np.linalg.norm(pose.joints[f"left_{a}"] - pose.joints[f"left_{b}"]))
                   for a, b in (("hip", "knee"), ("knee", "ankle"))]  # fmt: skip
        height = float(sum(lengths)) / 0.491
        self.body = SimpleNamespace(thigh_length_m=lengths[0], shank_length_m=lengths[1], height_m=height)

    def _bump(self, side: str, t: float) -> float:
        """1 in the middle of this side's contacts, 0 a little outside them."""
        found = 0.0
        for s in self.stances:
            if s.side == side:
                length = s.toe_off_s - s.initial_contact_s
                off = abs(t - s.initial_contact_s - 0.45 * length) / (0.75 * length)
                found = max(found, float(np.cos(np.pi / 2 * min(off, 1.0)) ** 2))
        return found

    def pose(self, t: float) -> Pose:
        """Joints at time ``t`` (s): legs hang from the hips as long as the figure's are, heights kept at the hips."""
        figure, raw = self._figure, {n: np.asarray(track(t)) for n, track in self._tracks.items()}
        middle = 0.5 * (raw["left_hip"] + raw["right_hip"])
        half = 0.5 * figure.hips * (raw["left_hip"] - raw["right_hip"])
        bumps = [self._bump(side, t) for side in SIDES]
        roll = np.deg2rad(figure.drop_deg[0] * bumps[0] - figure.drop_deg[1] * bumps[1])
        half = half + np.array([0.0, 0.0, np.tan(roll) * half[1]])
        joints: dict[str, Array] = {}
        for k, (side, sign) in enumerate(SIDES.items()):
            hip = middle + sign * half
            thigh, shank = (raw[f"{side}_{b}"] - raw[f"{side}_{a}"] for a, b in (("hip", "knee"), ("knee", "ankle")))
            knee = hip + figure.thigh * thigh + np.array([0.0, -sign * figure.knee_in_m[k] * bumps[k], 0.0])
            ankle = hip + figure.thigh * thigh + figure.shank * shank + np.array([0.0, sign * figure.foot_m[k], 0.0])
            joints |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
            for end in ("heel", "toe"):
                joints[f"{side}_{end}"] = ankle + raw[f"{side}_{end}"] - raw[f"{side}_ankle"]
        lean = np.deg2rad(figure.lean_deg)
        side_lean = -0.3 * roll
        up = np.array([np.sin(lean), np.sin(side_lean), np.cos(lean)])
        up /= np.linalg.norm(up)
        across = np.array([0.0, 1.0, 0.0]) - up * up[1]
        across /= np.linalg.norm(across)
        thorax = np.stack([np.cross(across, up), across, up], axis=1)
        pitch = {}
        for side in SIDES:
            gap = joints[f"{side}_toe"] - joints[f"{side}_heel"]
            pitch[side] = float(np.rad2deg(np.arctan2(gap[2], np.hypot(gap[0], gap[1]))))
        wave = float(np.clip((joints["right_ankle"][0] - joints["left_ankle"][0]) / 0.7, -1, 1))
        return Pose(middle, np.eye(3), thorax, joints, {}, pitch, {}, {"left": 30 * wave, "right": -30 * wave})


class Stage:
    """VTK draws the figure of one instant anew from limbs; the room stays."""

    def __init__(self, figure: Figure, camera: Camera) -> None:
        import pyvista

        self._pv, self._figure, self._camera = pyvista, figure, camera
        rng = np.random.default_rng([figure.seed, 405])
        self._plotter: Any = pyvista.Plotter(
            off_screen=True, window_size=[camera.width, camera.height], lighting="none"
        )
        for place in ((-3.0, 2.0, 3.0), (2.5, -2.5, 2.5), (0.0, 0.0, 4.0)):
            light = pyvista.Light(position=place, focal_point=(0, 0, 0.9), intensity=float(rng.uniform(0.25, 0.6)))
            self._plotter.add_light(light)
        self._plotter.set_background(tuple(rng.uniform(0.3, 0.8, 3)))
        for centre, normal in (((0, 0, -0.15), (0, 0, 1)), ((4.0, 0, 1), (-1, 0, 0)), ((-4.0, 0, 1), (1, 0, 0)),
                               ((0, 3.0, 1), (0, -1, 0)), ((0, -3.0, 1), (0, 1, 0))):  # fmt: skip
            plane = pyvista.Plane(center=centre, direction=normal, i_size=9, j_size=9)
            grain = cv2.resize(rng.uniform(0.6, 1.0, (24, 24)), (256, 256), interpolation=cv2.INTER_CUBIC)
            tint = rng.uniform(0.25, 0.9, 3)
            picture = np.clip(255 * grain[..., None] * tint * rng.uniform(0.9, 1.1, (256, 256, 1)), 0, 255)
            self._plotter.add_mesh(plane, texture=pyvista.numpy_to_texture(picture.astype(np.uint8)), ambient=0.5)
        belt = pyvista.Box((-0.9, 0.9, -0.25, 0.25, -0.1, -0.01))
        self._plotter.add_mesh(belt, color=(0.1, 0.1, 0.12), ambient=0.3)
        for y in (-0.34, 0.34):
            self._plotter.add_mesh(pyvista.Box((-1.0, 1.0, y - 0.05, y + 0.05, -0.12, 0.02)), color=(0.4, 0.4, 0.45))
            self._plotter.add_mesh(
                pyvista.Cylinder(center=(0.95, y, 0.6), direction=(0, 0, 1), radius=0.03, height=1.3),
                color=(0.5, 0.5, 0.5),
            )
        self._limbs: list[Any] = []
        self._used = 0

    def _limb(self, a: Array, b: Array, ra: float, rb: float, colour: Colour) -> None:
        """A rounded limb from a to b: a lathe of an eased outline."""
        length = float(np.linalg.norm(b - a))
        share = np.linspace(0.0, 1.0, 13)
        caps = np.sqrt(np.clip(1 - np.maximum(np.abs(2 * share - 1) - 0.8, 0.0) ** 2 / 0.04, 0.02, 1))
        radius = (ra + (rb - ra) * share) * caps * (1 + 0.10 * np.sin(np.pi * share))
        axis = (b - a) / max(length, 1e-6)
        side = np.cross(axis, [0.3, 0.9, 0.2])
        side /= np.linalg.norm(side)
        other = np.cross(axis, side)
        ring = np.cos(TURN)[:, None] * side + np.sin(TURN)[:, None] * other
        points = a + share[:, None, None] * (b - a) + radius[:, None, None] * ring[None]
        self._draw(points, np.broadcast_to(ring, points.shape) + 0.0, colour)

    def _trunk(self, rings: list[tuple[Array, Array, Array]], colour: Colour) -> None:
        """Skin over ellipses from bottom to top, each a centre and its half axes (3,), eased between them."""
        rows = np.array([np.concatenate(ring) for ring in rings])
        eased = PchipInterpolator(np.arange(len(rows)), rows)(np.linspace(0, len(rows) - 1, 4 * len(rows)))
        centre, across, ahead = eased[:, None, :3], eased[:, None, 3:6], eased[:, None, 6:]
        wide, deep = (np.linalg.norm(v, axis=2, keepdims=True) for v in (across, ahead))
        cos, sin = np.cos(TURN)[None, :, None], np.sin(TURN)[None, :, None]
        normals = cos * across / wide**2 + sin * ahead / deep**2
        normals /= np.linalg.norm(normals, axis=2, keepdims=True)
        self._draw(centre + cos * across + sin * ahead, normals, colour)

    def _draw(self, points: Array, normals: Array, colour: Colour) -> None:
        """One more skin of rings (rows, columns, 3) on the figure; made once and moved from then on."""
        rows, columns = points.shape[:2]
        points, normals = points.reshape(-1, 3), normals.reshape(-1, 3)
        if self._used == len(self._limbs):
            self._limbs.append(self._new_skin(rows, columns, points, normals, colour))
        mesh = self._limbs[self._used]
        mesh.points[:] = points
        mesh.point_data["Normals"][:] = normals
        mesh.Modified()
        self._used += 1

    def _new_skin(self, rows: int, columns: int, points: Array, normals: Array, colour: Colour) -> Any:
        corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
        quads = np.stack([np.full(len(corner), 4), corner, corner + 1, corner + 1 + columns, corner + columns], axis=1)
        mesh = self._pv.PolyData(points.copy(), quads.ravel())
        mesh.point_data["Normals"] = normals.copy()
        mesh.GetPointData().SetActiveNormals("Normals")
        self._plotter.add_mesh(
            mesh, color=colour, ambient=0.35, diffuse=0.7, specular=0.25, reset_camera=False, interpolation="Phong"
        )
        return mesh

    def _pelvis(self, pose: Pose) -> tuple[Array, Array, Array]:
        """Unit vectors of the pelvis (across to the left, ahead, up), along the line of the hips."""
        across = pose.joints["left_hip"] - pose.joints["right_hip"]
        across = across / np.linalg.norm(across)
        ahead = np.cross(across, np.array([0.0, 0.0, 1.0]))
        ahead /= np.linalg.norm(ahead)
        return across, ahead, np.cross(ahead, across)

    def _torso(self, pose: Pose, up: Array, across: Array, ahead: Array, neck: Array) -> None:
        """Shorts, waistband and shirt: the shorts' rings are the pelvis's, the chest's are the thorax's."""
        figure, g, j = self._figure, self._figure.girth, pose.joints
        pa, pf, pu = self._pelvis(pose)
        middle, width = pose.pelvis, 0.5 * float(np.linalg.norm(j["left_hip"] - j["right_hip"]))

        def ring(height: float, wide: float, deep: float, back: float = 0.0) -> tuple[Array, Array, Array]:
            return middle + height * pu - back * pf, wide * pa, deep * pf

        hips, waist = width + 0.085 * g, 0.128 * g * figure.waist
        self._trunk(
            [ring(-0.11, 0.5 * hips, 0.07 * g, 0.01), ring(-0.06, 0.95 * hips, 0.115 * g, 0.02),
             ring(0.0, hips, 0.125 * g, 0.025), ring(0.06, 0.95 * hips, 0.115 * g, 0.015),
             ring(0.115, 0.5 * (hips + waist) + 0.004, 0.105 * g)],
            figure.shorts,
        )  # fmt: skip
        for sign in SIDES.values():
            seat = middle + 0.5 * sign * hips * pa - 0.065 * pf
            self._limb(seat - 0.075 * pu, seat + 0.065 * pu, 0.075 * g, 0.07 * g, figure.shorts)
        band = 0.5 * (hips + waist) + 0.008
        self._trunk([ring(0.095, band, 0.110 * g), ring(0.125, band - 0.002, 0.108 * g)], figure.shoes)
        chest = lambda h, wide, deep: (middle + 0.10 * pu + h * up, wide * across, deep * ahead)  # noqa: E731
        hem = figure.shirt_to
        self._trunk(
            [ring(hem, 0.5 * (hips + waist) + 0.026 - 0.1 * hem, 0.12 * g), ring(0.13, waist + 0.012, 0.105 * g),
             chest(0.10, waist + 0.01, 0.10 * g), chest(0.22, 0.15 * g, 0.115 * g), chest(0.31, 0.165 * g, 0.115 * g),
             chest(0.38, 0.160 * g, 0.09 * g), (neck - 0.01 * up, 0.06 * across, 0.06 * ahead)],
            figure.shirt,
        )  # fmt: skip

    def _person(self, pose: Pose) -> None:
        figure, j, g = self._figure, pose.joints, self._figure.girth
        up = pose.thorax_rotation @ np.array([0.0, 0.0, 1.0])
        across = pose.thorax_rotation @ np.array([0.0, 1.0, 0.0])
        ahead = pose.thorax_rotation @ np.array([1.0, 0.0, 0.0])
        neck = pose.pelvis + 0.50 * up
        self._torso(pose, up, across, ahead, neck)
        self._limb(neck - 0.03 * up, neck + 0.10 * up, 0.055, 0.05, figure.skin)
        head = neck + 0.2 * up
        self._limb(head - 0.10 * up, head + 0.10 * up, 0.085, 0.09, figure.skin)
        hair = (0.15, 0.1, 0.08)
        self._limb(head + 0.02 * up - 0.02 * ahead, head + 0.12 * up - 0.02 * ahead, 0.092, 0.085, hair)
        self._limb(head - 0.08 * up - 0.035 * ahead, head + 0.10 * up - 0.035 * ahead, 0.075, 0.09, hair)
        self._limb(head + 0.06 * ahead - 0.03 * up, head + 0.11 * ahead - 0.03 * up, 0.02, 0.018, figure.skin)
        for sign in SIDES.values():
            eye = head + 0.078 * ahead + sign * 0.032 * across + 0.02 * up
            self._limb(eye, eye + 0.012 * ahead, 0.014, 0.010, (0.05, 0.05, 0.05))
            ear = head + sign * 0.085 * across - 0.01 * up
            self._limb(ear - 0.025 * up, ear + 0.025 * up, 0.018, 0.018, figure.skin)
        mouth = head + 0.078 * ahead - 0.06 * up
        self._limb(mouth - 0.025 * across, mouth + 0.025 * across, 0.009, 0.009, (0.5, 0.15, 0.15))
        for side, sign in SIDES.items():
            hip, knee, ankle = (j[f"{side}_{n}"] for n in ("hip", "knee", "ankle"))
            self._limb(hip, knee, 0.09 * g, 0.06 * g, figure.skin)
            leg = figure.shorts_to * (knee - hip)
            self._limb(hip - 0.12 * leg / figure.shorts_to, hip + leg, 0.092 * g, 0.082 * g, figure.shorts)
            calf = knee + 0.35 * (ankle - knee)
            self._limb(knee, calf, 0.055 * g, 0.06 * g, figure.skin)
            self._limb(calf - 0.1 * (ankle - knee), ankle, 0.06 * g, 0.036 * g, figure.skin)
            self._limb(j[f"{side}_heel"] + [0, 0, 0.025], j[f"{side}_toe"] + [0, 0, 0.02], 0.042, 0.045, figure.shoes)
            self._limb(ankle, 0.5 * (j[f"{side}_heel"] + ankle), 0.042, 0.045, figure.shoes)
            shoulder = neck + sign * 0.18 * across - 0.03 * up
            swing = np.deg2rad(pose.arm_swing_deg[side] - 12)
            elbow = shoulder + 0.29 * (np.sin(swing) * ahead - np.cos(swing) * up) + sign * 0.05 * across
            lift = swing + np.deg2rad(95)
            hand = elbow + 0.25 * (np.sin(lift) * ahead - np.cos(lift) * up) - sign * 0.04 * across
            self._limb(shoulder, elbow, 0.05 * g, 0.042 * g, figure.shirt if figure.seed % 2 else figure.skin)
            self._limb(elbow, hand, 0.042 * g, 0.03 * g, figure.skin)
            self._limb(hand, hand + 0.25 * (hand - elbow), 0.035, 0.03, figure.skin)

    def picture(self, pose: Pose) -> Array:
        self._used = 0
        self._person(pose)
        _, down, forward = self._camera.axes()
        view = self._plotter.camera
        view.position = self._camera.position
        view.focal_point = tuple(np.array(self._camera.position) + forward)
        view.up = tuple(-down)
        view.view_angle = float(np.rad2deg(2 * np.arctan(self._camera.height / 2 / self._camera.focal_px)))
        view.clipping_range = (0.4, 20.0)
        self._plotter.render()
        return np.asarray(self._plotter.screenshot(return_img=True), dtype=np.uint8)

    def close(self) -> None:
        self._plotter.close()


def _pictures(figure: Figure, moving: Moving, tripod: Tripod, times: Array) -> Iterator[Array]:
    stage, rng = Stage(figure, tripod.still), np.random.default_rng([figure.seed, 406])
    try:
        for t in times:
            shown = cv2.GaussianBlur(stage.picture(moving.pose(float(t))), (0, 0), 0.7)
            yield cv2.add(shown, rng.normal(0, 3, shown.shape).astype(np.int16), dtype=cv2.CV_8U)  # type: ignore[attr-defined]
    finally:
        stage.close()


def film(seed: int, view: str, folder: Path) -> Path:
    """One observation of the other generator, if it is not there yet."""
    target = folder / f"other_{view}_{seed:02d}_0.npz"
    if target.exists():
        return target
    figure = draw(seed, view)
    moving, tripod = Moving(figure), Tripod(figure.filming, seed)
    times = np.arange(round(SECONDS * FPS)) / FPS
    with tempfile.TemporaryDirectory() as scratch:
        clip = Path(scratch) / "clip.mp4"
        with ProxyWriter(clip, FPS, tallest_px=figure.filming.height, crf=24) as writer:
            for t, picture in zip(times, _pictures(figure, moving, tripod, times), strict=True):
                writer.write(picture, float(t))
        info = probe(clip)
        seen = track(decode(info), MODEL, jobs=1)[0]
        truth = json.loads(json.dumps(describe(moving, tripod, view, times)))
        crops = standing_crops(info, seen, truth["contacts"])
    save_observation(target, seen, truth, figure, crops)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if not SHARED.is_dir():
        raise SystemExit("The recordings are not beside the checkout.")
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        views = ["front" if seed % 4 == 3 else "rear" for seed in range(options.count)]
        made = [pool.submit(partial(film, folder=options.folder), seed, view) for seed, view in enumerate(views)]
        for done, future in enumerate(as_completed(made), 1):
            future.result()
            print(f"{done} of {len(made)}", file=sys.stderr)


if __name__ == "__main__":
    main()
