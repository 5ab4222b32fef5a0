"""Render a recipe, film it, let the pose model look at it, and keep what it saw beside the truth.

One observation is one ``.npz``: landmarks (pixels, world, visibility, times), true joint centres in
the picture and in space, contacts, every true metric, the recipe. Seeded and resumable: one that is
there is not made again. Learning and scoring read these files and render nothing.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.pose.segments import track, track_part
from gaitcheck.synthetic.recipe import Recipe, pictures, render_clip, stage
from gaitcheck.synthetic.truth import describe
from gaitcheck.video import decode, probe

JOINTS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle", "heel", "toe")]
MODEL = Path(__file__).parents[1] / "models" / "pose_full.task"


@dataclass(frozen=True)
class Job:
    """One clip to observe: its name in the set, its recipe, where a recorded motion lies."""

    name: str
    recipe: Recipe
    folder: Path = Path()


@dataclass(frozen=True)
class Observation:
    """What was seen of one clip, and what is true of it.

    ``space`` and ``picture`` hold true joint centres (T, 10, 3) m and (T, 10, 2) px in the order of ``JOINTS``.
    """

    name: str
    landmarks: Landmarks
    space: np.ndarray[Any, Any]
    picture: np.ndarray[Any, Any]
    truth: dict[str, Any]
    recipe: dict[str, Any]


def _save(target: Path, seen: Landmarks, truth: dict[str, Any], recipe: Recipe) -> None:
    frames = truth.pop("frames")
    kept = np.searchsorted([f["time_s"] for f in frames], seen.times_s - 1e-3)
    kept = np.clip(kept, 0, len(frames) - 1)
    space = np.array([[frames[k]["joints_m"][n] for n in JOINTS] for k in kept], dtype=np.float32)
    picture = np.array([[frames[k]["joints_px"][n] for n in JOINTS] for k in kept], dtype=np.float32)
    part = target.with_suffix(".part.npz")
    np.savez_compressed(
        part,
        times=seen.times_s,
        pixels=seen.pixels.astype(np.float32),
        world=seen.world.astype(np.float32),
        visibility=seen.visibility.astype(np.float32),
        size=np.array([seen.width, seen.height]),
        space=space,
        picture=picture,
        truth=json.dumps(truth),
        recipe=json.dumps(dataclasses.asdict(recipe)),
    )
    part.replace(target)


def observe(job: Job, folder: Path) -> Path:
    """Film a clip to a file, read it back as gaitcheck does, keep the observation; the clip is deleted."""
    target = folder / f"{job.name}.npz"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory() as scratch:
        clip = Path(scratch) / "clip.mp4"
        truth_path = render_clip(job.recipe, clip, folder=job.folder)
        film = job.recipe.filming
        info = probe(clip, film.fps if film.playback_fps else None)
        seen = track(decode(info), MODEL, jobs=1)[0]
        truth = json.loads(truth_path.read_text(encoding="utf-8"))
    _save(target, seen, truth, job.recipe)
    return target


@lru_cache(maxsize=1)
def _landmarker() -> MediaPipeLandmarker:
    return MediaPipeLandmarker(MODEL)


def glance(job: Job, folder: Path) -> Path:
    """Like ``observe``, for short clips: without a file and its codec between sensor and model."""
    target = folder / f"{job.name}.npz"
    if target.exists():
        return target
    staged = stage(job.recipe, job.folder)
    film = job.recipe.filming
    part = track_part(_landmarker(), np.stack(list(pictures(job.recipe, staged)))).people[0]
    seen = Landmarks(staged.times_s, part.pixels, part.world, part.visibility, film.width, film.height)
    _save(target, seen, describe(staged.mover, staged.tripod, film.view, staged.times_s), job.recipe)
    return target


def read(path: Path) -> Observation:
    """An observation that was kept."""
    data = np.load(path)
    width, height = (int(v) for v in data["size"])
    seen = Landmarks(
        data["times"],
        data["pixels"].astype(float),
        data["world"].astype(float),
        data["visibility"].astype(float),
        width,
        height,
    )
    truth, recipe = json.loads(str(data["truth"])), json.loads(str(data["recipe"]))
    return Observation(path.stem, seen, data["space"], data["picture"], truth, recipe)


def read_all(folder: Path, prefix: str = "") -> Iterator[Observation]:
    """Every observation in a folder, in the order of names."""
    for path in sorted(folder.glob(f"{prefix}*.npz")):
        if not path.name.endswith(".part.npz"):
            yield read(path)
