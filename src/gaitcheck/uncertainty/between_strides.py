"""The part of the uncertainty that more strides would shrink."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from gaitcheck.typing import FloatArray

OUTLIER_MADS = 5.0


def believable(values: FloatArray) -> NDArray[np.bool_]:
    """Which values (n,) are finite and within OUTLIER_MADS median absolute deviations of the median.

    Others are mistracked steps. Of fewer than five finite values none is taken for one.
    """
    finite = np.isfinite(values)
    if finite.sum() < 5:
        return finite
    off = np.abs(values - np.median(values[finite]))
    mad = 1.4826 * float(np.median(off[finite]))
    return finite if mad == 0 else finite & (off <= OUTLIER_MADS * mad)


def half_width(values: FloatArray) -> float:
    """Half of the mean's 95 % interval by Student's t; infinite below two values."""
    n = len(values)
    if n < 2:
        return float("inf")
    return float(scipy.stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n))


def share_half_width(share: float, n: int) -> float:
    """Half of Wilson's 95 % interval for a share of ``n`` steps (not zero at 0 or 1)."""
    z = 1.96
    return float(z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
