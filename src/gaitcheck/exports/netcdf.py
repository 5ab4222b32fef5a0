"""``.nc``: what the pose model saw, px of the clip, in the layout of ``movement``."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.exports.definition import Export, Exported
from gaitcheck.pose.landmarks import LANDMARK_NAMES


def write(exported: Exported, path: Path) -> None:
    """Write the file; y points down, as in pictures."""
    xarray: Any = importlib.import_module("xarray")
    landmarks = exported.measured.landmarks
    dataset = xarray.Dataset(
        {
            "position": (("time", "space", "keypoints", "individuals"), landmarks.pixels.transpose(0, 2, 1)[..., None]),
            "confidence": (("time", "keypoints", "individuals"), landmarks.visibility[..., None]),
        },
        coords={
            "time": landmarks.times_s,
            "space": np.array(["x", "y"]),
            "keypoints": np.array(LANDMARK_NAMES),
            "individuals": np.array(["runner"]),
        },
        attrs={
            "fps": 1.0 / landmarks.frame_interval_s,
            "time_unit": "seconds",
            "source_software": "gaitcheck",
            "ds_type": "poses",
        },
    )
    dataset.to_netcdf(path, engine="scipy")


EXPORT = Export("nc", ".nc", "the pose model's landmarks in movement's layout (netCDF)", write, extra="exports")
