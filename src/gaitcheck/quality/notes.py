"""Quality codes of one clip. The sentences are in wording/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from gaitcheck.errors import ClipError, RunnerError
from gaitcheck.gait.plane import Plane
from gaitcheck.gait.strides import Stance
from gaitcheck.pose.facing import upright_deg
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.settings import Settings
from gaitcheck.takes import Chosen
from gaitcheck.typing import FloatArray
from gaitcheck.views import Facing, SeenView

if TYPE_CHECKING:
    from gaitcheck.video import ClipInfo, Tally

Severity = Literal["info", "warning", "blocking"]

LOW_RATE_FPS = 50.0
TRACKED_WARNING = 0.97
OUTSIDE_SHARE = 0.25
LEAST_MISSING_S = 0.5
USUAL_FPS = (12, 15, 20, 24, 25, 30, 48, 50, 60, 72, 90, 100, 120, 144, 180, 200, 240, 300, 480, 960)
UNUSUAL = 0.015
"""How far the even rate of a film may be off every rate that cameras have. Heuristic."""
EVENLY, EVENLY_FOR = 0.02, 0.95
"""How nearly alike the gaps of an even film are, and how many of them: a pause makes none uneven."""
TIMES_DIFFER = 0.03
"""How far the length of a film and its pictures' own times may be apart: ten clips of phones and apps lie within 0.001.
Heuristic."""
LOST_SHARE = 0.1
"""A file that lacks less of what it declares can't be measured for another reason than damage. Heuristic."""
OFF_OF_LEG = 0.045
"""In no rendered clip, motion-captured runners among them, do half of the standing legs lie farther off the limbs than
0.039 of leg length (docs/validation.md)."""
TAG_DIFFERS = 1.5
MOST_LEAN_DEG = {"frontal": 12.0, "sagittal": 30.0}
"""From the middle of the ankles to that of the shoulders, over a clip: rendered, recorded and real runners filmed
within 3 deg of level lie below 6 from behind and in front, below 15 from beside."""
HEAD_DOWN_DEG = 120.0
"""No phone is held like that; where legs are hidden the pose model finds some above the head. Heuristic."""
SEVERE = ("joints_fit_poorly",)
"""Notes after which no clip is told good news by."""
LEADING = (
    "slow_motion_found", "unusual_rate", "picture_turned", "several_people", "back_taken_for_front", "pictures_damaged",
    "shorter_than_declared", "clips_differ", "strange_pictures", "left_out_",
)  # fmt: skip
"""Codes, or their beginnings, of what a reader must know before anything else, in this order."""


OF_THE_FILM = (
    "pictures_damaged", "shorter_than_declared", "left_out_", "picture_turned", "slow_motion_", "tag_not_believed",
    "more_frames_", "unusual_rate", "several_people", "others_far_away", "mirrored_as_told", "clips_differ",
)  # fmt: skip
"""Codes, or their beginnings, that only the film itself tells; all others follow from landmarks."""


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


def require_level(landmarks: Landmarks, plane: str, name: str) -> None:
    """Refuse a picture that is tilted so far that what hangs straight and what leans can't be told apart.

    Raises
    ------
    RunnerError
        If the runner as a whole leans more than a runner can.
    """
    lean = upright_deg(landmarks.pixels)
    if abs(lean) > HEAD_DOWN_DEG:
        raise RunnerError(
            f"The runner in {name} is found standing on the head, as happens where a console or a rail hides the legs; "
            "film the whole body with nothing before it, or turn the film if it really stands on its head."
        )
    if abs(lean) > MOST_LEAN_DEG[plane]:
        raise RunnerError(
            f"The picture of {name} seems tilted by {abs(lean):.0f} degrees; level the phone and film again, or give "
            "the tilt with --camera-roll."
        )


def of_the_film(code: str) -> bool:
    """Whether only the film itself tells a note, not its landmarks."""
    return code.startswith(OF_THE_FILM)


def leading_place(code: str) -> int | None:
    """Where among what must be known first a note stands; None for one that can wait."""
    return next((k for k, c in enumerate(LEADING) if code == c or (c.endswith("_") and code.startswith(c))), None)


def joints_fit(codes: Iterable[str]) -> bool:
    """Whether nothing that was noted says that angles lie off the limbs in the picture: only then are they rated."""
    return not any(code in SEVERE for code in codes)


def _missing_s(clip: ClipInfo, tally: Tally) -> float:
    """How many seconds the file declares and does not hold."""
    return max(0.0, clip.duration_s - tally.last_s - 1.5 / clip.fps)


