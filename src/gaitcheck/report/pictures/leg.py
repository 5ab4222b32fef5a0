"""The standing leg in a still: places in its pixels, and the runner's own directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.analysis.document import Clip
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray

COLOUR = {"left": "#2f6fe0", "right": "#8fd0ff"}
"""On a photograph: left dark, right light, as on the bars."""


def _down(clip: Clip) -> FloatArray:
    """Straight down as the tilted camera shows it."""
    angle = np.deg2rad(clip.camera_roll_deg)
    return np.array([np.sin(angle), np.cos(angle)])


@dataclass(frozen=True)
class Leg:
    """The places a still's lines run through, px of the still, and two directions of the runner's."""

    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    far_hip: FloatArray
    shoulders: FloatArray
    down: FloatArray
    outward: FloatArray
    colour: str

    @property
    def hips(self) -> FloatArray:
        return 0.5 * (self.hip + self.far_hip)

    @property
    def length(self) -> float:
        return max(float(np.linalg.norm(self.ankle - self.hip)), 1.0)

    @property
    def anchor(self) -> str:
        return "start" if self.outward[0] > 0 else "end"


def leg_of(points: FloatArray, side: str, clip: Clip) -> Leg:
    hip, knee, ankle = (points[INDEX[f"{side}_{joint}"]] for joint in ("hip", "knee", "ankle"))
    far_hip = points[INDEX[f"{OTHER_SIDE[side]}_hip"]]
    shoulders = 0.5 * (points[INDEX["left_shoulder"]] + points[INDEX["right_shoulder"]])
    down = _down(clip)
    across = np.array([down[1], -down[0]])
    ahead = hip - far_hip if clip.detector == "frontal" else ankle - hip
    outward = across if float(ahead @ across) > 0 else -across
    return Leg(hip, knee, ankle, far_hip, shoulders, down, outward, COLOUR[side])
