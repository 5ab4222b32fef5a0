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
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.report.pictures.tracks import Tracks
from gaitcheck.typing import FloatArray, Picture

STILL_HEIGHT_PX = 900
NEAREST = 5
FRONTAL_LEAD, SAGITTAL_LEAD = "frontal_plane_projection_angle", "tibia_inclination_at_contact"
COLOUR = {"left": "#2f6fe0", "right": "#8fd0ff"}
"""On a photograph: left dark, right light, as on the bars."""


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
LETTER_WIDTH = 0.56
"""Of a semibold letter, as a share of its size; on the wide side."""


SMALLEST = 0.7
"""How far a label is made smaller to stand clear of the leg."""


class _Pen:
    """SVG shapes with a dark halo, so that they stand out on any clothes."""

    def __init__(self, height: float, width: float) -> None:
        self.shapes: list[str] = []
        self._width = width
        self._unit = height / 450.0

    def line(self, a: FloatArray, b: FloatArray, colour: str, width: float = 3.0, dash: str = "") -> None:
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return
        ends = f'x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke-linecap="round"'
        w = width * self._unit
        pattern = (
            f' stroke-dasharray="{" ".join(f"{float(d) * self._unit:.1f}" for d in dash.split())}"' if dash else ""
        )
        self.shapes.append(
            f'<line {ends} stroke="#101820" stroke-opacity="0.65" stroke-width="{w * 1.9:.1f}"{pattern}/>'
        )
        self.shapes.append(f'<line {ends} stroke="{colour}" stroke-width="{w:.1f}"{pattern}/>')

    def joint(self, at: FloatArray, colour: str) -> None:
        if np.isfinite(at).all():
            r = 4.6 * self._unit
            self.shapes.append(
                f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{r:.1f}" fill="#fff" stroke="{colour}" '
                f'stroke-width="{r * 0.45:.1f}"/>'
            )

    def arc(self, at: FloatArray, first: FloatArray, second: FloatArray, radius: float, colour: str) -> None:
        """An arc about a point between two directions."""
        one, two = (d / max(float(np.linalg.norm(d)), 1e-9) for d in (first, second))
        start, end = at + radius * one, at + radius * two
        sweep = 1 if one[0] * two[1] - one[1] * two[0] > 0 else 0
        path = f"M{start[0]:.1f} {start[1]:.1f} A{radius:.1f} {radius:.1f} 0 0 {sweep} {end[0]:.1f} {end[1]:.1f}"
        self.shapes.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-linecap="round" '
            f'stroke-width="{2.4 * self._unit:.1f}"/>'
        )

    def _reach(self, text: str) -> float:
        return LETTER_WIDTH * 15.0 * self._unit * len(text)

    def beside(self, at: FloatArray, away: float, outward: FloatArray, text: str) -> None:
        """Text ``away`` px beside a place, outward, or inward where there is more room for it."""
        if not np.isfinite(at).all():
            return
        sign = 1.0 if outward[0] > 0 else -1.0
        room = self._width - at[0] if sign > 0 else at[0]
        if away + self._reach(text) > room and room < self._width / 2:
            sign, room = -sign, self._width - room
        fits = (room - away) / max(self._reach(text), 1.0)
        place, anchor = at + np.array([sign * away, 0.0]), "start" if sign > 0 else "end"
        self.text(place, text, anchor, float(np.clip(fits, SMALLEST, 1.0)))

    def text(self, at: FloatArray, text: str, anchor: str = "start", smaller: float = 1.0) -> None:
        """Text with a halo; moved inward where it would leave the picture."""
        if not np.isfinite(at).all() or not text:
            return
        size, reach = 15.0 * smaller * self._unit, smaller * self._reach(text)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * reach
        at = np.array([np.clip(at[0], before + 4, max(self._width - reach + before - 4, before + 4)), at[1]])
        place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:.1f}" text-anchor="{anchor}"'
        face = 'font-family="Source Sans Pro, DejaVu Sans" font-weight="600"'
        halo = f'stroke="#101820" stroke-width="{size * 0.28:.1f}" stroke-linejoin="round"'
        self.shapes.append(f'<text {place} {face} fill="#101820" {halo}>{text}</text>')
        self.shapes.append(f'<text {place} {face} fill="#fff">{text}</text>')


