"""The overlay video: the runner alone, skeleton in side colours, midline, where feet stood, cadence, angles, findings.

It is cut to the runner and keeps the clip's own time, so that a player can jump to a step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gaitcheck.analysis.document import Analysis, Clip, StancePhase
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.report.pictures.stills import FRONTAL_LEAD, SAGITTAL_LEAD
from gaitcheck.report.pictures.tracks import ProxyFrame, Tracks, proxy_frames
from gaitcheck.report.typesetting import FONTS
from gaitcheck.typing import FloatArray, Picture
from gaitcheck.video import ProxyWriter, proxy_size

Colour = tuple[int, int, int]

LEFT, RIGHT, NEUTRAL, WHITE, BLACK = (47, 111, 224), (143, 208, 255), (235, 235, 235), (255, 255, 255), (0, 0, 0)
MARKED = (255, 224, 138)
"""RGB: blue and orange keep apart for every kind of colour vision and in grey."""
COLOUR: dict[str, Colour] = {"left": LEFT, "right": RIGHT}
CHAINS = (("shoulder", "elbow", "wrist"), ("shoulder", "hip"), ("hip", "knee", "ankle", "heel", "foot_index", "ankle"))
LEG_CHAIN = 2
"""Where the leg's chain stands."""
FLAG_S = 0.12
"""How long a contact's flag is shown."""
AHEAD = 4
"""Frames read ahead of drawing, and left to be written after it."""
DOT_S = 2.0
"""How long a footprint stays."""
TALLEST_PX = 720
"""What a phone shows; a runner who fills less of the picture keeps the proxy's resolution."""
LABELLED = {"contralateral_pelvic_drop": "hip", "foot_placement_offset": "ankle", "crossover_fraction": "ankle"}
"""The joint an angle's value is written beside, where that is not the knee."""
ROOM = (0.10, 0.16, 0.05)
"""Beside, above and below the runner, as shares of the runner's height."""
LEAST_WIDTH = 0.56
"""Of the window's height: captions need it."""
LARGEST_OF_CLIP = 1.08
"""Aim below 1.2 times the clip's size."""


@dataclass(frozen=True)
class Caption:
    """A finding told while its step is on screen: from when to when, s."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A step on which a leg's angle is drawn and its value written; ``metric`` names the angle."""

    stance: StancePhase
    metric: str
    text: str


