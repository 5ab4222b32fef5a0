"""Names for arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Picture = NDArray[np.uint8]
"""(H, W, 3), RGB unless said otherwise."""
