"""Ankle dorsiflexion at mid-stance.

The angle between shank and sole (heel to toe) less a right angle.

Drawing: knee o in front of the ankle o over a flat foot: +.
Unit: degrees.
Sign: dorsiflexion +.
Biased by: heel and toe landmarks: a line through them is not the sole, which shifts the zero by some degrees.
Source of the definition: Dingenen 2018 (2-D reliability).
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import at_midstance, from_horizontal_deg
from gaitcheck.motion import Trajectories


def ankle_dorsiflexion_at_midstance(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Ankle dorsiflexion at mid-stance, degrees."""
    knee, ankle, heel, toe = (
        trajectories.point(f"{stance.side}_{joint}") for joint in ("knee", "ankle", "heel", "foot_index")
    )
    shank = from_horizontal_deg(ankle, knee)
    sole = from_horizontal_deg(heel, toe)
    return at_midstance(trajectories, stance, 90.0 - (shank - sole))


METRIC = Metric(
    name="ankle_dorsiflexion_at_midstance",
    plane="sagittal",
    unit="deg",
    compute=ankle_dorsiflexion_at_midstance,
    possible=(-25, 55),
    joints=("knee", "ankle", "heel", "foot_index"),
    order=34,
    source_keys=("dingenen2018",),
)