@dataclass(frozen=True)
class Window:
    """The part of a clip's picture that is shown, px of the clip."""

    x0: float
    y0: float
    x1: float
    y1: float

    def points(self, points: FloatArray, shown_height: int) -> FloatArray:
        """Points (..., 2) of the clip in a picture of the window that is ``shown_height`` px tall."""
        return np.asarray((points - np.array([self.x0, self.y0])) * (shown_height / (self.y1 - self.y0)))

    def bounds(self, height: int, clip: Clip) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in a whole picture ``height`` px tall, all even."""
        scale = height / clip.height
        x0, y0, x1, y1 = (2 * round(0.5 * v * scale) for v in (self.x0, self.y0, self.x1, self.y1))
        return x0, y0, max(x1, x0 + 2), max(y1, y0 + 2)


def shrunk(picture: Picture, tallest_px: int = TALLEST_PX) -> Picture:
    """A picture no taller than ``tallest_px``, with even sides."""
    if picture.shape[0] <= tallest_px:
        return picture
    scale = tallest_px / picture.shape[0]
    size = tuple(2 * max(1, round(scale * side / 2)) for side in (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def window_of(tracks: Tracks, clip: Clip) -> Window:
    """The window that holds the runner through the whole clip, with some room, on whole pixels of its proxy."""
    seen = tracks.points[np.isfinite(tracks.points).all(axis=2)]
    grid = 2.0 * clip.height / proxy_size(clip.height, clip.width)[0]
    right_most, bottom_most = (grid * np.floor(side / grid) for side in (clip.width, clip.height))
    if len(seen) == 0:
        return Window(0.0, 0.0, right_most, bottom_most)
    (left, top), (right, bottom) = np.percentile(seen, [0.2, 99.8], axis=0)
    beside, above, below = (room * (bottom - top) for room in ROOM)
    y0, y1 = max(0.0, top - above), min(bottom_most, bottom + below)
    half = max(0.5 * (right - left) + beside, 0.5 * LEAST_WIDTH * (y1 - y0))
    middle = 0.5 * (left + right)
    x0, x1 = max(0.0, middle - half), min(right_most, middle + half)
    return Window(*(float(grid * np.rint(v / grid)) for v in (x0, y0, x1, y1)))


def _line(picture: Picture, a: FloatArray, b: FloatArray, colour: Colour, width: int) -> None:
    if np.isnan(a).any() or np.isnan(b).any():
        return
    start, end = (tuple(round(float(v)) for v in p) for p in (a, b))
    cv2.line(picture, start, end, BLACK, width + 2, cv2.LINE_AA)
    cv2.line(picture, start, end, colour, width, cv2.LINE_AA)


def draw_skeleton(picture: Picture, points: FloatArray, width: int, without: tuple[str, ...] = ()) -> None:
    """Both sides in their colours, hips and shoulders in white; points (33, 2) in the picture's px.

    ``without`` names sides whose leg is not drawn, because its lines would not lie on it.
    """
    for joint in ("hip", "shoulder"):
        _line(picture, points[INDEX[f"left_{joint}"]], points[INDEX[f"right_{joint}"]], NEUTRAL, width)
    for side, colour in COLOUR.items():
        for chain in CHAINS[: LEG_CHAIN if side in without else None]:
            for a, b in pairwise(chain):
                _line(picture, points[INDEX[f"{side}_{a}"]], points[INDEX[f"{side}_{b}"]], colour, width)


def _hard(image: Image.Image) -> Picture:
    """A label as (h, w, 4), each of its pixels either there or not."""
    label = np.array(image, dtype=np.uint8)
    label[..., 3] = np.where(label[..., 3] > 127, 255, 0)
    return label


class _Labels:
    """Text with an outline, drawn once for each wording and laid over pictures."""

    def __init__(self, height: int) -> None:
        path = str(FONTS / "SourceSansPro-Semibold.otf")
        self.size = max(12, height // 34)
        self._font = ImageFont.truetype(path, self.size)
        self._large = ImageFont.truetype(path, max(14, height // 26))
        self._made: dict[tuple[object, ...], Picture] = {}

    def _lines(self, lines: tuple[tuple[str, Colour], ...], width: int) -> Picture:
        image = Image.new("RGBA", (width, round(4.2 * self.size)))
        pen = ImageDraw.Draw(image)
        for k, (text, colour) in enumerate(lines):
            place = (self.size // 2, self.size // 2 + k * round(1.35 * self.size))
            pen.text(place, text, fill=(*colour, 255), font=self._font, stroke_width=2, stroke_fill=(0, 0, 0, 255))
        return _hard(image)

    def _band(self, text: str, width: int) -> Picture:
        image = Image.new("RGBA", (width, 3 * self.size), (16, 24, 32, 255))
        ImageDraw.Draw(image).text(
            (self.size, self.size), text, fill=(255, 255, 255, 255), font=self._fitting(text, width)
        )
        return _hard(image)

    def draw(self, picture: Picture, lines: tuple[tuple[str, Colour], ...], bottom: str) -> None:
        """Lines at the top left, and one caption on a band at the bottom, in place."""
        width = picture.shape[1]
        if (lines, width) not in self._made:
            self._made[lines, width] = self._lines(lines, width)
        _lay(picture[: round(4.2 * self.size)], self._made[lines, width])
        if bottom:
            if (bottom, width) not in self._made:
                self._made[bottom, width] = self._band(bottom, width)
            _lay(picture[-3 * self.size :], self._made[bottom, width])

    def write(self, picture: Picture, text: str, at: FloatArray, on_right: bool) -> None:
        """One label beside a place, moved inward where it would leave the picture."""
        if not np.isfinite(at).all():
            return
        if ("mark", text) not in self._made:
            size = (round(self._font.getlength(text)) + self.size, round(1.6 * self._font.size))
            image = Image.new("RGBA", size)
            pen = ImageDraw.Draw(image)
            place, colour = (self.size // 2, 2), (*MARKED, 255)
            pen.text(place, text, fill=colour, font=self._font, stroke_width=3, stroke_fill=(0, 0, 0, 255))
            self._made["mark", text] = _hard(image)
        label = self._made["mark", text]
        height, width = label.shape[:2]
        x = int(np.clip(at[0] - (0 if on_right else width), 0, max(picture.shape[1] - width, 0)))
        y = int(np.clip(at[1] - height / 2, 0, max(picture.shape[0] - height, 0)))
        part = picture[y : y + height, x : x + width]
        _lay(part, label[: part.shape[0], : part.shape[1]])

    def _fitting(self, text: str, width: int) -> ImageFont.FreeTypeFont:
        font = self._large
        while font.getlength(text) > width - 2 * self.size and font.size > 9:
            font = font.font_variant(size=font.size - 1)
        return font


def _lay(part: Picture, label: Picture) -> None:
    """Lay a label (h, w, 4) over a part of a picture of the same size, in place."""
    cv2.copyTo(label[..., :3], label[..., 3], part)


def standing(stances: list[StancePhase], time_s: float) -> StancePhase | None:
    """The stance an instant lies in."""
    return next((s for s in stances if s.initial_contact_s <= time_s < s.toe_off_s), None)


def _footprints(
    picture: Picture, stances: list[StancePhase], tracks: Tracks, time_s: float, hips_now: FloatArray, scale: float
) -> None:
    """The midline under the pelvis, and a dot for each recent step, moved along with the runner."""
    for stance in stances:
        middle = 0.5 * (stance.initial_contact_s + stance.toe_off_s)
        if not middle <= time_s < middle + DOT_S:
            continue
        foot = tracks.points[tracks.frame_at(middle), INDEX[f"{stance.side}_ankle"]]
        hips = _hips(tracks, tracks.frame_at(middle))
        place = (foot - hips) * scale + hips_now
        if np.isnan(place).any():
            continue
        centre = (round(float(place[0])), round(float(place[1] + 0.02 * picture.shape[0])))
        radius = max(3, picture.shape[0] // 120)
        cv2.circle(picture, centre, radius + 1, BLACK, -1, cv2.LINE_AA)
        cv2.circle(picture, centre, radius, COLOUR[stance.side], -1, cv2.LINE_AA)


def _hips(tracks: Tracks, frame: int) -> FloatArray:
    both = tracks.points[frame, [INDEX["left_hip"], INDEX["right_hip"]]]
    return np.asarray(both.mean(axis=0))


def _dashed(picture: Picture, a: FloatArray, b: FloatArray, steps: int = 14) -> None:
    for k in range(0, steps, 2):
        start, end = (a + (b - a) * (k + j) / steps for j in (0, 1))
        _line(picture, start, end, WHITE, 1)


def _midline(picture: Picture, hips: FloatArray, floor_y: float, roll_deg: float) -> None:
    """The runner's midline: from the middle of the hips straight down, as the tilted camera sees it."""
    if np.isnan(hips).any():
        return
    drop = floor_y - hips[1]
    foot = np.array([hips[0] + np.tan(np.deg2rad(roll_deg)) * drop, floor_y])
    _dashed(picture, hips, foot)