def _down(clip: Clip) -> FloatArray:
    """Straight down as the tilted camera shows it."""
    angle = np.deg2rad(clip.camera_roll_deg)
    return np.array([np.sin(angle), np.cos(angle)])


@dataclass(frozen=True)
class _Leg:
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


def _leg(points: FloatArray, side: str, clip: Clip) -> _Leg:
    hip, knee, ankle = (points[INDEX[f"{side}_{joint}"]] for joint in ("hip", "knee", "ankle"))
    far_hip = points[INDEX[f"{OTHER_SIDE[side]}_hip"]]
    shoulders = 0.5 * (points[INDEX["left_shoulder"]] + points[INDEX["right_shoulder"]])
    down = _down(clip)
    across = np.array([down[1], -down[0]])
    ahead = hip - far_hip if clip.detector == "frontal" else ankle - hip
    outward = across if float(ahead @ across) > 0 else -across
    return _Leg(hip, knee, ankle, far_hip, shoulders, down, outward, COLOUR[side])


def _bones(pen: _Pen, leg: _Leg) -> None:
    pen.line(leg.hip, leg.knee, leg.colour, 4.0)
    pen.line(leg.knee, leg.ankle, leg.colour, 4.0)
    for joint in (leg.hip, leg.knee, leg.ankle):
        pen.joint(joint, leg.colour)


def _knee_angle(pen: _Pen, leg: _Leg, label: str) -> None:
    """The thigh's line drawn on beyond the knee, and the angle of the shank to it."""
    thigh, shank = leg.knee - leg.hip, leg.ankle - leg.knee
    beyond = leg.knee + thigh * 0.62 * float(np.linalg.norm(shank)) / max(float(np.linalg.norm(thigh)), 1e-9)
    pen.line(leg.knee, beyond, "#ffffff", 1.6, "6 5")
    pen.arc(leg.knee, beyond - leg.knee, shank, 0.26 * leg.length, YELLOW)
    pen.beside(leg.knee, 0.2 * leg.length, leg.outward, label)


def _hip_line(pen: _Pen, leg: _Leg, label: str) -> None:
    """The hip line against the level."""
    pen.line(
        leg.hip, leg.hip - 1.25 * float(np.linalg.norm(leg.hip - leg.far_hip)) * leg.outward, "#ffffff", 1.4, "3 4"
    )
    tip = leg.hip + 1.25 * (leg.far_hip - leg.hip)
    pen.line(leg.hip, tip, YELLOW, 2.6)
    other = "end" if leg.anchor == "start" else "start"
    pen.text(tip - 0.06 * leg.length * leg.outward - 0.03 * leg.length * leg.down, label, other)


def _thigh_to_hips(pen: _Pen, leg: _Leg, label: str) -> None:
    """The thigh against the line square to the hips."""
    hips = leg.far_hip - leg.hip
    square = np.array([-hips[1], hips[0]])
    square = square if float(square @ leg.down) > 0 else -square
    square = square / max(float(np.linalg.norm(square)), 1e-9)
    pen.line(leg.hip, leg.hip + 1.2 * (leg.far_hip - leg.hip), YELLOW, 2.6)
    pen.line(leg.hip, leg.hip + 0.5 * leg.length * square, "#ffffff", 1.6, "6 5")
    pen.arc(leg.hip, square, leg.knee - leg.hip, 0.34 * leg.length, YELLOW)
    pen.beside(leg.hip + 0.2 * leg.length * leg.down, 0.22 * leg.length, leg.outward, label)


def _midline(pen: _Pen, leg: _Leg, label: str) -> None:
    """The body's midline, and the foot's way to it."""
    reach = max(float((leg.ankle - leg.hips) @ leg.down), 0.1 * leg.length)
    pen.line(leg.hips, leg.hips + (reach + 0.06 * leg.length) * leg.down, "#ffffff", 1.6, "6 5")
    pen.line(leg.hips + reach * leg.down, leg.ankle, YELLOW, 2.2)
    pen.beside(leg.ankle - 0.06 * leg.length * leg.down, 0.16 * leg.length, leg.outward, label)


