"""Tables kept beside a document, read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gaitcheck.analysis.document import Analysis
from gaitcheck.errors import InputError
from gaitcheck.pose.landmarks import LANDMARK_NAMES, Landmarks

VALUES = ("time_s", "x_px", "y_px", "world_x_m", "world_y_m", "world_z_m", "visibility")
STEPS, LANDMARKS = "strides.csv", "landmarks.parquet"


def read_steps(folder: Path) -> pd.DataFrame:
    """Every value of every step that its mean rests on.

    Tables of earlier versions hold values as they were read, and don't say which steps were mistracked: all count.

    Returns
    -------
    DataFrame
        One row a step and metric: ``clip``, ``number``, ``side``, ``initial_contact_s``, ``toe_off_s``, ``metric``,
        ``unit``, ``value``.
    """
    table = pd.read_csv(folder / STEPS)
    counted = table["counted"] if "counted" in table else table["value"].notna()
    return table[counted & table["value"].notna()]


def read_landmark_table(folder: Path, clip: int) -> pd.DataFrame:
    """Every landmark of every frame of one clip; docs/data.md has a sentence for each column.

    Raises
    ------
    InputError
        If the table is not there or damaged.
    """
    try:
        table = pd.read_parquet(folder / LANDMARKS, page_checksum_verification=True)
        return table[table["clip"] == clip].reset_index(drop=True)
    except (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise InputError(f"{folder} lacks its {LANDMARKS}, or it is damaged; analyse the clip again.") from error


def read_landmarks_of(folder: Path, visit: Analysis, clip: int = 0) -> Landmarks:
    """The landmarks of one clip of a results folder, whose document is ``visit``, as our pose model saw them.

    Raises
    ------
    InputError
        If the folder has no such clip, or its table is not there or damaged.
    """
    clips = visit.clips
    if not 0 <= clip < len(clips):
        raise InputError(f"{folder} holds {len(clips)} clips; there is no clip {clip}, counted from 0.")
    table, points = read_landmark_table(folder, clip), len(LANDMARK_NAMES)
    try:
        columns = {name: table[name].to_numpy(dtype=float).reshape(-1, points) for name in VALUES}
        if list(table["landmark"].iloc[:points]) != list(LANDMARK_NAMES):
            raise ValueError("other landmarks")
        if not np.all(np.diff(columns["time_s"][:, 0]) > 0):
            raise ValueError("times that don't increase")
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{folder / LANDMARKS} is damaged; analyse the clip again.") from error
    return Landmarks(
        times_s=columns["time_s"][:, 0],
        pixels=np.stack([columns["x_px"], columns["y_px"]], axis=2),
        world=np.stack([columns["world_x_m"], columns["world_y_m"], columns["world_z_m"]], axis=2),
        visibility=columns["visibility"],
        width=clips[clip].width,
        height=clips[clip].height,
        people_seen=clips[clip].people,
    )