class Overlay:
    """Draws the overlay of one clip, frame by frame; ``window`` is what it shows, ``frames`` how many there are.

    ``words`` gives what is written: ``cadence`` (a format), ``left`` and ``right`` (a foot standing).
    """

    def __init__(
        self,
        analysis: Analysis,
        clip: int,
        tracks: Tracks,
        captions: list[Caption],
        words: dict[str, str],
        marks: list[Mark],
    ) -> None:
        self._about = analysis.clips[clip]
        self._stances = [s for s in analysis.stances if s.clip == clip]
        self._tracks, self._words, self._captions, self._marks = tracks, words, captions, marks
        self._labels: _Labels | None = None
        cadence = next((m for m in analysis.metrics if m.name == "cadence" and m.clip == clip and m.value), None)
        self._cadence = "" if cadence is None else words["cadence"].format(value=f"{cadence.value:.0f}")
        self.window, self.frames = window_of(tracks, self._about), len(tracks.times_s)

    def _floor(self, picture: Picture, points: FloatArray, time_s: float, scale: float) -> None:
        hips = points[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
        floor = float(np.nanmax(points[:, 1])) if np.isfinite(points).any() else float(picture.shape[0])
        _midline(picture, hips, floor, self._about.camera_roll_deg)
        _footprints(picture, self._stances, self._tracks, time_s, hips, scale)

    def _angle(self, labels: _Labels, picture: Picture, points: FloatArray, mark: Mark) -> None:
        """What the angle is measured from, and its value beside the joint."""
        side = mark.stance.side
        hip, knee, ankle = (points[INDEX[f"{side}_{joint}"]] for joint in ("hip", "knee", "ankle"))
        if mark.metric == FRONTAL_LEAD:
            _dashed(picture, knee, knee + 0.6 * (knee - hip))
        if mark.metric == SAGITTAL_LEAD:
            roll = np.deg2rad(self._about.camera_roll_deg)
            _dashed(picture, ankle, ankle - np.linalg.norm(ankle - knee) * np.array([np.sin(roll), np.cos(roll)]))
        joint = LABELLED.get(mark.metric, "knee")
        own, other = (points[INDEX[f"{s}_{joint}"]] for s in (side, OTHER_SIDE[side]))
        on_right = bool(own[0] >= other[0])
        away = 0.25 * float(np.linalg.norm(knee - ankle)) * (1 if on_right else -1)
        labels.write(picture, mark.text, own + np.array([away, 0.0]), on_right)

    def cut(self, frame: ProxyFrame) -> Picture:
        """The part of a frame that is drawn on."""
        return shrunk(frame.part(*self.window.bounds(frame.height, self._about)))

    def points(self, frame: int, picture: Picture) -> FloatArray:
        """Where the joints (33, 2) are in a frame as ``cut`` gave it."""
        return self.window.points(self._tracks.points[frame], picture.shape[0])

    def draw(self, picture: Picture, frame: int, time_s: float) -> None:
        """Draw one frame in place, as ``cut`` gave it."""
        if self._labels is None:
            self._labels = _Labels(picture.shape[0])
        points = self.points(frame, picture)
        if self._about.detector == "frontal":
            self._floor(picture, points, time_s, picture.shape[0] / (self.window.y1 - self.window.y0))
        hidden = tuple(s for s in COLOUR if not self._tracks.fits(frame, s, self._about.leg_length_px))
        draw_skeleton(picture, points, max(2, picture.shape[0] // 240), hidden)
        stance = standing(self._stances, time_s)
        for mark in self._marks:
            if mark.stance == stance and stance.side not in hidden:
                self._angle(self._labels, picture, points, mark)
        lines: tuple[tuple[str, Colour], ...] = ((self._cadence, WHITE),)
        if stance is not None:
            flag = "▼ " if time_s - stance.initial_contact_s < FLAG_S else ""
            lines += ((flag + self._words[stance.side], WHITE),)
        caption = next((c.text for c in self._captions if c.start_s <= time_s < c.end_s), "")
        self._labels.draw(picture, lines, caption)


def _pictures(
    overlay: Overlay, proxy: Path, clip: Clip, wanted: set[int], kept: dict[int, Picture]
) -> Iterator[tuple[float, Picture]]:
    """(time, the overlay's part) of every frame; wanted ones are kept, plain and whole.

    Turning frames into pictures lets go of the interpreter, so it is done ahead, in a thread.
    """

    def read(k: int, frame: ProxyFrame) -> tuple[float, Picture]:
        if k in wanted:
            kept[k] = frame.picture()
        return frame.time_s, overlay.cut(frame)

    ahead: deque[Future[tuple[float, Picture]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for k, frame in zip(range(clip.frames), proxy_frames(proxy), strict=False):
            ahead.append(pool.submit(read, k, frame))
            if len(ahead) > AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def write_overlay(overlay: Overlay, proxy: Path, clip: Clip, wanted: set[int], target: Path) -> dict[int, Picture]:
    """Write the overlay as H.264 that phones play, below 1.2 times the clip's size; return wanted frames, plain."""
    kept: dict[int, Picture] = {}
    written: deque[Future[None]] = deque()
    most = 8.0 * LARGEST_OF_CLIP * clip.size_bytes / max(clip.duration_s, 1.0)
    with ProxyWriter(target, clip.looked_at_fps, crf=26, most_bits_per_s=most) as writer, ThreadPoolExecutor(1) as pool:
        for k, (time_s, picture) in enumerate(_pictures(overlay, proxy, clip, wanted, kept)):
            overlay.draw(picture, k, time_s)
            written.append(pool.submit(writer.write, picture, time_s))
            if len(written) > AHEAD:
                written.popleft().result()
        while written:
            written.popleft().result()
    return kept
