"""How large a clip may be. Each refusal names the limit it met."""

from __future__ import annotations

from gaitcheck.errors import ClipError

LONGEST_SIDE_PX = 8192
LONGEST_CLIP_S = 600.0
HIGHEST_RATE_FPS = 1000.0
LARGEST_FILE_BYTES = 4 * 1024**3
SHORTEST_SIDE_PX = 96
ENOUGH_FPS = 60.0
"""Pictures a second of life beyond which none are looked at."""


def check(name: str, *, width: int, height: int, duration_s: float, fps: float, size_bytes: int) -> None:
    """Raise ClipError if a clip breaks a limit."""
    if max(width, height) > LONGEST_SIDE_PX:
        raise ClipError(
            f"{name} is {width}x{height} pixels, over the limit of {LONGEST_SIDE_PX} a side; export it at 1080p."
        )
    if min(width, height) < SHORTEST_SIDE_PX:
        raise ClipError(f"{name} is only {width}x{height} pixels; export it at 480p or more.")
    if duration_s > LONGEST_CLIP_S:
        raise ClipError(
            f"{name} lasts {duration_s:.0f} s, over the limit of {LONGEST_CLIP_S:.0f} s; trim it to 20-30 s of running."
        )
    if fps > HIGHEST_RATE_FPS:
        raise ClipError(f"{name} has {fps:.0f} frames/s, over the limit of {HIGHEST_RATE_FPS:.0f}; export it at 240.")
    if size_bytes > LARGEST_FILE_BYTES:
        raise ClipError(f"{name} is larger than 4 GB; trim it to 20-30 s of running.")
