"""Render short clips of many bodies from behind and keep what the model saw beside the truth.

    python benchmarks/learning_set.py FOLDER --count 300

Each clip is one ``.npz``: raw landmarks (pixels, world, visibility), true joint centres in the
picture and in space, stance and camera. Seeded and resumable: a clip that is there is not rendered
again. ``--held-out`` draws the bodies that nothing is ever fitted on.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.segments import track_part
from gaitcheck.synthetic.bodies import body_names, load_body
from gaitcheck.synthetic.camera import phone
from gaitcheck.synthetic.gait import LegStyle, Runner, RunnerStyle
from gaitcheck.synthetic.render import Scene, random_look

JOINTS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle", "heel", "toe")]
CLIP_S, FPS = 1.0, 60.0
START_S = 0.4


def random_leg(rng: np.random.Generator, leg_m: float) -> LegStyle:
    """Every fault drawn on its own, so that none can be guessed from another."""
    return LegStyle(
        pelvic_drop_deg=float(rng.uniform(-1.0, 11.0)),
        knee_turn_in_deg=float(rng.uniform(-8.0, 18.0)),
        foot_offset_m=float(rng.uniform(-0.05, 0.07)),
        toe_out_deg=float(rng.uniform(-4.0, 18.0)),
        overstride_m=float(rng.uniform(0.15, 0.30) * leg_m),
        trunk_lateral_lean_deg=float(rng.uniform(-3.0, 7.0)),
    )


def random_style(rng: np.random.Generator, leg_m: float) -> RunnerStyle:
    """A gait drawn wide; speed and times scale with leg length."""
    scale = np.sqrt(leg_m / 0.83)
    left = random_leg(rng, leg_m)
    right = random_leg(rng, leg_m)
    if rng.random() < 0.4:
        right = replace(left, foot_offset_m=float(left.foot_offset_m + rng.normal(0, 0.01)))
    cadence = float(rng.uniform(152, 188) / scale)
    return RunnerStyle(
        speed_m_s=float(rng.uniform(2.2, 3.6) * scale),
        cadence_per_min=cadence,
        contact_time_s=float(60 / cadence * rng.uniform(0.60, 0.80)),
        left=left,
        right=right,
        foot_inclination_at_contact_deg=float(rng.uniform(-10, 22)),
        knee_flexion_at_contact_deg=float(rng.uniform(6, 20)),
        pelvic_obliquity_deg=float(rng.normal(0, 1.5)),
        pelvic_rotation_deg=float(rng.uniform(0, 10)),
        pelvic_tilt_deg=float(rng.uniform(0, 16)),
        lateral_sway_m=float(rng.uniform(0.0, 0.025)),
        trunk_forward_lean_deg=float(rng.uniform(0, 14)),
        arm_swing_deg=float(rng.uniform(12, 42)),
    )


def render_one(index: int, target: Path, landmarker: MediaPipeLandmarker, held_out: bool) -> None:
    rng = np.random.default_rng([2026, int(held_out), index])
    names = [n for n in body_names() if n.startswith("held_out") == held_out]
    body = load_body(names[int(rng.integers(len(names)))])
    leg_m = body.thigh_length_m + body.shank_length_m
    style = random_style(rng, leg_m)
    camera = phone(
        "rear",
        distance_m=float(rng.uniform(2.4, 4.2)),
        height_m=float(rng.uniform(0.3, 1.5)),
        target_height_m=float(rng.uniform(0.8, 1.05)),
        beside_m=float(rng.uniform(-0.4, 0.4)),
        oblique_deg=float(rng.uniform(-12, 12)),
        roll_deg=float(rng.uniform(-4, 4)),
        width=540,
        height=960,
        focal_px=float(960 * rng.uniform(0.75, 1.25)),
    )
    runner = Runner(body, style, CLIP_S + START_S + 1.0, seed=index)
    times = START_S + np.arange(round(CLIP_S * FPS)) / FPS
    scene = Scene(body, random_look(rng), camera, style.speed_m_s)
    poses = [runner.pose(float(t)) for t in times]
    pictures = np.stack([scene.picture(pose, float(t)) for pose, t in zip(poses, times, strict=True)])
    scene.close()
    seen = track_part(landmarker, pictures)
    space = np.array([[pose.joints[name] for name in JOINTS] for pose in poses])
    contacts = [(s.side == "left", s.initial_contact_s, s.toe_off_s) for s in runner.stances]
    part = target.with_suffix(".part.npz")
    np.savez_compressed(
        part, times=times, pixels=seen.pixels, world=seen.world, visibility=seen.visibility, space=space,
        picture=camera.project(space), contacts=np.array(contacts, dtype=float), body=body.name,
        camera=np.array(
            [*camera.position, *camera.target, camera.roll_deg, camera.width, camera.height, camera.focal_px]
        ),
    )  # fmt: skip
    part.replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--share", default="0/1", help="k/n: every n-th clip from k on, for several processes")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--model", type=Path, default=Path("models/pose_full.task"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    k, n = (int(part) for part in options.share.split("/"))
    landmarker = MediaPipeLandmarker(options.model)
    for index in range(k, options.count, n):
        target = options.folder / f"{'held_out' if options.held_out else 'learning'}_{index:04d}.npz"
        if not target.exists():
            render_one(index, target, landmarker, options.held_out)
    landmarker.close()


if __name__ == "__main__":
    main()
