"""What a view is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Plane = Literal["frontal", "sagittal"]


@dataclass(frozen=True)
class View:
    """Where the camera stands.

    Attributes
    ----------
    plane
        The plane the picture shows.
    azimuth_deg
        Direction of the runner's right-to-left line in camera coordinates, atan2(-z, x) with x right and z away.
    horizontal_sign
        +1 where picture x grows along the plane's horizontal axis (toward the runner's left in the frontal plane,
        forward in the sagittal plane), else -1.
    visible_sides
        The sides whose leg is not hidden behind the other.
    turns
        How right less left of a joint swings over a stride in this view, which tells whose turn it is to stand: joint,
        axis of the plane (0 across or forward, 1 up), and the phase at which it is largest, deg of the stride after the
        trunk is lowest over the left foot.
    """

    name: str
    plane: Plane
    azimuth_deg: float
    horizontal_sign: float
    visible_sides: tuple[str, ...]
    turns: tuple[tuple[str, int, float], ...]

    @property
    def from_behind(self) -> bool:
        """Whether the runner's left is on the picture's left, in a picture of the frontal plane."""
        return self.plane == "frontal" and self.horizontal_sign < 0