def _shank(pen: _Pen, leg: _Leg, label: str) -> None:
    """The shank against the vertical through the ankle."""
    pen.line(leg.ankle, leg.ankle - 0.5 * leg.length * leg.down, "#ffffff", 1.6, "6 5")
    pen.arc(leg.ankle, -leg.down, leg.knee - leg.ankle, 0.3 * leg.length, YELLOW)
    shank = 0.5 * (leg.knee + leg.ankle)
    pen.beside(shank, 0.12 * leg.length, leg.outward, label)


def _ahead(pen: _Pen, leg: _Leg, label: str) -> None:
    """How far the ankle is ahead of the hip."""
    below = leg.hip + float((leg.ankle - leg.hip) @ leg.down) * leg.down
    pen.line(leg.hip, below, "#ffffff", 1.6, "6 5")
    pen.line(below, leg.ankle, YELLOW, 2.2)
    pen.text(0.5 * (below + leg.ankle) + 0.1 * leg.length * leg.down, label, "middle")


def _knee_bend(pen: _Pen, leg: _Leg, label: str) -> None:
    pen.text(leg.knee + 0.08 * leg.length * leg.outward - 0.04 * leg.length * leg.down, label, leg.anchor)


def _trunk(pen: _Pen, leg: _Leg, label: str) -> None:
    """The trunk against the vertical."""
    pen.line(leg.hips, leg.shoulders, YELLOW, 2.6)
    pen.line(leg.hips, leg.hips - 0.55 * leg.length * leg.down, "#ffffff", 1.4, "3 4")
    pen.beside(0.5 * (leg.hips + leg.shoulders), 0.16 * leg.length, leg.outward, label)


YELLOW = "#ffe08a"
DRAWN = {
    "frontal": {
        "frontal_plane_projection_angle": _knee_angle,
        "contralateral_pelvic_drop": _hip_line,
        "foot_placement_offset": _midline,
    },
    "sagittal": {
        "tibia_inclination_at_contact": _shank,
        "overstride": _ahead,
        "knee_flexion_at_contact": _knee_bend,
        "trunk_forward_lean": _trunk,
    },
}
"""What the stills of both legs show, by plane. Other metrics are shown by their findings' own stills, or not at all."""
FOCUS = {**DRAWN["frontal"], **DRAWN["sagittal"], "hip_adduction": _thigh_to_hips, "crossover_fraction": _midline}


WIDE = 1.2
"""Width of a picture of the legs, of its height, where the film is wide enough: labels stand beside them."""
NARROW = 0.66
"""The same of one of several instants side by side, which has no labels."""


def _legs_only(clip: Clip, focus: str) -> bool:
    """Whether a still shows the legs from the waist down: a finding's, and from behind and in front all with labels."""
    return focus in FOCUS or (focus in (ALL_ANGLES, LEGS) and clip.detector == "frontal")


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
    picture : RGB (H, W, 3) of the proxy. points : (33, 2) px of the clip.
    labels : numbers to print, by metric; one that was not measured is missing.
    focus : the metric of one finding; the still then shows the legs, and its angle alone. Without one, the whole
        runner; with ``ALL_ANGLES``, what shows all angles of the plane largest; with ``LEGS``, from behind and in
        front, the legs.
    """
    points = points * picture.shape[0] / clip.height
    x0, y0, x1, y1 = _frame(points, side, picture, clip, focus)
    scale = (0.75 if _legs_only(clip, focus) else 1.0) * height_px / (y1 - y0)
    crop = cv2.resize(picture[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    height, width = crop.shape[:2]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(crop, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 84])
    assert done
    photo = base64.b64encode(data.tobytes()).decode("ascii")
    pen = _Pen((1.3 if _legs_only(clip, focus) else 1.0) * height, width)
    leg = _leg((points - np.array([x0, y0])) * scale, side, clip)
    drawn = {focus: FOCUS[focus]} if focus in FOCUS else DRAWN[clip.detector]
    for name, draw in drawn.items():
        if name in labels:
            draw(pen, leg, labels[name])
    _bones(pen, leg)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{alt}">'
        f'<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{photo}"/>'
        f"{''.join(pen.shapes)}</svg>"
    )
