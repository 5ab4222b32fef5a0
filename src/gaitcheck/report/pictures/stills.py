"""Annotated stills: the step nearest the median, the sharpest of the nearest five, with its angles drawn as vectors.

A still is an SVG: the photograph inside it, lines and numbers over it, so that print stays sharp and nothing
drawn is burnt in. Lines have the measured angles of the step, laid over the limbs; numbers are the report's means.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd

from gaitcheck.analysis.document import Analysis, Clip, StancePhase
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.report.pictures.drawn import drawing_of, together
from gaitcheck.report.pictures.leg import Leg, leg_of
from gaitcheck.report.pictures.pen import Pen
from gaitcheck.report.pictures.tracks import Tracks
from gaitcheck.typing import FloatArray, Picture

STILL_HEIGHT_PX = 900
NEAREST = 5
FRONTAL_LEAD, SAGITTAL_LEAD = "frontal_plane_projection_angle", "tibia_inclination_at_contact"
INSTANTS = ("contact", "midstance", "toe_off")
"""What a professional's report shows of a step."""


def leading_angle(clip: Clip) -> str:
    """The metric that says most of a leg in a clip's plane."""
    return FRONTAL_LEAD if clip.detector == "frontal" else SAGITTAL_LEAD


@dataclass(frozen=True)
class Candidate:
    """A step that may be shown, its frame, and those of ``INSTANTS``."""

    frame: int
    stance: StancePhase
    instants: tuple[int, ...]

    @property
    def contact_s(self) -> tuple[float, float]:
        return self.stance.initial_contact_s, self.stance.toe_off_s


def candidates(analysis: Analysis, strides: pd.DataFrame, clip: int, side: str, tracks: Tracks) -> list[Candidate]:
    """The steps nearest the median of the side's leading metric, nearest first, whose lines lie on the leg."""
    frontal = analysis.clips[clip].detector == "frontal"
    lead = leading_angle(analysis.clips[clip])
    own = strides[(strides["clip"] == clip) & (strides["side"] == side) & (strides["metric"] == lead)]
    by_number = {s.number: s for s in analysis.stances if s.clip == clip and s.side == side}
    off = (own["value"] - own["value"].median()).abs()
    found = []
    for row in off.sort_values().index:
        stance = by_number.get(int(own["number"][row]))
        if stance is None:
            continue
        start, stop = stance.initial_contact_s, stance.toe_off_s
        frame = tracks.frame_at(0.5 * (start + stop) if frontal else start)
        if tracks.fits(frame, side, analysis.clips[clip].leg_length_px):
            found.append(
                Candidate(frame, stance, tuple(tracks.frame_at(t) for t in (start, 0.5 * (start + stop), stop)))
            )
    return found[:NEAREST]


def _box(points: FloatArray, picture: Picture, width_of_height: float = 0.62) -> tuple[int, int, int, int]:
    """Crop around the runner (x0, y0, x1, y1) with some room."""
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    reach = high[1] - low[1]
    centre = 0.5 * (low[0] + high[0])
    height, width = picture.shape[:2]
    y0, y1 = max(low[1] - 0.12 * reach, 0), min(high[1] + 0.07 * reach, height)
    half = 0.5 * width_of_height * (y1 - y0)
    x0, x1 = max(centre - half, 0), min(centre + half, width)
    return int(x0), int(y0), int(x1), int(y1)


def sharpness(picture: Picture, points: FloatArray) -> float:
    """How much fine detail the runner's crop holds: variance of the Laplacian."""
    x0, y0, x1, y1 = _box(points, picture)
    grey = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def choose(found: list[Candidate], frames: dict[int, Picture], tracks: Tracks, clip: Clip) -> Candidate | None:
    """The sharpest candidate."""
    kept = [c for c in found if c.frame in frames]

    def sharp(candidate: Candidate) -> float:
        picture = frames[candidate.frame]
        return sharpness(picture, tracks.points[candidate.frame] * picture.shape[0] / clip.height)

    return max(kept, key=sharp, default=None)


ALL_ANGLES, LEGS = "all", "legs"


def _bones(pen: Pen, leg: Leg) -> None:
    pen.line(leg.hip, leg.knee, leg.colour, 4.0)
    pen.line(leg.knee, leg.ankle, leg.colour, 4.0)
    for joint in (leg.hip, leg.knee, leg.ankle):
        pen.joint(joint, leg.colour)


WIDE = 1.2
"""Width of a picture of the legs, of its height, where the film is wide enough: labels stand beside them."""
NARROW = 0.66
"""The same of one of several instants side by side, which has no labels."""


def _legs_only(clip: Clip, focus: str) -> bool:
    """Whether a still shows the legs from the waist down: a finding's, and from behind and in front all with labels."""
    return drawing_of(focus) is not None or (focus in (ALL_ANGLES, LEGS) and clip.detector == "frontal")


def _frame(points: FloatArray, side: str, picture: Picture, clip: Clip, focus: str) -> tuple[int, int, int, int]:
    """The whole runner, or the legs from the waist down."""
    x0, y0, x1, y1 = _box(points, picture, 0.62 if clip.detector == "frontal" else 0.85)
    if not _legs_only(clip, focus):
        return x0, y0, x1, y1
    hip, ankle = points[INDEX[f"{side}_hip"]], points[INDEX[f"{side}_ankle"]]
    top = max(int(hip[1] - 0.32 * abs(ankle[1] - hip[1])), y0)
    wide = NARROW if focus == LEGS else WIDE
    centre, half = 0.5 * (hip[0] + ankle[0]), 0.5 * wide * (y1 - top)
    return max(int(centre - half), 0), top, min(int(centre + half), picture.shape[1]), y1


def still_svg(
    picture: Picture,
    points: FloatArray,
    side: str,
    clip: Clip,
    labels: dict[str, str],
    alt: str,
    focus: str = "",
    height_px: int = STILL_HEIGHT_PX,
) -> str:
    """The still as SVG text.

    Parameters
    ----------
    picture
        RGB (H, W, 3) of the proxy.
    points
        (33, 2) px of the clip.
    labels
        Numbers to print, by metric; one that was not measured is missing.
    focus
        The metric of one finding; the still then shows the legs, and its angle alone. Without one, the whole runner;
        with ``ALL_ANGLES``, what shows all angles of the plane largest; with ``LEGS``, from behind and in front, the
        legs.
    """
    points = points * picture.shape[0] / clip.height
    x0, y0, x1, y1 = _frame(points, side, picture, clip, focus)
    scale = (0.75 if _legs_only(clip, focus) else 1.0) * height_px / (y1 - y0)
    crop = cv2.resize(picture[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    height, width = crop.shape[:2]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 84])
    assert done
    photo = base64.b64encode(data.tobytes()).decode("ascii")
    pen = Pen((1.3 if _legs_only(clip, focus) else 1.0) * height, width)
    leg = leg_of((points - np.array([x0, y0])) * scale, side, clip)
    own = drawing_of(focus)
    for name, drawing in together(clip.detector) if own is None else [(focus, own)]:
        if name in labels:
            drawing.draw(pen, leg, labels[name])
    _bones(pen, leg)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{alt}">'
        f'<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{photo}"/>'
        f"{''.join(pen.shapes)}</svg>"
    )
