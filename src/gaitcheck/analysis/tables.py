"""Tables kept beside a document, read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

STEPS = "strides.csv"


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
