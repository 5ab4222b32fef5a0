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

    Parameters
    ----------
    values
        (n,) of one metric, NaN where not read.

    Returns
    -------
    NDArray[np.bool_]
        (n,).

    Examples
    --------
    >>> import numpy as np
    >>> believable(np.array([5.0, 5.2, 4.9, 5.1, 40.0, np.nan])).tolist()
    [True, True, True, True, False, False]
    """
    finite = np.isfinite(values)
    if finite.sum() < 5:
        return finite
    off = np.abs(values - np.median(values[finite]))
    mad = 1.4826 * float(np.median(off[finite]))
    return finite if mad == 0 else finite & (off <= OUTLIER_MADS * mad)


def half_width(values: FloatArray) -> float:
    """Half of the mean's 95 % interval by Student's t; infinite below two values.

    Parameters
    ----------
    values
        (n,) finite.

    Returns
    -------
    float
        In the values' unit.

    Examples
    --------
    >>> import numpy as np
    >>> round(half_width(np.array([4.0, 5.0, 6.0])), 2)
    2.48
    """
    n = len(values)
    if n < 2:
        return float("inf")
    return float(scipy.special.stdtrit(n - 1, 0.975) * values.std(ddof=1) / np.sqrt(n))


def share_half_width(share: float, n: int) -> float:
    """Half of Wilson's 95 % interval for a share of ``n`` steps (not zero at 0 or 1).

    Parameters
    ----------
    share
        Of steps, 0 to 1.
    n
        Steps.

    Returns
    -------
    float
        As a share.

    Examples
    --------
    >>> round(share_half_width(0.0, 20), 3)
    0.081
    """
    z = 1.96
    return float(z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