def damaged(clip: ClipInfo, tally: Tally, *, whole: bool) -> ClipError | None:
    """Why a clip that can't be measured can't be: its file is damaged; None where it isn't.

    Parameters
    ----------
    whole
        The clip was read to its end, not up to a given instant.
    """
    if not whole:
        return None
    lost = max(1.0 - tally.read / max(clip.frame_count, 1), _missing_s(clip, tally) / max(clip.duration_s, 1e-3))
    if lost < LOST_SHARE or not (tally.damaged or tally.ended_early or _missing_s(clip, tally) >= LEAST_MISSING_S):
        return None
    return ClipError(
        f"{clip.name} is damaged: {tally.read} of {max(clip.frame_count, tally.read)} pictures could be read, which is "
        "not enough to measure; copy the clip from the phone again."
    )


def require_times(clip: ClipInfo, tally: Tally, *, whole: bool) -> None:
    """Refuse a film that says how long it lasts, and all of whose pictures say otherwise: all times may be wrong.

    A film that ends early is another matter, and so is one without times of its own.

    Raises
    ------
    ClipError
        Saying both.
    """
    if not (whole and clip.stamped and clip.duration_s > 0):
        return
    all_read = tally.read >= clip.frame_count and not (tally.damaged or tally.ended_early)
    off = tally.last_s + 1.0 / clip.fps - clip.duration_s
    if (off if not all_read else abs(off)) > max(TIMES_DIFFER * clip.duration_s, 1.5 / clip.fps):
        raise ClipError(
            f"{clip.name} says it lasts {clip.duration_s:.2f} s, but its pictures end at {tally.last_s:.2f} s, so its "
            "times can't be trusted; copy the clip from the phone again, or export it as MP4."
        )


def file_notes(clip: ClipInfo, tally: Tally, *, whole: bool) -> list[QualityNote]:
    """What of the file could not be read."""
    notes = []
    missing = _missing_s(clip, tally) if whole else 0.0
    if tally.damaged or tally.ended_early:
        declared = max(clip.frame_count, tally.read) if whole else tally.read + tally.damaged
        notes.append(QualityNote("pictures_damaged", "warning", {"read": tally.read, "declared": declared}))
    if missing >= LEAST_MISSING_S:
        notes.append(
            QualityNote(
                "shorter_than_declared",
                "warning",
                {"read_s": round(tally.last_s, 1), "declared_s": round(clip.duration_s, 1)},
            )
        )
    return notes


def even_rate(times_s: FloatArray) -> float:
    """Pictures a second of a film whose pictures come evenly; 0 where they don't, as phones film in poor light."""
    gaps = np.diff(times_s)
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    even = usual > 0 and float((np.abs(gaps - usual) < EVENLY * usual).mean()) > EVENLY_FOR
    return 1.0 / usual if even else 0.0


def take_notes(
    clip: ClipInfo, chosen: Chosen, quarter_turns: int, *, mirrored: bool, start_s: float
) -> list[QualityNote]:
    """Which part of a clip was measured, at which speed, of whom, and how the picture was turned.

    Parameters
    ----------
    mirrored
        It was said to be.
    start_s
        Where reading began, playback s of the clip.
    """
    notes = []
    scale = clip.slow_motion if clip.slow_motion_source == "given" else 1.0
    for part in chosen.take.left_out:
        between: dict[str, float | str] = {
            "start_s": round(start_s + scale * part.start_s, 1),
            "stop_s": round(start_s + scale * part.stop_s, 1),
        }
        notes.append(QualityNote(f"left_out_{part.why}", "warning", between))
    if quarter_turns:
        notes.append(QualityNote("picture_turned", "warning", {"degrees": 90 * quarter_turns}))
    if clip.slow_motion_source in ("tag", "seen"):
        notes.append(QualityNote("slow_motion_found", "warning", {"factor": round(clip.slow_motion, 2)}))
    elif abs(clip.slow_motion - 1.0) > 0.01:
        notes.append(QualityNote("slow_motion_undone", "info", {"factor": round(clip.slow_motion, 2)}))
    rate = even_rate(chosen.landmarks.times_s) * clip.every / clip.slow_motion
    if clip.stamped and min(abs(rate / usual - 1.0) for usual in USUAL_FPS) > UNUSUAL and rate > 0:
        notes.append(QualityNote("unusual_rate", "warning", {"fps": round(rate, 2)}))
    if clip.every > 1:
        rates: dict[str, float | str] = {"fps": round(clip.capture_fps), "looked_at": round(clip.looked_at_fps)}
        notes.append(QualityNote("more_frames_than_needed", "info", rates))
    if clip.tagged_fps is not None and clip.slow_motion_source == "none" and clip.tagged_fps > TAG_DIFFERS * clip.fps:
        notes.append(
            QualityNote("tag_not_believed", "info", {"tagged": round(clip.tagged_fps), "fps": round(clip.fps)})
        )
    if chosen.people > 1:
        notes.append(QualityNote("several_people", "warning", {"people": chosen.people, "number": chosen.number}))
    elif chosen.landmarks.people_seen > 1:
        notes.append(QualityNote("others_far_away", "info", {"people": chosen.landmarks.people_seen}))
    if mirrored:
        notes.append(QualityNote("mirrored_as_told", "info"))
    return notes


