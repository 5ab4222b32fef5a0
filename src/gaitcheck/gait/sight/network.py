"""The networks that read a standing leg from its picture: what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray
from gaitcheck.views import View

if TYPE_CHECKING:
    import cv2


READINGS = {
    "frontal": {"thigh": 6.0, "fppa": 8.0, "drop": 4.0, "offset": 0.05, "knees": 0.07, "lean": 4.0, "roll": 2.0},
    "sagittal": {"thigh": 10.0, "shank": 8.0, "pitch": 12.0, "lean": 4.0, "roll": 2.0},
}
"""What is read of one picture by plane, the camera's roll left in, and the units (deg, leg lengths) in which networks
give it, so that all weighed alike when they learned."""
BODY = ("ear", "shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
LANDMARKS = 4 * len(BODY)


def frame_inputs(landmarks: FloatArray, side: str, flip: bool, size: tuple[int, int]) -> FloatArray:
    """Where landmarks are in one frame, (35,), seen with the standing leg, or the way ahead, on the left.

    Parameters
    ----------
    landmarks
        (33, 2) px, x right, y down.
    side
        The standing leg, which comes first.
    flip
        Whether the picture has to be mirrored for that.
    size
        Width and height of the picture, px.

    Notes
    -----
    Positions from the middle of the hips in trunk lengths, across positive toward the left of the crop, up positive;
    then where the hips are from the picture's middle, and the trunk as a share of the longer side.
    """
    way = np.array([1.0 if flip else -1.0, -1.0])
    columns = [INDEX[f"{s}_{joint}"] for joint in BODY for s in (side, OTHER_SIDE[side])]
    hips = landmarks[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
    shoulders = landmarks[[INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=0)
    trunk = max(float(np.linalg.norm(shoulders - hips)), 1.0)
    places = (landmarks[columns] - hips) * way / trunk
    where = (hips - np.array(size) / 2) * way / trunk
    return np.concatenate([places.ravel(), where, [trunk / max(size)]])


PER_FORWARD = 32


@dataclass(frozen=True)
class Sight:
    """Readings (n, k) of some pictures and the spread the networks give each (n, k), in deg and leg lengths."""

    readings: FloatArray
    spreads: FloatArray


@lru_cache(maxsize=4)
def _networks(model: str, seen: str) -> tuple[cv2.dnn.Net, ...]:
    import cv2  # here, since documents are read without it

    place = files("gaitcheck.gait.sight") / "networks"
    names = sorted(n.name for n in place.iterdir() if n.name.startswith(f"{model}_{seen}_")) if place.is_dir() else []
    return tuple(cv2.dnn.readNetFromONNX(np.frombuffer((place / n).read_bytes(), dtype=np.uint8)) for n in names)


def can_see(model: str, view: View) -> bool:
    """Whether there are networks for a pose model and a view."""
    return bool(_networks(model, seen_by(view)))


def seen_by(view: View) -> str:
    """Whose networks look at a view: those of the left side serve the right, mirrored."""
    return view.name if view.plane == "frontal" else "near"


def read_pictures(crops: NDArray[np.uint8], inputs: FloatArray, model: str, view: View) -> Sight:
    """What the networks of a view say of crops (n, TALL, WIDE, 3), turned the way they know, and inputs (n, 35).

    Several networks give their mean; where they disagree the spread grows by that.
    """
    said = []
    for network in _networks(model, seen_by(view)):
        rows = []
        for start in range(0, len(crops), PER_FORWARD):
            batch = crops[start : start + PER_FORWARD].transpose(0, 3, 1, 2).astype(np.float32) / 255.0
            network.setInput(np.ascontiguousarray(batch), "crop")
            network.setInput(inputs[start : start + PER_FORWARD].astype(np.float32), "inputs")
            rows.append(network.forward("told"))
        said.append(np.concatenate(rows))
    told = np.array(said, dtype=np.float64)
    units = np.array(list(READINGS[view.plane].values()))
    count = len(units)
    means, variances = told[..., :count], np.exp(2.0 * told[..., count:])
    spread = np.sqrt(variances.mean(axis=0) + means.var(axis=0))
    return Sight(means.mean(axis=0) * units, spread * units)
