"""``strides.csv``: one row a stance and metric; means of ``value`` over the counted steps are the report's."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pandas as pd

from gaitcheck.analysis.kept.definition import ClipTracks, KeptTable, StrideValue


def write(tracks: ClipTracks, path: Path) -> None:
    """Write the table. Every text in it is the program's own, so no cell can hold a formula."""
    columns = [field.name for field in fields(StrideValue)]
    frame = pd.DataFrame([vars(row) for row in tracks.strides], columns=columns)
    frame.to_csv(path, index=False, float_format="%.6g")


TABLE = KeptTable("strides.csv", write)