def clip_apart(name: str, metric: str, unit: str, first: float, other: float) -> QualityNote:
    """A clip that can't be of one visit with the first one, and the measure that shows it."""
    digits = 3 if unit == "fraction" else 1
    told: dict[str, float | str] = {"file": name, "metric": metric, "unit": unit}
    return QualityNote(
        "clips_differ", "warning", {**told, "first": round(first, digits), "other": round(other, digits)}
    )


def clip_notes(
    landmarks: Landmarks, seen: SeenView, facing: Facing | None, swaps: int, settings: Settings
) -> list[QualityNote]:
    """What limits the picture and the tracking."""
    notes = []
    rate = 1.0 / landmarks.frame_interval_s
    if rate < LOW_RATE_FPS:
        notes.append(QualityNote("low_frame_rate", "warning", {"fps": round(rate, 1)}))
    steps = np.diff(landmarks.times_s)
    if steps.max() > 1.6 * np.median(steps):
        notes.append(QualityNote("uneven_frame_times", "info", {"longest_ms": round(1000 * float(steps.max()), 1)}))
    tracked = float(landmarks.tracked.mean())
    if tracked < TRACKED_WARNING:
        notes.append(QualityNote("runner_lost_at_times", "warning", {"percent": round(100 * (1 - tracked), 1)}))
    if facing is not None and facing.exchanged.any():
        share = round(100 * float(facing.exchanged.mean()), 1)
        notes.append(QualityNote("back_taken_for_front", "warning", {"percent": share}))
    if swaps:
        notes.append(QualityNote("legs_exchanged_back", "info", {"frames": swaps}))
    if seen.oblique_deg > settings.oblique_deg.value / 2:
        severity: Severity = "warning" if seen.oblique_deg > settings.oblique_deg.value else "info"
        notes.append(
            QualityNote("oblique_view", severity, {"degrees": round(seen.oblique_deg, 0), "view": seen.view.name})
        )
    return notes


def joint_notes(
    off_px: FloatArray, times_s: FloatArray, stances: list[Stance], sides: tuple[str, ...], leg_px: float
) -> list[QualityNote]:
    """Whether the standing legs, at the angles measured, lie on the legs in the picture.

    Parameters
    ----------
    off_px
        (T, 33) how far joints had to be moved off the limbs.
    sides
        Those whose leg is not hidden.
    """
    found = []
    for stance in (s for s in stances if s.side in sides and not s.rejected):
        rows = (times_s >= stance.initial_contact_s) & (times_s < stance.toe_off_s)
        leg = [INDEX[f"{stance.side}_{joint}"] for joint in ("hip", "knee", "ankle")]
        found.append(off_px[rows][:, leg].max(axis=1))
    off = np.concatenate(found) if found else np.empty(0)
    seen = off[np.isfinite(off)]
    share = float(np.median(seen)) / leg_px if len(seen) else 0.0
    if share <= OFF_OF_LEG:
        return []
    return [QualityNote("joints_fit_poorly", "warning", {"percent": round(100 * share, 1)})]


STRANGE_PICTURES = 1.3
"""Intervals that are so many times as wide as usual are explained; below lie all calibration clips but few."""


def gait_notes(stances: list[Stance], plane: Plane, settings: Settings) -> list[QualityNote]:
    """What limits the strides and the calibration."""
    notes = []
    fewest = min(sum(s.side == side and not s.rejected for s in stances) for side in ("left", "right"))
    if fewest < settings.wanted_steps_a_side.value:
        notes.append(QualityNote("few_steps", "warning", {"steps": fewest}))
    calibration = plane.calibration
    if plane.distance is not None and not plane.corrected:
        notes.append(QualityNote("unlike_learned_clips", "warning", {"distance": round(plane.distance, 1)}))
    if plane.distance is None:
        notes.append(QualityNote("nothing_learned_for_model", "warning"))
    times = plane.difficulty(plane.motion.view.visible_sides)
    if times > STRANGE_PICTURES:
        notes.append(QualityNote("strange_pictures", "warning", {"times": round(times, 1)}))
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
