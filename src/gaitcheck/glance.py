"""A glance at a clip's first seconds, before the long work: is the runner there, whole, straight, level, in light?

Nothing is measured. What a glance calls good may still be refused by the analysis, which sees the whole clip; what it
calls bad is worth mending before anybody waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import ClipError
from gaitcheck.pose.facing import axis_deg, turn_deg, upright_deg
from gaitcheck.pose.landmarker import Detection, Landmarker
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.pose.segments import people_in
from gaitcheck.quality.notes import LOW_RATE_FPS
from gaitcheck.settings import DEFAULT
from gaitcheck.video import ClipInfo, decode

Verdict = Literal["good", "mend", "stop"]
Box = tuple[float, float, float, float]

SECONDS = 3.0
LOOKS = 6
SHORT_S, TOO_SHORT_S = 10.0, 3.0
"""At least seven steps a leg are wanted (Dingenen 2018), which take some 5 s of running; below 3 s nothing is found."""
WANTED_HEIGHT = (0.4, 0.9)
"""Share of the picture's height that eyes to toes should fill; filming guides want 60 to 80 % for the whole runner."""
TURNED_DEG = 45.0
DARK, TOO_DARK = 45.0, 25.0
"""Mean brightness of the runner and what is around, of 255. Heuristic."""
OFF_STRAIGHT_DEG = 10.0
LEANS_DEG = {"frontal": 6.0, "sagittal": 15.0}
"""Runners filmed within 3 deg of level lie below that from ankles to shoulders (docs/validation.md)."""
PICTURE_PX = 640


@dataclass(frozen=True)
class Check:
    """One thing looked at; ``parameters`` are of its sentence."""

    code: str
    verdict: Verdict
    parameters: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Glance:
    """What a clip's first seconds show.

    Attributes
    ----------
    boxes
        Everybody who is large enough, from the picture's left: left, top, right, bottom as shares of the picture.
    picture
        One of its pictures, a JPEG.
    """

    file: str
    checks: tuple[Check, ...]
    boxes: tuple[Box, ...]
    picture: bytes
    width: int
    height: int
    seconds: float
    fps: float

    @property
    def stops(self) -> bool:
        """Whether something must be mended first."""
        return any(check.verdict == "stop" for check in self.checks)


def _look_at(clip: ClipInfo, landmarker: Landmarker) -> tuple[list[NDArray[np.uint8]], list[list[Detection]]]:
    """Some pictures of the first seconds, and who is in each."""
    end_s = min(SECONDS, max(clip.duration_s, 0.5))
    wanted = list(np.linspace(0.0, 0.95 * end_s, LOOKS))
    pictures: list[NDArray[np.uint8]] = []
    for frame in decode(clip, end_s=end_s):
        if wanted and frame.time_s * clip.slow_motion >= wanted[0] - 1e-6:
            pictures.append(frame.image)
            wanted.pop(0)
        if not wanted:
            break
    return pictures, [people_in(landmarker.scout(picture), picture.shape[0]) for picture in pictures]


def _film(clip: ClipInfo) -> list[Check]:
    """What the file alone tells."""
    found = []
    if clip.duration_s < TOO_SHORT_S:
        found.append(Check("too_short", "stop", {"seconds": round(clip.duration_s, 1)}))
    elif clip.duration_s < SHORT_S:
        found.append(Check("short", "mend", {"seconds": round(clip.duration_s)}))
    else:
        found.append(Check("long_enough", "good", {"seconds": round(clip.duration_s)}))
    slow = clip.fps < LOW_RATE_FPS
    found.append(Check("slow_rate" if slow else "fast_rate", "mend" if slow else "good", {"fps": round(clip.fps)}))
    return found


def _best_seen(bodies: list[Detection], width: int, height: int) -> Check:
    """How whole and large somebody is: of several, who is seen best, since who runs is not known yet."""
    order = ("good", "mend", "stop")
    return min((_whole(body, width, height) for body in bodies), key=lambda check: order.index(check.verdict))


