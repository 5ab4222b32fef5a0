"""One short film for a message: the sentence of the visit, the steps that say most, slowly, and what to do.

Drawn like the overlays, over pictures in which the runner's head and all that is not the runner are unrecognisable: a
gym is full of people who were not asked.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gaitcheck.analysis.document import Analysis, Presentation
from gaitcheck.analysis.store import numbered
from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import brand_of
from gaitcheck.report.content import Content
from gaitcheck.report.pictures.faces import blur, head_circle
from gaitcheck.report.pictures.overlay import Overlay, Window
from gaitcheck.report.pictures.tracks import proxy_frames
from gaitcheck.report.typesetting import TEMPLATES, typeset
from gaitcheck.typing import FloatArray, Picture
from gaitcheck.video import ProxyWriter

HEIGHT_PX = 960
SHAPE = (0.5625, 1.0)
"""Narrowest and widest film, width by height: upright, as a phone is held, to square."""
CARD_MM = 240.0
"""Height of a card as it is set."""
OPENING_S, CLOSING_S = 2.5, 4.0
AROUND_S = 2.5
"""Shown before and after each step that is slowed down."""
SLOWER = 4.0
CARD_FPS, FILM_FPS = 10.0, 60.0
MOST_BITS_PER_S = 5_000_000.0
"""Keeps fifteen seconds below 12 MB."""
COARSER = 24
ROOM_OF_TALL = 0.10


@dataclass(frozen=True)
class Scene:
    """What is shown of one clip: spans of its time, and the contacts slowed down within them, s."""

    clip: int
    spans: list[tuple[float, float]]
    slow: list[tuple[float, float]]


def scenes(analysis: Analysis, assets: Assets) -> list[Scene]:
    """For each clip the seconds around the steps its stills show, else its first; spans that touch are one."""
    found = []
    for clip in range(len(analysis.clips)):
        slow = sorted(s.contact_s for s in assets.stills if s.clip == clip)
        spans: list[tuple[float, float]] = [] if slow else [(0.0, 2 * AROUND_S)]
        for start, stop in ((a - AROUND_S, b + AROUND_S) for a, b in slow):
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], stop)
            else:
                spans.append((start, stop))
        found.append(Scene(clip, spans, slow))
    return found


def alone(picture: Picture, points: FloatArray) -> None:
    """Make a head, and everything that is not the runner, unrecognisable, in place; points (33, 2) of the picture."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), dtype=np.float32)
    seen = points[np.isfinite(points).all(axis=1)]
    if len(seen):
        low, high = seen.min(axis=0), seen.max(axis=0)
        room = ROOM_OF_TALL * (high[1] - low[1])
        (x0, y0), (x1, y1) = np.rint(low - room), np.rint(high + room)
        cv2.rectangle(mask, (int(x0), int(y0)), (int(x1), int(y1)), (1.0,), -1)
        small = (max(width // 8, 1), max(height // 8, 1))
        soft = cv2.GaussianBlur(cv2.resize(mask, small, interpolation=cv2.INTER_AREA), (0, 0), 2.0)
        mask = np.asarray(cv2.resize(soft, (width, height)), dtype=np.float32)
    size = (max(width // COARSER, 1), max(height // COARSER, 1))
    coarse = cv2.resize(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (width, height))
    picture[:] = (mask[..., None] * picture + (1.0 - mask[..., None]) * coarse).astype(np.uint8)
    circle = head_circle(points)
    if circle is not None:
        blur(picture, circle)


def film_width(window: Window) -> int:
    """Width of the film of a clip that is shown through ``window``, px; even."""
    shape = (window.x1 - window.x0) / (window.y1 - window.y0)
    return 2 * round(HEIGHT_PX * float(np.clip(shape, *SHAPE)) / 2)


def fitted(picture: Picture, film_px: int) -> Picture:
    """A picture of any shape in a film ``film_px`` wide, with dark bars where it does not reach."""
    height, width = picture.shape[:2]
    scale = min(film_px / width, HEIGHT_PX / height)
    size = (min(film_px, round(width * scale)), min(HEIGHT_PX, round(height * scale)))
    whole = np.full((HEIGHT_PX, film_px, 3), 18, dtype=np.uint8)
    x, y = (film_px - size[0]) // 2, (HEIGHT_PX - size[1]) // 2
    whole[y : y + size[1], x : x + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return whole


def _moments(
    analysis: Analysis, scene: Scene, overlay: Overlay, film_px: int, folder: Path
) -> Iterator[tuple[float, Picture]]:
    """(seconds shown, picture) of every frame of a scene."""
    frame_s = 1.0 / analysis.clips[scene.clip].looked_at_fps
    frames = zip(range(overlay.frames), proxy_frames(folder / numbered("proxy", ".mp4", scene.clip)), strict=False)
    for k, frame in frames:
        if not any(a <= frame.time_s <= b for a, b in scene.spans):
            continue
        picture = overlay.cut(frame)
        alone(picture, overlay.points(k, picture))
        overlay.draw(picture, k, frame.time_s)
        slow = any(a <= frame.time_s < b for a, b in scene.slow)
        yield frame_s * (SLOWER if slow else 1.0), fitted(picture, film_px)


def _card(content: Content, look: Presentation, film_px: int, folder: Path, closing: bool) -> Picture:
    """The first or last picture, set as the report is."""
    brand = brand_of(look)
    data = {
        "language": look.language,
        "width_mm": CARD_MM * film_px / HEIGHT_PX,
        "brand": {"name": brand.name, "colour": brand.colour},
        "title": content.title,
        "closing": closing,
        "headline": content.headline,
        "label": content.action.label,
        "number": content.action.number,
        "unit": content.action.unit,
        "sentence": content.action.sentence,
        "stop": content.stop,
        "limits": content.limits,
    }
    drawn = Image.open(io.BytesIO(typeset(TEMPLATES / "card.typ", data, folder, ppi=HEIGHT_PX / CARD_MM * 25.4)))
    return fitted(np.array(drawn.convert("RGB"), dtype=np.uint8), film_px)


def write_film(analysis: Analysis, content: Content, assets: Assets, folder: Path) -> None:
    """Write ``share.mp4`` into a results folder, from its proxies."""
    film_px = film_width(assets.overlays[0].window)
    cards = {
        closing: _card(content, analysis.presentation, film_px, assets.folder, closing) for closing in (False, True)
    }
    held = {False: OPENING_S, True: CLOSING_S}
    target, time_s = folder / "share.mp4", 0.0
    with ProxyWriter(target, FILM_FPS, tallest_px=HEIGHT_PX, crf=24, most_bits_per_s=MOST_BITS_PER_S) as film:

        def show(picture: Picture, seconds: float) -> None:
            nonlocal time_s
            film.write(picture, time_s)
            time_s += seconds

        def hold(closing: bool) -> None:
            for _ in range(round(held[closing] * CARD_FPS)):
                show(cards[closing], 1.0 / CARD_FPS)

        hold(closing=False)
        for scene in scenes(analysis, assets):
            for seconds, picture in _moments(analysis, scene, assets.overlays[scene.clip], film_px, folder):
                show(picture, seconds)
        hold(closing=True)
