"""Points of another tracker as landmarks: names of the field become ours, what is missing is stood in for and named.

Positions are all that is taken over. No depth, so the view must be told; nothing that was learned of one pose model's
mistakes is used on another's points (``gaitcheck.measure``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.pose.landmarks import INDEX, LANDMARK_NAMES, Landmarks
from gaitcheck.typing import FloatArray

ANOTHER = "another"
"""What ``Landmarks.tracker`` is where no pose model of ours saw them."""
LEAST_PX = 20
"""No runner who can be measured is smaller."""
NEEDED = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle"))
STAND_INS = {"heel": ("ankle",), "foot_index": ("heel", "ankle")}
"""Whose place a joint of the foot takes that a tracker does not have. Arms that are not there stay unknown: a point
that stands in for a wrist would swing with something else, and arms tell sides."""
PARTS = {
    "hip": "hip", "knee": "knee", "ankle": "ankle", "heel": "heel", "shoulder": "shoulder", "elbow": "elbow",
    "wrist": "wrist", "ear": "ear", "eye": "eye", "bigtoe": "foot_index", "toe": "foot_index", "toes": "foot_index",
    "footindex": "foot_index", "calc": "heel", "nose": "nose", "pinky": "pinky", "index": "index", "thumb": "thumb",
    "eyeinner": "eye_inner", "eyeouter": "eye_outer",
}  # fmt: skip
"""Names of parts in the trackers of the field, without side and marks between words."""
_COCO_17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
LAYOUTS: dict[str, tuple[str, ...]] = {
    "blazepose": LANDMARK_NAMES,
    "coco_17": _COCO_17,
    "halpe_26": (
        *_COCO_17, "head", "neck", "mid_hip", "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe",
        "left_heel", "right_heel",
    ),
    "body_25": (
        "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
        "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye",
        "left_eye", "right_ear", "left_ear", "left_big_toe", "left_small_toe", "left_heel", "right_big_toe",
        "right_small_toe", "right_heel",
    ),
    "coco_wholebody": (
        *_COCO_17, "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
        *(f"face_or_hand_{k}" for k in range(110)),
    ),
}  # fmt: skip
"""Points of a body in the order in which trackers write them without names."""


def layout_of(count: int) -> tuple[str, ...]:
    """The names of so many unnamed points.

    Raises
    ------
    InputError
        If no layout has as many.
    """
    for names in LAYOUTS.values():
        if len(names) == count:
            return names
    known = ", ".join(f"{name} ({len(names)})" for name, names in LAYOUTS.items())
    raise InputError(f"A body of {count} unnamed points is not known; name them, or use one of {known}.")


def our_name(name: str) -> str | None:
    """What we call a point that a tracker calls ``name``; None if it is of no use here."""
    words = [word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]
    if words and re.fullmatch(r"[lr][a-z]{3,}", words[0]) and words[0][1:] in PARTS and words[0] not in PARTS:
        words = [words[0][0], words[0][1:], *words[1:]]
    sides = {"left": "left", "l": "left", "right": "right", "r": "right"}
    side = next((sides[word] for word in words if word in sides), None)
    part = PARTS.get("".join(word for word in words if word not in sides))
    if part is None or (side is None) != (part == "nose"):
        return None
    return part if side is None else f"{side}_{part}"


def points_up(points: Mapping[str, FloatArray]) -> bool:
    """Whether y points up: a runner's shoulders are above her ankles."""
    height: dict[str, list[float]] = {"shoulder": [], "ankle": []}
    for name, track in points.items():
        part = (our_name(name) or "").rpartition("_")[2]
        if part in height and np.isfinite(track[:, 1]).any():
            height[part].append(float(np.nanmedian(track[:, 1])))
    return all(height.values()) and float(np.mean(height["shoulder"])) > float(np.mean(height["ankle"]))


def _standing_in(found: Mapping[str, FloatArray], name: str) -> FloatArray | None:
    """The nearest point that a tracker has to one of the foot that it has not."""
    side, _, part = name.partition("_")
    near = (found.get(f"{side}_{other}") for other in STAND_INS.get(part, ()))
    return next((track for track in near if track is not None), None)


