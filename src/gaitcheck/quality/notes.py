"""Quality codes of one clip. The sentences are in wording/."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gaitcheck.errors import RunnerError
from gaitcheck.gait.plane import Plane
from gaitcheck.gait.strides import Stance
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.settings import Settings
from gaitcheck.video import ClipInfo
from gaitcheck.views import SeenView

Severity = Literal["info", "warning", "blocking"]

LOW_RATE_FPS = 50.0
SLOW_CADENCE_PER_MIN = 115.0
TRACKED_WARNING = 0.97
OUTSIDE_SHARE = 0.25


@dataclass(frozen=True)
class QualityNote:
    """One thing that limits a clip."""

    code: str
    severity: Severity
    parameters: dict[str, float | str] = field(default_factory=dict)


def _outside(landmarks: Landmarks, joint: str) -> float:
    """Share of tracked frames in which a joint of either side lies beyond the picture's edge."""
    pixels = landmarks.pixels[landmarks.tracked][:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]]
    beyond = (pixels < 0) | (pixels > np.array([landmarks.width, landmarks.height]))
    return float(beyond.any(axis=(1, 2)).mean())


def require_runner(landmarks: Landmarks, name: str, settings: Settings) -> None:
    """Refuse a clip whose runner can't be measured at all.

    Raises
    ------
    RunnerError
        If nobody is seen, too small, or hips or feet are outside the picture.
    """
    share = float(landmarks.tracked.mean())
    if share < 0.3:
        raise RunnerError(
            f"No person was found in {100 * (1 - share):.0f} % of {name}; film the whole runner in good light, "
            "60-80 % of the picture's height."
        )
    heights = np.ptp(landmarks.pixels[landmarks.tracked][:, :, 1], axis=1)
    fraction = float(np.median(heights)) / landmarks.height
    if fraction < settings.small_runner_fraction.value:
        raise RunnerError(
            f"The runner fills only {100 * fraction:.0f} % of the picture's height in {name}; move closer or crop, "
            "so that it is 60-80 %."
        )
    for joint, words in (("ankle", "feet are"), ("hip", "hips are")):
        if _outside(landmarks, joint) > OUTSIDE_SHARE:
            raise RunnerError(
                f"The runner's {words} outside the picture in much of {name}; film the whole body with some room "
                "below the shoes."
            )


def clip_notes(
    clip: ClipInfo, landmarks: Landmarks, seen: SeenView, swaps: int, settings: Settings
) -> list[QualityNote]:
    """What limits the picture and the tracking."""
    notes = []
    rate = 1.0 / landmarks.frame_interval_s
    if rate < LOW_RATE_FPS:
        notes.append(QualityNote("low_frame_rate", "warning", {"fps": round(rate, 1)}))
    if clip.slow_motion > 1.01:
        notes.append(
            QualityNote(
                "slow_motion_undone", "info", {"factor": round(clip.slow_motion, 2), "source": clip.slow_motion_source}
            )
        )
    steps = np.diff(landmarks.times_s)
    if steps.max() > 1.6 * np.median(steps):
        notes.append(QualityNote("uneven_frame_times", "info", {"longest_ms": round(1000 * float(steps.max()), 1)}))
    tracked = float(landmarks.tracked.mean())
    if tracked < TRACKED_WARNING:
        notes.append(QualityNote("runner_lost_at_times", "warning", {"percent": round(100 * (1 - tracked), 1)}))
    if landmarks.people_seen > 1:
        notes.append(QualityNote("several_people", "info", {"people": landmarks.people_seen}))
    if swaps:
        notes.append(QualityNote("legs_exchanged_back", "info", {"frames": swaps}))
    if seen.oblique_deg > settings.oblique_deg.value / 2:
        severity: Severity = "warning" if seen.oblique_deg > settings.oblique_deg.value else "info"
        notes.append(
            QualityNote("oblique_view", severity, {"degrees": round(seen.oblique_deg, 0), "view": seen.view.name})
        )
    return notes


def gait_notes(stances: list[Stance], plane: Plane, cadence: float | None, settings: Settings) -> list[QualityNote]:
    """What limits the strides and the calibration."""
    notes = []
    fewest = min(sum(s.side == side for s in stances) for side in ("left", "right"))
    if fewest < settings.wanted_steps_a_side.value:
        notes.append(QualityNote("few_steps", "warning", {"steps": fewest}))
    if cadence is not None and cadence < SLOW_CADENCE_PER_MIN:
        notes.append(QualityNote("slow_motion_suspected", "warning", {"cadence": round(cadence, 0)}))
    calibration = plane.calibration
    if plane.distance is not None and not plane.corrected:
        notes.append(QualityNote("unlike_learned_clips", "warning", {"distance": round(plane.distance, 1)}))
    if plane.distance is None:
        notes.append(QualityNote("nothing_learned_for_model", "warning"))
    notes.append(
        QualityNote(
            f"camera_roll_{calibration.roll_source}",
            "info",
            {"degrees": round(calibration.roll_deg, 1), "sd": round(calibration.roll_sd_deg, 1)},
        )
    )
    if calibration.leg_length_m is None:
        notes.append(QualityNote("height_unknown", "info"))
    return notes
