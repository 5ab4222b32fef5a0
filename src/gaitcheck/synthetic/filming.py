"""How a rendered clip is filmed: where the phone stands, how steady, how it samples time and light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaitcheck.synthetic.camera import Camera, phone
from gaitcheck.typing import FloatArray

SHAKE_HZ = (0.7, 1.3, 2.9, 5.3)
CODECS = ("h264", "hevc")


@dataclass(frozen=True)
class Filming:
    """Where the phone stands, and its picture; see ``camera.phone``.

    ``shutter_s`` is the exposure of each row (0: an instant), ``readout_s`` the time from the first
    row to the last (0: no rolling shutter); frame times mean the middle row's middle exposure.
    ``rate_jitter`` varies the time between frames (share of it), ``dropped`` is the share of frames lost.
    ``playback_fps`` other than 0 stamps the frames as a slow-motion file does.
    """

    view: str = "rear"
    distance_m: float = 3.4
    height_m: float = 0.95
    target_height_m: float = 0.92
    beside_m: float = 0.0
    oblique_deg: float = 0.0
    roll_deg: float = 0.0
    focal_share: float = 0.78
    width: int = 720
    height: int = 1280
    fps: float = 60.0
    playback_fps: float = 0.0
    rate_jitter: float = 0.0
    dropped: float = 0.0
    shutter_s: float = 0.0
    readout_s: float = 0.0
    shake_deg: float = 0.0
    exposure: float = 1.0
    contrast: float = 1.0
    warmth: float = 0.0
    noise: float = 2.0
    softness_px: float = 0.7
    codec: str = "h264"


def frame_times(film: Filming, duration_s: float, rng: np.random.Generator) -> FloatArray:
    """Real times of the frames that reach the file, s."""
    times = np.arange(round(duration_s * film.fps)) / film.fps
    times = times + film.rate_jitter / film.fps * rng.uniform(-0.5, 0.5, len(times))
    kept = rng.random(len(times)) >= film.dropped
    kept[[0, -1]] = True
    times = times[kept]
    return np.asarray(times - times[0])


class Tripod:
    """The camera at any time: still, or in a hand."""

    def __init__(self, film: Filming, seed: int) -> None:
        self.still = phone(
            film.view,
            distance_m=film.distance_m,
            height_m=film.height_m,
            target_height_m=film.target_height_m,
            beside_m=film.beside_m,
            oblique_deg=film.oblique_deg,
            roll_deg=film.roll_deg,
            width=film.width,
            height=film.height,
            focal_px=film.focal_share * max(film.width, film.height),
        )
        self._shake = np.deg2rad(film.shake_deg)
        rng = np.random.default_rng([seed, 7])
        self._phase = rng.uniform(0, 2 * np.pi, (3, len(SHAKE_HZ)))
        self._size = rng.normal(0, 1, (3, len(SHAKE_HZ))) / np.sqrt(np.array(SHAKE_HZ) * len(SHAKE_HZ) / 2)

    def at(self, t: float) -> Camera:
        """The camera at time ``t`` (s): turned about three axes by ``shake_deg`` (sd) where hand-held."""
        if self._shake == 0.0:
            return self.still
        wave = np.sin(2 * np.pi * np.array(SHAKE_HZ) * t + self._phase)
        pan, tilt, roll = self._shake * np.sum(self._size * wave, axis=1)
        right, down, forward = self.still.axes()
        reach = float(np.linalg.norm(np.array(self.still.target) - np.array(self.still.position)))
        aim = np.array(self.still.position) + reach * (forward + pan * right + tilt * down)
        return replace(
            self.still,
            target=(float(aim[0]), float(aim[1]), float(aim[2])),
            roll_deg=self.still.roll_deg + float(np.rad2deg(roll)),
        )


def sub_exposures(film: Filming, height: int, count: int = 4) -> tuple[FloatArray, FloatArray]:
    """When to draw for one frame, and how much of each picture every row holds.

    A row's exposure begins with its readout; the frame's time is the middle of the middle row's.

    Returns
    -------
    offsets (N,), s from the frame's time; weights (N, height), summing to 1 in each row.
    """
    span = film.shutter_s + film.readout_s
    if span == 0.0:
        return np.zeros(1), np.ones((1, height))
    edges = np.linspace(-span / 2, span / 2, count + 1)
    start = film.readout_s * ((np.arange(height) + 0.5) / height - 0.5) - film.shutter_s / 2
    stop = start + max(film.shutter_s, 1e-4)
    low, high = np.maximum(edges[:-1, None], start), np.minimum(edges[1:, None], stop)
    share = np.clip(high - low, 0.0, None) + 1e-12
    return 0.5 * (edges[:-1] + edges[1:]), np.asarray(share / share.sum(axis=0))


class Sensor:
    """From a drawn picture to what a phone stores: exposure, colour cast, softness, noise."""

    def __init__(self, film: Filming, seed: int) -> None:
        self._film = film
        self._rng = np.random.default_rng([seed, 11])
        grain = self._rng.normal(0.0, film.noise, (film.height + 64, film.width + 64, 1))
        self._grain = np.repeat(np.rint(grain).astype(np.int16), 3, axis=2)
        levels = film.exposure * (128 + film.contrast * (np.arange(256) - 128.0))
        cast = np.array([1 + film.warmth, 1.0, 1 - film.warmth])
        self._curve = np.clip(np.rint(levels[:, None] * cast), 0, 255).astype(np.uint8)[:, None]

    def read(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """RGB (H, W, 3) as the phone would store it."""
        import cv2

        lit = cv2.LUT(picture, self._curve)
        if self._film.softness_px > 0:
            lit = cv2.GaussianBlur(lit, (0, 0), self._film.softness_px)
        y, x = self._rng.integers(0, 64, 2)
        grain = self._grain[y : y + self._film.height, x : x + self._film.width]
        return np.asarray(cv2.add(lit, grain, dtype=cv2.CV_8U), dtype=np.uint8)
