"""Render single pictures of standing runners for the readers that look at pixels, and keep crops beside the truth.

    python benchmarks/stance_pictures.py FOLDER --count 4000 --view rear

A stance instant needs one picture, not a clip: every runner (body, gait, cloth, room, camera) is drawn at random and
photographed a few times while a foot stands. Seeded and resumable, one file a runner. Motion is drawn wider than the
benchmark's and cloth that follows no body (``look.unruly``): what pixels say must not be guessed from what is usual.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("LP_NUM_THREADS", "1")

import cv2
import numpy as np

from gaitcheck.gait.sight.crop import cut
from gaitcheck.pose.segments import track_part
from gaitcheck.synthetic.camera import VIEW_AZIMUTH_DEG
from gaitcheck.synthetic.filming import Filming
from gaitcheck.synthetic.gait import Pose
from gaitcheck.synthetic.look import unruly
from gaitcheck.synthetic.population import random_recipe
from gaitcheck.synthetic.recipe import Recipe, pictures, stage
from gaitcheck.synthetic.room import random_deck
from gaitcheck.synthetic.style import LegStyle
from gaitcheck.synthetic.truth import OTHER, frontal_instant, sagittal_instant
from observe import landmarker

SHOTS = 6
SIDES = ("left", "right")
MARGIN = (16, 12)
SHARES = (0.06, 0.94)
GROUPS = ("pictured", "pictured", "pictured", "learning")
NEAR, NEAR_M = 0.3, (1.3, 2.2)
PHOTOGRAPHED = 0.5
ENDS = (-0.03, 1.03)
"""From beside what counts is at the ends of a stance."""


def _wider(leg: LegStyle, rng: np.random.Generator) -> LegStyle:
    return replace(
        leg,
        pelvic_drop_deg=float(rng.uniform(-5.0, 14.0)),
        knee_turn_in_deg=float(rng.uniform(-18.0, 30.0)),
        foot_offset_m=float(rng.uniform(-0.07, 0.11)),
        trunk_lateral_lean_deg=float(rng.uniform(-8.0, 9.0)),
    )


def wide_recipe(seed: int, view: str) -> Recipe:
    """One runner drawn wider than life, in a picture as large or small as phones give."""
    rng = np.random.default_rng([seed, 77])
    group = GROUPS[seed % len(GROUPS)]
    drawn = random_recipe(
        40_000 + seed, group=group, view=view, duration_s=1.8, most_roll_deg=4.0, most_oblique_deg=13.0
    )
    runner = drawn.runner
    if rng.random() < 0.7:
        runner = replace(
            runner,
            left=_wider(runner.left, rng),
            right=_wider(runner.right, rng),
            pelvic_obliquity_deg=float(rng.normal(0.0, 2.5)),
            lateral_sway_m=float(rng.uniform(-0.01, 0.03)),
        )
    look = unruly(drawn.look, rng) if rng.random() < 0.7 else drawn.look
    tall = int(rng.choice([480, 640, 960, 1280], p=[0.15, 0.2, 0.45, 0.2]))
    film = replace(drawn.filming, height=tall, width=tall * 9 // 16 // 2 * 2, shake_deg=0.0)
    if rng.random() < NEAR:
        film = _nearer(film, rng)
    room = replace(drawn.room, rails=bool(rng.random() < 0.5), deck=random_deck(drawn.room.seed))
    return replace(drawn, runner=runner, look=look, filming=film, room=room)


def _nearer(film: Filming, rng: np.random.Generator) -> Filming:
    """The same picture from nearer, with a wider lens."""
    distance = float(rng.uniform(*NEAR_M))
    return replace(film, distance_m=distance, focal_share=film.focal_share * distance / film.distance_m)


@lru_cache(maxsize=1)
def photographs() -> list[np.ndarray[Any, Any]]:
    """Real photographs that come inside packages (scikit-image, scikit-learn): texture that no renderer has."""
    from skimage import data
    from sklearn.datasets import load_sample_images

    names = ("astronaut", "brick", "chelsea", "coffee", "grass", "gravel", "rocket", "camera", "page", "text", "coins")
    found = [np.asarray(getattr(data, name)()) for name in names] + list(load_sample_images().images)
    found = [p if p.ndim == 3 else np.repeat(p[..., None], 3, axis=2) for p in found]
    return [np.ascontiguousarray(p[..., :3]).astype(np.uint8) for p in found]


def part_of_photograph(rng: np.random.Generator, height: int, width: int) -> np.ndarray[Any, Any]:
    """A piece of some photograph (height, width, 3)."""
    whole = photographs()[int(rng.integers(len(photographs())))]
    scale = rng.uniform(0.35, 1.5)
    h, w = min(int(height * scale), whole.shape[0]), min(int(width * scale), whole.shape[1])
    y, x = rng.integers(0, whole.shape[0] - h + 1), rng.integers(0, whole.shape[1] - w + 1)
    return cv2.resize(whole[y : y + h, x : x + w], (width, height), interpolation=cv2.INTER_AREA)


def instants(stances: list[Any], duration_s: float, view: str, rng: np.random.Generator) -> list[tuple[float, str]]:
    """Times while a foot stands, from beside the near one, and whose foot."""
    whole = [s for s in stances if s.initial_contact_s > 0.0 and s.toe_off_s < duration_s]
    whole = [s for s in whole if view not in SIDES or s.side == view]
    found = []
    for k in range(SHOTS):
        stance = whole[k % len(whole)]
        if view in SIDES:
            share = rng.uniform(*ENDS) if k % 2 else abs(float(rng.choice([0.0, 1.0])) - rng.uniform(-0.03, 0.08))
        else:
            share = rng.uniform(*SHARES) if k % 3 else rng.uniform(0.35, 0.65)
        found.append((stance.initial_contact_s + share * (stance.toe_off_s - stance.initial_contact_s), stance.side))
    return sorted(found)


def told(pose: Pose, side: str, leg_m: float, roll_deg: float, view: str) -> dict[str, float]:
    """What a picture of this instant shows, the camera's roll left in.

    Angles in deg, lengths in leg lengths; roll in the sense of a standing left leg seen from behind, or of a runner to
    the picture's left.
    """
    if view in SIDES:
        seen, roll = sagittal_instant(pose, side), roll_deg if view == "left" else -roll_deg
        return {
            "thigh": -seen["extension"] - roll,
            "shank": seen["tibia"] - roll,
            "pitch": seen["foot"] - roll,
            "lean": seen["trunk"] + roll,
            "roll": roll,
        }
    values = frontal_instant(pose, side)
    thigh = values["drop"] - values["adduction"]
    shank = values["fppa"] + thigh
    joints, other = pose.joints, OTHER[side]
    middle = 0.5 * (joints["left_hip"] + joints["right_hip"])
    ankle_below = float(middle[2] - joints[f"{side}_ankle"][2]) / leg_m
    knee_below = float(joints[f"{other}_knee"][2] - joints[f"{side}_knee"][2]) / leg_m
    sense = (1.0 if side == "left" else -1.0) * (1.0 if VIEW_AZIMUTH_DEG[view] == 180.0 else -1.0)
    roll = sense * roll_deg
    turn = np.sin(np.deg2rad(roll))
    return {
        "thigh": thigh - roll,
        "fppa": shank - thigh,
        "drop": values["drop"] - roll,
        "offset": values["offset"] / leg_m - turn * ankle_below,
        "knees": values["knees"] / leg_m - turn * knee_below,
        "lean": values["lean"] + roll,
        "roll": roll,
        "ankle_below": ankle_below,
        "knee_below": knee_below,
    }


def _stored(picture: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """The picture after a codec of some quality."""
    quality = int(rng.integers(25, 96))
    _, code = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1])


@dataclass(frozen=True)
class _Kept:
    """One runner's shots."""

    crops: list[np.ndarray[Any, Any]]
    rows: dict[str, list[Any]]


