"""What limits a clip: codes with severity and parameters, no sentences."""

from gaitcheck.quality.notes import QualityNote, clip_notes, gait_notes, require_runner

__all__ = ["QualityNote", "clip_notes", "gait_notes", "require_runner"]
