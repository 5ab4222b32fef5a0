"""Render a recipe, film it, let the pose model look at it, and keep what it saw beside the truth.

One observation is one ``.npz``: landmarks (pixels, world, visibility, times), true joint centres in
the picture and in space, contacts, every true metric, the recipe, and a crop of every frame in which a foot stands
(``gait/sight/crop.py``). Seeded and resumable: one that is
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

import cv2
import numpy as np

from gaitcheck.gait.sight.crop import cut
from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.pose.segments import track, track_part
from gaitcheck.synthetic.recipe import Recipe, pictures, render_clip, stage
from gaitcheck.synthetic.truth import describe
from gaitcheck.video import ClipInfo, decode, probe

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

    ``space`` and ``picture`` hold true joint centres (T, 10, 3) m and (T, 10, 2) px in the order of ``JOINTS``,
    ``crops`` coded pictures by frame.
    """

    name: str
    landmarks: Landmarks
    space: np.ndarray[Any, Any]
    picture: np.ndarray[Any, Any]
    truth: dict[str, Any]
    recipe: dict[str, Any]
    crops: dict[int, np.ndarray[Any, Any]]

    def eyes(self, frames: list[int]) -> dict[int, np.ndarray[Any, Any]]:
        """The crops of some frames, RGB, of those that are there."""
        return {f: cv2.imdecode(self.crops[f], cv2.IMREAD_COLOR)[..., ::-1] for f in frames if f in self.crops}


def standing_crops(clip: ClipInfo, seen: Landmarks, contacts: list[dict[str, Any]]) -> dict[int, np.ndarray[Any, Any]]:
    """Coded crops of the frames in which a foot stands, cut from the film as it was stored."""
    found = {}
    for k, frame in enumerate(decode(clip)):
        t = seen.times_s[k]
        stands = any(c["initial_contact_s"] - 0.02 <= t <= c["toe_off_s"] + 0.02 for c in contacts)
        if stands and np.isfinite(seen.pixels[k]).all():
            crop = cut(frame.image, seen.pixels[k])
            found[k] = cv2.imencode(".jpg", crop[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].ravel()
    return found


def save_observation(
    target: Path,
    seen: Landmarks,
    truth: dict[str, Any],
    recipe: Any,
    crops: dict[int, np.ndarray[Any, Any]],
) -> None:
    """Keep an observation: what was seen, what is true (its ``frames`` are taken out of it), what it was made from."""
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
        crop_frames=np.array(list(crops), dtype=np.int32),
        crop_lengths=np.array([len(code) for code in crops.values()], dtype=np.int64),
        crop_codes=np.concatenate([np.zeros(0, np.uint8), *crops.values()]),
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
        crops = standing_crops(info, seen, truth["contacts"])
    save_observation(target, seen, truth, job.recipe, crops)
    return target


@lru_cache(maxsize=1)
def landmarker() -> MediaPipeLandmarker:
    return MediaPipeLandmarker(MODEL)


def glance(job: Job, folder: Path) -> Path:
    """Like ``observe``, for short clips: without a file and its codec between sensor and model."""
    target = folder / f"{job.name}.npz"
    if target.exists():
        return target
    staged = stage(job.recipe, job.folder)
    film = job.recipe.filming
    part = track_part(landmarker(), np.stack(list(pictures(job.recipe, staged)))).people[0]
    seen = Landmarks(staged.times_s, part.pixels, part.world, part.visibility, film.width, film.height)
    save_observation(target, seen, describe(staged.mover, staged.tripod, film.view, staged.times_s), job.recipe, {})
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
    ends = np.cumsum(data["crop_lengths"]) if "crop_lengths" in data else np.zeros(0, dtype=np.int64)
    codes = data["crop_codes"] if len(ends) else np.zeros(0, dtype=np.uint8)
    starts = np.append(0, ends)
    crops = {int(f): codes[starts[k] : ends[k]] for k, f in enumerate(data["crop_frames"] if len(ends) else [])}
    return Observation(path.stem, seen, data["space"], data["picture"], truth, recipe, crops)


def read_all(folder: Path, prefix: str = "") -> Iterator[Observation]:
    """Every observation in a folder, in the order of names."""
    for path in sorted(folder.glob(f"{prefix}*.npz")):
        if not path.name.endswith(".part.npz"):
            yield read(path)
