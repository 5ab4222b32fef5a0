"""Zero-lag low-pass filtering of tracks with gaps."""

from __future__ import annotations

import numpy as np
import scipy

from gaitcheck.typing import FloatArray

SHORTEST_RUN = 12


def low_pass(values: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Fourth-order zero-lag Butterworth (second order, both ways) along time, run by run between gaps.

    Parameters
    ----------
    values
        (T, ...) evenly sampled.
    rate_hz
        Samples per second.
    cutoff_hz
        -6 dB point after both passes (the two-pass correction of the corner is applied).

    Returns
    -------
    FloatArray
        The same shape, without what is faster; runs too short for the filter stay as they are.

    Notes
    -----
    Where the rate can't carry the cutoff (above 0.4 of the rate) nothing is filtered. Runs shorter
    than SHORTEST_RUN samples are left as they are.
    """
    if cutoff_hz >= 0.4 * rate_hz:
        return values
    corner = min(cutoff_hz / 0.802, 0.45 * rate_hz)
    sos = scipy.signal.butter(2, corner / (rate_hz / 2), output="sos")
    flat = values.reshape(len(values), -1)
    out = flat.copy()
    for column in range(flat.shape[1]):
        valid = ~np.isnan(flat[:, column])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], valid.astype(int), [0]])))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start >= SHORTEST_RUN:
                out[start:stop, column] = scipy.signal.sosfiltfilt(
                    sos, flat[start:stop, column], padlen=SHORTEST_RUN - 2
                )
    return out.reshape(values.shape)
