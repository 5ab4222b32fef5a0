"""A virtual phone camera: a pinhole at a place, looking at a point, rolled about its axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.typing import FloatArray

VIEW_AZIMUTH_DEG = {"rear": 180.0, "front": 0.0, "left": 90.0, "right": -90.0}
"""Direction from the runner to the camera, about z from the running direction."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    Attributes
    ----------
    position, target
        (3,) m.
    roll_deg
        Positive turns the camera clockwise as the photographer
    sees it (the picture's content turns anticlockwise); width, height in pixels;
    focal_px
        Focal length in pixels.
    """

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    roll_deg: float
    width: int
    height: int
    focal_px: float

    def axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Unit vectors right, down and forward of the picture, world frame."""
        forward = np.array(self.target) - np.array(self.position)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        c, s = np.cos(np.deg2rad(self.roll_deg)), np.sin(np.deg2rad(self.roll_deg))
        return c * right + s * down, c * down - s * right, forward

    def depth(self, points: FloatArray) -> FloatArray:
        """Distance along the optical axis, m."""
        return np.asarray((points - np.array(self.position)) @ self.axes()[2])

    def project(self, points: FloatArray) -> FloatArray:
        """World points (..., 3) to pixels (..., 2), x right, y down."""
        right, down, _ = self.axes()
        offset = points - np.array(self.position)
        depth = self.depth(points)
        x = self.width / 2 + self.focal_px * (offset @ right) / depth
        y = self.height / 2 + self.focal_px * (offset @ down) / depth
        return np.stack([x, y], axis=-1)


def phone(
    view: str,
    *,
    distance_m: float = 3.6,
    height_m: float = 0.95,
    target_height_m: float = 0.95,
    beside_m: float = 0.0,
    oblique_deg: float = 0.0,
    roll_deg: float = 0.0,
    width: int = 720,
    height: int = 1280,
    focal_px: float | None = None,
) -> Camera:
    """A phone on a stand, ``distance_m`` from the runner.

    ``focal_px`` defaults to 0.78 of the longer side, a phone's main lens in video mode.
    """
    azimuth = np.deg2rad(VIEW_AZIMUTH_DEG[view] + oblique_deg)
    across = np.array([-np.sin(azimuth), np.cos(azimuth)])
    place = distance_m * np.array([np.cos(azimuth), np.sin(azimuth)]) + beside_m * across
    return Camera(
        position=(float(place[0]), float(place[1]), height_m),
        target=(float(beside_m * across[0]), float(beside_m * across[1]), target_height_m),
        roll_deg=roll_deg,
        width=width,
        height=height,
        focal_px=0.78 * max(width, height) if focal_px is None else focal_px,
    )
