"""``landmarks.parquet``: every landmark of every frame, as the model saw it and where it was measured to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gaitcheck.analysis.kept.definition import ClipTracks, KeptTable
from gaitcheck.gait.in_picture import DrawnJoints
from gaitcheck.pose.landmarks import LANDMARK_NAMES, Landmarks


def table(clip: int, landmarks: Landmarks, joints: DrawnJoints) -> pd.DataFrame:
    """Long table: clip, frame, time_s, landmark, x_px, y_px, world x, y, z (m), visibility; as drawn x, y, off (px)."""
    frames, points = len(landmarks.times_s), len(LANDMARK_NAMES)
    return pd.DataFrame(
        {
            "clip": np.full(frames * points, clip, dtype=np.int16),
            "frame": np.repeat(np.arange(frames, dtype=np.int32), points),
            "time_s": np.repeat(landmarks.times_s, points),
            "landmark": pd.Categorical(np.tile(LANDMARK_NAMES, frames), categories=list(LANDMARK_NAMES)),
            "x_px": landmarks.pixels[..., 0].ravel().astype(np.float32),
            "y_px": landmarks.pixels[..., 1].ravel().astype(np.float32),
            "measured_x_px": joints.pixels[..., 0].ravel().astype(np.float32),
            "measured_y_px": joints.pixels[..., 1].ravel().astype(np.float32),
            "measured_off_px": joints.off_px.ravel().astype(np.float32),
            "world_x_m": landmarks.world[..., 0].ravel().astype(np.float32),
            "world_y_m": landmarks.world[..., 1].ravel().astype(np.float32),
            "world_z_m": landmarks.world[..., 2].ravel().astype(np.float32),
            "visibility": landmarks.visibility.ravel().astype(np.float32),
        }
    )


def write(tracks: ClipTracks, path: Path) -> None:
    """Write the table."""
    pairs = zip(tracks.landmarks, tracks.joints, strict=True)
    frames = [table(clip, landmarks, joints) for clip, (landmarks, joints) in enumerate(pairs)]
    pd.concat(frames, ignore_index=True).to_parquet(path, index=False, write_page_checksum=True)


TABLE = KeptTable("landmarks.parquet", write)
