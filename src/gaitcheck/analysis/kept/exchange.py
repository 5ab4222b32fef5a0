"""Kept tables with left and right exchanged, for a clip that turns out to be mirrored."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import LANDMARK_NAMES, TWIN

ACROSS = ("x_px", "measured_x_px")


def mirror_landmarks(path: Path, widths: list[int]) -> None:
    """Exchange sides in ``landmarks.parquet``; ``widths`` are the pictures' widths, px, clip by clip."""
    table = pd.read_parquet(path, page_checksum_verification=True)
    rows = (table.index.to_numpy() // len(LANDMARK_NAMES)) * len(LANDMARK_NAMES)
    names = table["landmark"].cat.codes.to_numpy()
    values = [name for name in table.columns if name not in ("clip", "frame", "time_s", "landmark")]
    exchanged = table[values].to_numpy()[rows + TWIN[names]]
    table[values] = pd.DataFrame(exchanged, columns=values, index=table.index).astype(table[values].dtypes)
    width = table["clip"].map(dict(enumerate(widths))).to_numpy()
    for column in ACROSS:
        table[column] = (width - table[column]).astype("float32")
    table["world_x_m"] = -table["world_x_m"]
    table.to_parquet(path, index=False, write_page_checksum=True)


def mirror_strides(path: Path) -> None:
    """Exchange sides in ``strides.csv``."""
    table = pd.read_csv(path)
    table["side"] = table["side"].replace(OTHER_SIDE)
    table.to_csv(path, index=False, float_format="%.6g")