def photograph(seed: int, view: str, folder: Path) -> Path:
    """Make one runner's crops, if they are not there yet."""
    target = folder / f"{view}_{seed:05d}.npz"
    if target.exists():
        return target
    recipe, rng = wide_recipe(seed, view), np.random.default_rng([seed, 78])
    staged = stage(recipe)
    moments = instants(staged.mover.stances, recipe.duration_s, view, rng)
    staged = replace(staged, times_s=np.array([t for t, _ in moments]))
    photograph = part_of_photograph(rng, 400, 600) if rng.random() < PHOTOGRAPHED else None
    shots = np.stack([_stored(p, rng) for p in pictures(recipe, staged, photograph)])
    people = track_part(landmarker(), shots).people
    leg = staged.mover.body.thigh_length_m + staged.mover.body.shank_length_m
    true: dict[str, float] = {}
    kept = _Kept([], {name: [] for name in ("landmarks", "truth", "side", "joints")})
    for k, (t, side) in enumerate(moments):
        if not people or not np.isfinite(people[0].pixels[k]).all():
            continue
        seen = people[0].pixels[k]
        crop = cut(shots[k], seen, MARGIN)
        pose = staged.mover.pose(t)
        kept.crops.append(cv2.imencode(".jpg", crop[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1])
        kept.rows["landmarks"].append(seen)
        true = told(pose, side, leg, recipe.filming.roll_deg, view)
        kept.rows["truth"].append(list(true.values()))
        kept.rows["side"].append(side == "right")
        names = [f"{s}_{j}" for j in ("hip", "knee", "ankle") for s in (side, OTHER[side])]
        kept.rows["joints"].append(np.stack([staged.tripod.still.project(pose.joints[n]) for n in names]))
    lengths = np.array([len(c) for c in kept.crops])
    part = target.with_suffix(".part.npz")
    np.savez(
        part,
        crops=np.concatenate([c.ravel() for c in kept.crops]) if kept.crops else np.zeros(0, np.uint8),
        lengths=lengths,
        size=np.array([recipe.filming.width, recipe.filming.height]),
        body=recipe.body,
        names=list(true),
        **{name: np.array(values) for name, values in kept.rows.items()},
    )
    part.replace(target)
    return target


def read_pictures(path: Path) -> Iterator[tuple[np.ndarray[Any, Any], dict[str, Any]]]:
    """Crops (with margin, RGB) of one runner and what belongs to each."""
    data = np.load(path)
    ends = np.cumsum(data["lengths"])
    for k, (end, length) in enumerate(zip(ends, data["lengths"], strict=True)):
        crop = cv2.imdecode(data["crops"][end - length : end], cv2.IMREAD_COLOR)[..., ::-1]
        row = {name: data[name][k] for name in ("landmarks", "truth", "side", "joints")}
        yield (
            np.ascontiguousarray(crop),
            {**row, "size": data["size"], "body": str(data["body"]), "names": data["names"]},
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--view", default="rear")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    seeds = range(options.first, options.first + options.count)
    make = partial(photograph, view=options.view, folder=options.folder)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(make, seed) for seed in seeds]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            if done % 100 == 0:
                print(f"{done} of {len(seeds)}", file=sys.stderr)


if __name__ == "__main__":
    main()
