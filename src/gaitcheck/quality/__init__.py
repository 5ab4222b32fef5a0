"""What limits a clip: codes with severity and parameters, no sentences."""

from gaitcheck.quality.notes import (
    SEVERE,
    QualityNote,
    clip_apart,
    clip_notes,
    damaged,
    file_notes,
    gait_notes,
    joint_notes,
    joints_fit,
    leading_place,
    require_level,
    require_runner,
    require_times,
    take_notes,
)

__all__ = [
    "SEVERE",
    "QualityNote",
    "clip_apart",
    "clip_notes",
    "damaged",
    "file_notes",
    "gait_notes",
    "joint_notes",
    "joints_fit",
    "leading_place",
    "require_level",
    "require_runner",
    "require_times",
    "take_notes",
]