def _whole(body: Detection, width: int, height: int) -> Check:
    """Whether the whole body is in the picture, and large enough."""
    names = ("nose", "left_ankle", "right_ankle", "left_hip", "right_hip", "left_foot_index", "right_foot_index")
    points = body.pixels[[INDEX[name] for name in names]]
    outside = (points < 0).any() or (points > np.array([width, height])).any()
    hidden = float(np.median(body.visibility[[INDEX["left_ankle"], INDEX["right_ankle"]]])) < 0.3
    if outside or hidden:
        return Check("cut_off", "stop")
    share = body.height_px / height
    if share < DEFAULT.small_runner_fraction.value:
        return Check("too_small", "stop", {"percent": round(100 * share)})
    verdict: Verdict = "good" if WANTED_HEIGHT[0] <= share <= WANTED_HEIGHT[1] else "mend"
    code = "whole" if verdict == "good" else "small" if share < WANTED_HEIGHT[0] else "large"
    return Check(code, verdict, {"percent": round(100 * share)})


def _place(bodies: list[Detection]) -> list[Check]:
    """Where the camera stands, and whether it is level."""
    axis = axis_deg(np.stack([body.world for body in bodies]))
    off = {"frontal": min(axis, 180.0 - axis), "sagittal": turn_deg(axis, 90.0)}
    plane = min(off, key=lambda name: off[name])
    straight = Check(f"straight_{plane}", "good")
    if off[plane] > OFF_STRAIGHT_DEG:
        far = off[plane] > DEFAULT.oblique_deg.value
        straight = Check(f"oblique_{plane}", "stop" if far else "mend", {"degrees": round(off[plane])})
    lean = abs(upright_deg(np.stack([body.pixels for body in bodies])))
    if lean > TURNED_DEG:
        return [Check("turned", "mend")]
    if lean > LEANS_DEG[plane]:
        return [straight, Check("tilted", "mend", {"degrees": round(lean)})]
    return [straight, Check("level", "good")]


def _light(pictures: list[NDArray[np.uint8]], bodies: list[Detection]) -> Check:
    brightness = []
    for picture, body in zip(pictures, bodies, strict=True):
        (left, top), (right, bottom) = body.pixels.min(axis=0), body.pixels.max(axis=0)
        part = picture[max(int(top), 0) : int(bottom), max(int(left), 0) : int(right)]
        if part.size:
            brightness.append(float(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).mean()))
    mean = float(np.median(brightness)) if brightness else 255.0
    if mean < DARK:
        return Check("too_dark", "stop") if mean < TOO_DARK else Check("dark", "mend")
    return Check("light", "good")


def _box(body: Detection, width: int, height: int) -> Box:
    (left, top), (right, bottom) = body.pixels.min(axis=0), body.pixels.max(axis=0)
    return left / width, top / height, right / width, bottom / height


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    share = min(1.0, PICTURE_PX / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


def glance(clip: ClipInfo, landmarker: Landmarker) -> Glance:
    """Look at a clip's first seconds.

    Raises
    ------
    ClipError
        If nothing can be decoded.
    """
    pictures, people = _look_at(clip, landmarker)
    if not pictures:
        raise ClipError(f"{clip.name} can't be decoded; export it again as H.264 MP4.")
    height, width = pictures[0].shape[:2]
    seen = [k for k, found in enumerate(people) if found]
    checks, shown = _film(clip), len(pictures) // 2
    boxes: tuple[Box, ...] = ()
    if len(seen) * 2 < len(pictures):
        checks.insert(0, Check("nobody", "mend" if seen else "stop"))
    else:
        shown = max(seen, key=lambda k: (len(people[k]), -abs(k - shown)))
        crowd = sorted(people[shown], key=lambda body: float(body.pixels[:, 0].mean()))
        boxes = tuple(_box(body, width, height) for body in crowd)
        bodies = [people[k][0] for k in seen]
        several = Check("several", "mend", {"people": len(crowd)}) if len(crowd) > 1 else Check("alone", "good")
        place = _place(bodies)
        whole = [] if place[0].code == "turned" else [_best_seen(people[shown], width, height)]
        light = _light([pictures[k] for k in seen], bodies)
        checks = [*whole, *place, light, several, *checks]
    return Glance(clip.name, tuple(checks), boxes, _jpeg(pictures[shown]), width, height, clip.duration_s, clip.fps)