def from_points(
    points: Mapping[str, FloatArray],
    times_s: FloatArray | Sequence[float],
    *,
    size: tuple[int, int] | None = None,
) -> Landmarks:
    """Landmarks of a runner from the points of any tracker.

    Parameters
    ----------
    points
        By name, each (T, 2) px, or (T, 3) with a confidence 0-1 last; x to the right and y down in the upright picture;
        left and right are the runner's own. NaN where a point was not found. Hips, knees, ankles and shoulders of both
        sides are needed; heels, toes and arms make contacts and sides surer.
    times_s
        (T,) real seconds.
    size
        Width and height of the picture, px; without, as far as points reach.

    Raises
    ------
    InputError
        If a joint that is needed is missing, shapes don't agree, or times don't rise.
    """
    times = np.asarray(times_s, dtype=float)
    if times.ndim != 1 or len(times) < 2 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise InputError("Times must be seconds that rise from frame to frame; give fps, or the times themselves.")
    found: dict[str, FloatArray] = {}
    sure = np.zeros((len(times), len(LANDMARK_NAMES)))
    for name, track in points.items():
        ours = our_name(name)
        values = np.asarray(track, dtype=float)
        if ours is None or ours in found:
            continue
        if values.ndim != 2 or values.shape[0] != len(times) or values.shape[1] not in (2, 3):
            raise InputError(f"{name} has shape {values.shape}; ({len(times)}, 2) is needed, or 3 with a confidence.")
        place = np.where(np.isinf(values[:, :2]), np.nan, values[:, :2])
        found[ours] = np.where(np.isnan(place).any(axis=1, keepdims=True), np.nan, place)
        confidence = values[:, 2] if values.shape[1] == 3 else np.ones(len(times))
        sure[:, INDEX[ours]] = np.clip(np.nan_to_num(np.where(np.isnan(found[ours][:, 0]), 0.0, confidence)), 0.0, 1.0)
    missing = [name for name in (*NEEDED, "left_shoulder", "right_shoulder") if name not in found]
    if missing:
        lost = missing[0].replace("_", " ")
        raise InputError(f"There is no {lost} among the points; hips, knees, ankles and shoulders are needed.")
    lacking = frozenset(name for name in LANDMARK_NAMES if name not in found)
    pixels = np.full((len(times), len(LANDMARK_NAMES), 2), np.nan)
    for name in LANDMARK_NAMES:
        near = found.get(name, _standing_in(found, name))
        if near is not None:
            pixels[:, INDEX[name]] = near
    pixels = _only_whole(pixels)
    if np.isnan(pixels).all():
        raise InputError("In no frame were both hips and both shoulders found; give landmarks of the whole runner.")
    if float(np.max(np.nanmax(pixels, axis=(0, 1)) - np.nanmin(pixels, axis=(0, 1)))) < LEAST_PX:
        raise InputError(
            f"All points lie within {LEAST_PX} px; if they are shares of the picture, multiply x by its width and y by "
            "its height."
        )
    if size is None:
        pixels = pixels - np.nanmin(pixels, axis=(0, 1))
        size = (int(np.nanmax(pixels[..., 0])) + 1, int(np.nanmax(pixels[..., 1])) + 1)
    return Landmarks(
        times_s=times - times[0],
        pixels=pixels,
        world=_flat(pixels),
        visibility=sure,
        width=size[0],
        height=size[1],
        tracker=ANOTHER,
        lacking=lacking,
    )


def _only_whole(pixels: FloatArray) -> FloatArray:
    """Frames in which hips or shoulders are missing have no runner."""
    trunk = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("hip", "shoulder")]
    nobody = np.asarray(np.isnan(pixels[:, trunk]).any(axis=(1, 2)))
    # A face that was not found is no reason to leave a frame out; where it is does not matter.
    pixels[:, 0] = np.where(np.isnan(pixels[:, 0]), pixels[:, trunk].mean(axis=1), pixels[:, 0])
    return np.where(nobody[:, None, None], np.nan, pixels)


def _flat(pixels: FloatArray) -> FloatArray:
    """Positions about the hips without depth, in lengths of the trunk, (T, 33, 3)."""
    hips = pixels[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    shoulders = pixels[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    trunk = np.nanmedian(np.linalg.norm(shoulders - hips, axis=1))
    return np.concatenate([(pixels - hips[:, None]) / trunk, np.zeros((*pixels.shape[:2], 1))], axis=2)
