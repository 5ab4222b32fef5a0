"""``.csv`` and ``.parquet``: every angle over time with what each foot is doing, tidy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gaitcheck.exports.definition import Exported

COLUMNS = ("time_s", "side", "name", "unit", "value", "stance")


def table(exported: Exported) -> pd.DataFrame:
    """One row an instant and curve: ``time_s``, ``side``, ``name``, ``unit``, ``value``, and the ``stance``'s number.

    ``stance`` is empty while that side's foot is in the air, where joints were not corrected.
    """
    times, units = exported.measured.plane.motion.times_s, exported.units()
    frames = []
    for key, values in exported.angles.items():
        name, _, side = key.rpartition("_")
        number = np.full(len(times), -1)
        for stance in exported.measured.stances:
            if stance.side == side:
                number[(times >= stance.initial_contact_s) & (times <= stance.toe_off_s)] = stance.number
        frames.append(
            pd.DataFrame(
                {
                    "time_s": times, "side": side, "name": name, "unit": units[key], "value": values,
                    "stance": pd.Series(number, dtype="Int64").mask(number < 0),
                }
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))


def write_csv(exported: Exported, path: Path) -> None:
    """Write the table as CSV. Every text in it is the program's own, so no cell can hold a formula."""
    table(exported).to_csv(path, index=False, float_format="%.6g")


def write_parquet(exported: Exported, path: Path) -> None:
    """Write the table as Parquet."""
    table(exported).to_parquet(path, index=False)
