"""A folder of OpenPose's JSON, one file a frame, as RTMLib, Sports2D and Pose2Sim write it too; px, y down."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.errors import InputError
from gaitcheck.pose.formats.definition import LandmarkFormat, Tracks, one_person, text_of
from gaitcheck.pose.keypoints import layout_of

BODY = "pose_keypoints_2d"


def _files(folder: Path) -> list[Path]:
    """Frames in the order of the numbers in their names."""
    return sorted(folder.glob("*.json"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.stem)] or [-1])


def _takes(source: Any) -> bool:
    return isinstance(source, Path) and source.is_dir() and any(source.glob("*.json"))


def _read(source: Any, person: int | None) -> Tracks:
    frames = []
    for path in _files(source):
        try:
            people = json.loads(text_of(path))["people"]
            frames.append([np.array(one[BODY], dtype=float).reshape(-1, 3) for one in people])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(f"{path.name} is damaged or not one frame of OpenPose's JSON; write it again.") from error
    chosen = one_person(max(len(people) for people in frames), person, source.name)
    counts = {len(people[chosen]) for people in frames if len(people) > chosen}
    if len(counts) != 1:
        raise InputError(f"The frames in {source.name} don't hold the same points; write them again.")
    nothing = np.full((counts.pop(), 3), np.nan)
    table = np.stack([people[chosen] if len(people) > chosen else nothing for people in frames])
    table[table[..., 2] <= 0] = np.nan
    return Tracks({name: table[:, k] for k, name in enumerate(layout_of(table.shape[1]))}, None)


FORMAT = LandmarkFormat("folders of OpenPose's JSON", _takes, _read)
