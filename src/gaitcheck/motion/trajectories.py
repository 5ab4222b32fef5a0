"""The trajectories type: evenly sampled, cleaned, in the plane's own axes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gaitcheck.pose.landmarks import INDEX
from gaitcheck.typing import FloatArray
from gaitcheck.views import View

SIDE_SIGN = {"left": 1.0, "right": -1.0}
"""In the frontal plane the runner's left is the + side."""
OTHER_SIDE = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Trajectories:
    """One clip's motion.

    Attributes
    ----------
    times_s
        (T,) evenly spaced real seconds.
    points
        (T, 33, 2) px; first axis toward the runner's left (frontal) or forward (sagittal), second axis up; the origin
        is the picture's centre. NaN in gaps too long to fill.
    guesses
        (T, 33, 2) px, the same with hidden joints left where the model guessed them; no value is read off these, only
        learned readers take them.
    depth_m
        (T, 33) distance behind the hips' middle, away from the camera, m (the model's guess).
    visibility
        (T, 33) 0-1.
    longer_side_px
        The picture's longer side, for the camera's focal length.
    frame_interval_s
        Of the clip, before resampling.
    """

    times_s: FloatArray
    points: FloatArray
    guesses: FloatArray
    depth_m: FloatArray
    visibility: FloatArray
    view: View
    longer_side_px: float
    frame_interval_s: float

    def point(self, name: str) -> FloatArray:
        """Track of one landmark, shape (T, 2)."""
        return self.points[:, INDEX[name]]

    def middle(self, joint: str) -> FloatArray:
        """Track halfway between a joint's left and right landmark, shape (T, 2)."""
        return 0.5 * (self.point(f"left_{joint}") + self.point(f"right_{joint}"))

    def with_points(self, points: FloatArray) -> Trajectories:
        """The same motion with other positions."""
        return replace(self, points=points)

    def unrolled(self, roll_deg: float) -> Trajectories:
        """The same motion with the roll of the camera undone, about the picture's centre."""
        angle = -self.view.horizontal_sign * np.deg2rad(roll_deg)
        c, s = np.cos(angle), np.sin(angle)
        turn = np.array([[c, s], [-s, c]])
        return replace(self, points=self.points @ turn, guesses=self.guesses @ turn)

    @property
    def interval_s(self) -> float:
        return float(self.times_s[1] - self.times_s[0])

    def window(self, start_s: float, end_s: float) -> slice:
        """Samples with start <= t < end."""
        low, high = np.searchsorted(self.times_s, [start_s, end_s])
        return slice(int(low), int(high))


def at(times_s: FloatArray, values: FloatArray, instant_s: float) -> FloatArray:
    """Values (T, ...) at one instant, linear between samples; NaN next to a gap.

    Parameters
    ----------
    times_s
        (T,) evenly spaced, s.
    values
        (T, ...).
    instant_s
        When; held at the ends.

    Returns
    -------
    FloatArray
        (...), NaN next to a gap.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(at(np.array([0.0, 0.1, 0.2]), np.array([0.0, 1.0, 4.0]), 0.15)), 6)
    2.5
    """
    position = float(np.clip((instant_s - times_s[0]) / (times_s[1] - times_s[0]), 0, len(times_s) - 1))
    low = min(int(position), len(times_s) - 2)
    share = position - low
    return np.asarray((1.0 - share) * values[low] + share * values[low + 1])


def at_many(times_s: FloatArray, values: FloatArray, instants_s: FloatArray) -> FloatArray:
    """Values (T, ...) at instants (n,), linear between samples and held beyond the ends; (n, ...).

    Parameters
    ----------
    times_s
        (T,) evenly spaced, s.
    values
        (T, ...).
    instants_s
        (n,) s.

    Returns
    -------
    FloatArray
        (n, ...).
    """
    position = np.clip((instants_s - times_s[0]) / (times_s[1] - times_s[0]), 0, len(times_s) - 1)
    low = np.minimum(position.astype(int), len(times_s) - 2)
    share = (position - low).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray((1.0 - share) * values[low] + share * values[low + 1])
