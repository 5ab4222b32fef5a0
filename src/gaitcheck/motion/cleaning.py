"""From landmarks to trajectories: swaps repaired, gaps filled, noise removed, axes turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.motion.gaps import resample
from gaitcheck.motion.side_swaps import find_swaps, repair
from gaitcheck.motion.smoothing import low_pass
from gaitcheck.motion.trajectories import Trajectories
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.settings import Settings
from gaitcheck.typing import FloatArray
from gaitcheck.views import View


def clean(
    landmarks: Landmarks, view: View, settings: Settings, told: NDArray[np.bool_] | None = None
) -> tuple[Trajectories, int]:
    """Trajectories in the view's plane, and the number of frames whose legs were exchanged back.

    Parameters
    ----------
    landmarks
        Of one runner, times in real seconds.
    view
        Gives the plane's axes.
    settings
        Cut-off frequency, longest gap that is filled, least visibility.
    told
        (T,) frames in which somebody saw legs exchanged that were not found here, or found by mistake.

    Returns
    -------
    tuple[Trajectories, int]
        The motion, evenly sampled, px, first toward the runner's left or forward, then up; how many frames had
        legs exchanged, found here.
    """
    found = find_swaps(landmarks.times_s, landmarks.pixels, landmarks.world, view)
    exchanged = found if told is None else found ^ told
    pixels, depth = repair(landmarks.pixels, exchanged), repair(landmarks.world[:, :, 2], exchanged)
    interval = landmarks.frame_interval_s
    even = np.arange(landmarks.times_s[0], landmarks.times_s[-1] + 0.25 * interval, interval)
    gap = max(settings.longest_gap_s.value, 1.5 * interval)
    plane = np.empty_like(pixels)
    plane[..., 0] = view.horizontal_sign * (pixels[..., 0] - landmarks.width / 2)
    plane[..., 1] = landmarks.height / 2 - pixels[..., 1]

    def track(values: FloatArray) -> FloatArray:
        evenly = resample(landmarks.times_s, values, even, gap)
        return low_pass(evenly, 1.0 / interval, settings.smoothing_cutoff_hz.value)

    guesses = track(plane)
    hidden = repair(landmarks.visibility < settings.least_visibility.value, exchanged)
    points = (
        guesses if view.plane == "sagittal" or not hidden.any() else track(np.where(hidden[..., None], np.nan, plane))
    )
    return (
        Trajectories(
            times_s=even,
            points=points,
            guesses=guesses,
            depth_m=track(depth),
            visibility=resample(landmarks.times_s, landmarks.visibility, even, gap),
            view=view,
            longer_side_px=float(max(landmarks.width, landmarks.height)),
            frame_interval_s=interval,
        ),
        int(found.sum()),
    )
