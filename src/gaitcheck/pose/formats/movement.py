"""A dataset in the layout of ``movement`` (xarray), which reads DeepLabCut, SLEAP, LightningPose and others; y down."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.pose.formats.definition import LandmarkFormat, Tracks, one_person

POINTS, PEOPLE = ("keypoints", "keypoint"), ("individuals", "individual")
"""What its versions call the axes."""


def _takes(source: Any) -> bool:
    return (isinstance(source, Path) and source.suffix == ".nc") or hasattr(source, "data_vars")


def _opened(source: Any) -> Any:
    if not isinstance(source, Path):
        return source
    try:
        xarray: Any = importlib.import_module("xarray")
    except ImportError as error:
        raise InputError("NetCDF files need the extra: pip install 'gaitcheck[exports]'.") from error
    try:
        with xarray.open_dataset(source) as dataset:
            return dataset.load()
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{source.name} is damaged or no netCDF file; write it again.") from error


def _read(source: Any, person: int | None) -> Tracks:
    dataset = _opened(source)
    if "position" not in dataset:
        raise InputError("The dataset has no 'position'; give one as movement.io.load_poses makes it.")
    position = dataset["position"]
    point = next((name for name in POINTS if name in position.dims), None)
    if point is None or not {"time", "space"} <= set(position.dims):
        raise InputError("The dataset's 'position' lacks time, space or keypoints; give one as movement makes it.")
    confidence = dataset.get("confidence")
    for people in [name for name in PEOPLE if name in position.dims]:
        chosen = one_person(position.sizes[people], person, "The dataset")
        position = position.isel({people: chosen})
        confidence = None if confidence is None else confidence.isel({people: chosen})
    position = position.transpose("time", point, "space")
    if position.sizes["space"] != 2:
        raise InputError("The dataset's points are not two-dimensional; give those of one camera's picture, in pixels.")
    table = np.asarray(position, dtype=float)
    if confidence is not None:
        sure = np.asarray(confidence.transpose("time", point), dtype=float)
        table = np.concatenate([table, np.nan_to_num(sure, nan=1.0)[..., None]], axis=2)
    names = [str(name) for name in position[point].to_numpy()]
    seconds = dataset.attrs.get("time_unit") == "seconds"
    times = np.asarray(dataset["time"], dtype=float) if seconds else None
    return Tracks({name: table[:, k] for k, name in enumerate(names)}, times)


FORMAT = LandmarkFormat("datasets of movement", _takes, _read)
