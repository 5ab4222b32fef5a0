"""A mapping of names to points, (T, 2) or (T, 3) with a confidence; px, y down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.pose.formats.definition import LandmarkFormat, Tracks


def _takes(source: Any) -> bool:
    return isinstance(source, Mapping) and not hasattr(source, "data_vars")


def _read(source: Any, _person: int | None) -> Tracks:
    try:
        points = {str(name): np.asarray(track, dtype=float) for name, track in source.items()}
    except (TypeError, ValueError) as error:
        raise InputError("Points must be numbers: each name's track is an array of shape (frames, 2).") from error
    return Tracks(points, None)


FORMAT = LandmarkFormat("mappings of names to arrays", _takes, _read)
