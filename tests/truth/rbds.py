"""Motion-captured runners seen by a virtual phone: landmarks with force-plate truth, no pixels.

Data: Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298 (read from ../shared/data where present).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.synthetic.camera import Camera, phone

FloatArray = NDArray[np.float64]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RUNS_WITH_FORCES = (("rbds001", "2_5"), ("rbds001", "3_5"), ("rbds041", "2_5"))


@dataclass(frozen=True)
class MocapRun:
    """Joint centres (T, 3) by landmark name, runner at the origin, and contact truth."""

    times_s: FloatArray
    joints: dict[str, FloatArray]
    events: pd.DataFrame | None

    def contacts(self, side: str, event: str) -> FloatArray:
        assert self.events is not None
        rows = self.events[self.events["side"] == side[0].upper()]
        return rows[f"{event}_s"].to_numpy(dtype=float)


def load(runner: str, speed: str) -> MocapRun:
    frame = pd.read_csv(DATA / runner / f"run_{speed}ms_joint_centres.csv")
    events_path = DATA / runner / f"run_{speed}ms_force_events.csv"
    joints = {}
    for side, mark in (("left", "L"), ("right", "R")):
        for name, column in (
            ("hip", "hip"),
            ("knee", "knee"),
            ("ankle", "ankle"),
            ("heel", "heel"),
            ("foot_index", "toe"),
        ):
            joints[f"{side}_{name}"] = frame[[f"{mark}_{column}_{axis}" for axis in "xyz"]].to_numpy()
    middle = 0.5 * (joints["left_hip"] + joints["right_hip"])
    origin = np.array([middle[:, 0].mean(), middle[:, 1].mean(), 0.0])
    joints = {name: track - origin for name, track in joints.items()}
    middle = middle - origin
    for side, sign in (("left", 1.0), ("right", -1.0)):
        joints[f"{side}_shoulder"] = middle + np.array([0.04, sign * 0.18, 0.50])
    joints["nose"] = middle + np.array([0.12, 0.0, 0.72])
    events = pd.read_csv(events_path) if events_path.exists() else None
    return MocapRun(frame["time"].to_numpy(), joints, events)


def film(
    run: MocapRun, view: str, *, fps: float = 60.0, noise_px: float = 0.0, seed: int = 0, camera: Camera | None = None
) -> Landmarks:
    """Landmarks of a mocap run as a camera 3.6 m away at hip height would give them."""
    camera = camera or phone(view, distance_m=3.6, height_m=0.92, target_height_m=0.85)
    times = np.arange(run.times_s[0], run.times_s[-1], 1.0 / fps)
    pixels = np.full((len(times), 33, 2), 1.0)
    world = np.zeros((len(times), 33, 3))
    visibility = np.ones((len(times), 33))
    axes = np.stack(camera.axes())
    sampled = {
        name: np.stack([np.interp(times, run.times_s, track[:, k]) for k in range(3)], axis=1)
        for name, track in run.joints.items()
    }
    middle = 0.5 * (sampled["left_hip"] + sampled["right_hip"])
    rng = np.random.default_rng(seed)
    for name, track in sampled.items():
        pixels[:, INDEX[name]] = camera.project(track) + rng.normal(0, noise_px, (len(times), 2))
        world[:, INDEX[name]] = (track - middle) @ axes.T
    return Landmarks(times, pixels, world, visibility, camera.width, camera.height)
