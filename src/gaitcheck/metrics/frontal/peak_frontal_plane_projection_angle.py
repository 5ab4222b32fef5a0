"""Largest frontal-plane projection angle (FPPA) in stance.

As frontal_plane_projection_angle, its largest value between initial contact and toe-off.

Drawing: the same chain of hip, knee and ankle, at the instant it bends inward most.
Unit: degrees.
Sign: valgus +, varus -.
Biased by: as frontal_plane_projection_angle; a maximum also picks up noise, and late stance, where the foot
    turns out.
Source of the definition: de Vasconcelos 2022.
"""

from __future__ import annotations

from gaitcheck.gait.calibration import Calibration
from gaitcheck.gait.strides import Stance
from gaitcheck.metrics.definition import Metric
from gaitcheck.metrics.geometry import frontal_plane_projection_deg, in_stance, peak
from gaitcheck.motion import Trajectories


def peak_frontal_plane_projection_angle(trajectories: Trajectories, stance: Stance, calibration: Calibration) -> float:
    """Peak FPPA of one stance, degrees, valgus +."""
    values = frontal_plane_projection_deg(trajectories, stance.side, stance.sign)
    return peak(in_stance(trajectories, stance, values))


METRIC = Metric(
    name="peak_frontal_plane_projection_angle",
    plane="frontal",
    unit="deg",
    compute=peak_frontal_plane_projection_angle,
    possible=(-45, 50),
    joints=("hip", "knee", "ankle"),
    order=11,
    source_keys=("vasconcelos2022",),
)
