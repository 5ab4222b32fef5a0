"""The overlay video: skeleton in side colours, hip line, midline, where feet stood, cadence, findings held a moment."""

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
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.report.pictures.tracks import FloatArray, Picture, ProxyFrame, Tracks, proxy_frames
from gaitcheck.report.typesetting import FONTS
from gaitcheck.video import ProxyWriter

Colour = tuple[int, int, int]

LEFT, RIGHT, NEUTRAL, WHITE, BLACK = (47, 111, 224), (143, 208, 255), (235, 235, 235), (255, 255, 255), (0, 0, 0)
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
"""What a phone shows; stills come from the proxy, which is larger."""
LARGEST_OF_CLIP = 1.15
"""Aim below 1.2 times the clip's size."""


@dataclass(frozen=True)
class Caption:
    """A finding told while its step is on screen: from when to when, s."""

    start_s: float
    end_s: float
    text: str


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
    picture: Picture, stances: list[StancePhase], tracks: Tracks, time_s: float, hip_shift: FloatArray, scale: float
) -> None:
    """The midline under the pelvis, and a dot for each recent step, moved along with the runner."""
    for stance in stances:
        middle = 0.5 * (stance.initial_contact_s + stance.toe_off_s)
        if not middle <= time_s < middle + DOT_S:
            continue
        foot = tracks.points[tracks.frame_at(middle), INDEX[f"{stance.side}_ankle"]]
        hips = _hips(tracks, tracks.frame_at(middle))
        place = (foot - hips + hip_shift) * scale
        if np.isnan(place).any():
            continue
        centre = (round(float(place[0])), round(float(place[1] + 0.02 * picture.shape[0])))
        radius = max(3, picture.shape[0] // 120)
        cv2.circle(picture, centre, radius + 1, BLACK, -1, cv2.LINE_AA)
        cv2.circle(picture, centre, radius, COLOUR[stance.side], -1, cv2.LINE_AA)


def _hips(tracks: Tracks, frame: int) -> FloatArray:
    both = tracks.points[frame, [INDEX["left_hip"], INDEX["right_hip"]]]
    return np.asarray(both.mean(axis=0))


def _midline(picture: Picture, hips: FloatArray, floor_y: float, roll_deg: float) -> None:
    """The runner's midline: from the middle of the hips straight down, as the tilted camera sees it."""
    if np.isnan(hips).any():
        return
    drop = floor_y - hips[1]
    foot = np.array([hips[0] + np.tan(np.deg2rad(roll_deg)) * drop, floor_y])
    steps = 14
    for k in range(0, steps, 2):
        a, b = (hips + (foot - hips) * (k + j) / steps for j in (0, 1))
        _line(picture, a, b, WHITE, 1)


class Overlay:
    """Draws the overlay of one clip, frame by frame.

    ``words`` gives what is written: ``cadence`` (a format), ``left`` and ``right`` (a foot standing).
    """

    def __init__(
        self, analysis: Analysis, clip: int, tracks: Tracks, captions: list[Caption], words: dict[str, str]
    ) -> None:
        self._about = analysis.clips[clip]
        self._stances = [s for s in analysis.stances if s.clip == clip]
        self._tracks, self._words, self._captions = tracks, words, captions
        self._labels: _Labels | None = None
        self._contacts = np.array([s.initial_contact_s for s in self._stances])

    def _cadence(self, time_s: float) -> str:
        """Steps a minute over the last few contacts."""
        past = self._contacts[self._contacts <= time_s][-7:]
        if len(past) < 3:
            return ""
        return self._words["cadence"].format(value=f"{60.0 * (len(past) - 1) / (past[-1] - past[0]):.0f}")

    def _floor(self, picture: Picture, points: FloatArray, frame: int, time_s: float, scale: float) -> None:
        hips = points[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
        floor = float(np.nanmax(points[:, 1])) if np.isfinite(points).any() else float(picture.shape[0])
        _midline(picture, hips, floor, self._about.camera_roll_deg)
        _footprints(picture, self._stances, self._tracks, time_s, _hips(self._tracks, frame), scale)

    def draw(self, picture: Picture, frame: int, time_s: float) -> None:
        """Draw one frame in place."""
        if self._labels is None:
            self._labels = _Labels(picture.shape[0])
        scale = picture.shape[0] / self._about.height
        points = self._tracks.points[frame] * scale
        if self._about.detector == "frontal":
            self._floor(picture, points, frame, time_s, scale)
        hidden = tuple(s for s in COLOUR if not self._tracks.fits(frame, s, self._about.leg_length_px))
        draw_skeleton(picture, points, max(2, picture.shape[0] // 240), hidden)
        stance = standing(self._stances, time_s)
        lines: tuple[tuple[str, Colour], ...] = ((self._cadence(time_s), WHITE),)
        if stance is not None:
            mark = "▼ " if time_s - stance.initial_contact_s < FLAG_S else ""
            lines += ((mark + self._words[stance.side], COLOUR[stance.side]),)
        caption = next((c.text for c in self._captions if c.start_s <= time_s < c.end_s), "")
        self._labels.draw(picture, lines, caption)


def _pictures(proxy: Path, clip: Clip, wanted: set[int], kept: dict[int, Picture]) -> Iterator[tuple[float, Picture]]:
    """(time, picture at the overlay's height) of every frame; wanted ones are kept, plain and whole.

    Turning frames into pictures lets go of the interpreter, so it is done ahead, in a thread.
    """

    def read(k: int, frame: ProxyFrame) -> tuple[float, Picture]:
        if k in wanted:
            kept[k] = frame.picture()
        return frame.time_s, frame.picture(TALLEST_PX)

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
    with ProxyWriter(target, clip.capture_fps, crf=26, most_bits_per_s=most) as writer, ThreadPoolExecutor(1) as pool:
        for k, (time_s, picture) in enumerate(_pictures(proxy, clip, wanted, kept)):
            overlay.draw(picture, k, time_s)
            written.append(pool.submit(writer.write, picture, time_s))
            if len(written) > AHEAD:
                written.popleft().result()
        while written:
            written.popleft().result()
    return kept
