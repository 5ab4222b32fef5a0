"""``.trc`` of OpenSim, Sports2D and Pose2Sim: markers over time, tab-separated; lengths have y up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.pose.formats.definition import LandmarkFormat, Tracks, text_of

PX_OF_A_UNIT = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "px": 1.0}
"""Only shapes count; a metre becomes a thousand pixels."""


def _takes(source: Any) -> bool:
    return isinstance(source, Path) and source.suffix.casefold() == ".trc"


def _read(source: Any, _person: int | None) -> Tracks:
    lines = text_of(source).splitlines()
    try:
        settings = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
        unit = settings["Units"].strip()
        names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
        rows = [line.rstrip("\r\n").split("\t") for line in lines[5:] if line.strip()]
        width = 2 + 3 * len(names)
        table = np.array([[float(cell) if cell.strip() else np.nan for cell in _padded(row, width)] for row in rows])
        if table.ndim != 2 or not names:
            raise ValueError("no rows, or no markers")
        scale = PX_OF_A_UNIT[unit]
        points = {name: scale * table[:, 2 + 3 * k : 4 + 3 * k] for k, name in enumerate(names)}
    except (IndexError, KeyError, ValueError) as error:
        raise InputError(f"{source.name} is damaged or no TRC file; write it again.") from error
    if not np.nanstd(table[:, 2::3]) > 0:
        raise InputError(f"{source.name} has nothing along x; give joints in the camera's plane, x across, y up.")
    return Tracks(points, table[:, 1], y_up=None if unit == "px" else True)


def _padded(row: list[str], width: int) -> list[str]:
    """A row of as many cells as there are columns; empty ones at its end are often left out."""
    if len(row) > width + 1:
        raise ValueError("more cells than columns")
    return (row + [""] * width)[:width]


FORMAT = LandmarkFormat("TRC files", _takes, _read)
