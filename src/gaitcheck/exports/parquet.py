"""``landmarks.parquet``: every landmark of every frame, as the model saw it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gaitcheck.exports.definition import ClipTracks, Export
from gaitcheck.pose.landmarks import LANDMARK_NAMES, Landmarks


def table(clip: int, landmarks: Landmarks) -> pd.DataFrame:
    """Long table: clip, frame, time_s, landmark, x_px, y_px, world x, y, z (m), visibility."""
    frames, points = len(landmarks.times_s), len(LANDMARK_NAMES)
    return pd.DataFrame(
        {
            "clip": np.full(frames * points, clip, dtype=np.int16),
            "frame": np.repeat(np.arange(frames, dtype=np.int32), points),
            "time_s": np.repeat(landmarks.times_s, points),
            "landmark": pd.Categorical(np.tile(LANDMARK_NAMES, frames), categories=list(LANDMARK_NAMES)),
            "x_px": landmarks.pixels[..., 0].ravel().astype(np.float32),
            "y_px": landmarks.pixels[..., 1].ravel().astype(np.float32),
            "world_x_m": landmarks.world[..., 0].ravel().astype(np.float32),
            "world_y_m": landmarks.world[..., 1].ravel().astype(np.float32),
            "world_z_m": landmarks.world[..., 2].ravel().astype(np.float32),
            "visibility": landmarks.visibility.ravel().astype(np.float32),
        }
    )


def write(tracks: ClipTracks, path: Path) -> None:
    """Write the table."""
    frames = [table(clip, landmarks) for clip, landmarks in enumerate(tracks.landmarks)]
    pd.concat(frames, ignore_index=True).to_parquet(path, index=False)


EXPORT = Export("landmarks.parquet", write)
