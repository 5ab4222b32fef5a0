"""What instants and days of a clip can be."""

from __future__ import annotations

import datetime as dt

HALF_A_TICK_S = 1e-5
"""Times are those of a container, in whole ticks; half of the finest tells apart what is equal from what is not."""
EARLIEST_FILMED = dt.date(2005, 1, 1)
"""No phone filmed before; an earlier date is a clock that was never set."""
