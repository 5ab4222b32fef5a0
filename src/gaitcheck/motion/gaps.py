"""Gaps: short ones are filled, longer ones stay gaps."""

from __future__ import annotations

import numpy as np

from gaitcheck.typing import FloatArray


def resample(times_s: FloatArray, values: FloatArray, even_s: FloatArray, longest_gap_s: float) -> FloatArray:
    """Values (T, ...) on an even grid, linear between valid samples; NaN inside longer gaps.

    Parameters
    ----------
    times_s
        (n,) rising.
    values
        (n, ...), NaN where not seen.
    even_s
        (T,) where values are wanted.
    longest_gap_s
        Longest stretch without a sample that is bridged.

    Returns
    -------
    FloatArray
        (T, ...).

    Notes
    -----
    Linear interpolation flattens a peak that falls inside a gap; hence the limit.
    """
    flat = values.reshape(len(times_s), -1)
    out = np.full((len(even_s), flat.shape[1]), np.nan)
    for column in range(flat.shape[1]):
        valid = ~np.isnan(flat[:, column])
        if valid.sum() < 2:
            continue
        t, v = times_s[valid], flat[valid, column]
        filled = np.interp(even_s, t, v, left=np.nan, right=np.nan)
        after = np.clip(np.searchsorted(t, even_s), 1, len(t) - 1)
        filled[(t[after] - t[after - 1]) > longest_gap_s] = np.nan
        out[:, column] = filled
    return out.reshape(len(even_s), *values.shape[1:])
