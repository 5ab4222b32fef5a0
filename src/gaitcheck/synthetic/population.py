"""Runners, clothes, rooms and cameras drawn at random: the population a benchmark samples.

Every fault is drawn on its own, so that none can be guessed from another; only what physics joins
(speed, contact, cadence) is joined. Ranges: the task's, narrowed to where the mean and spread of the
joint angles are those of real runners (docs/validation.md compares them).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitcheck.synthetic.style import Fatigue, LegStyle, RunnerStyle

GRAVITY_M_S2 = 9.81
REFERENCE_LEG_M = 0.87
FLIGHT_S = (0.04, 0.15)
CADENCE_PER_MIN = (145.0, 200.0)
ALIKE = 0.35
"""Share of runners whose legs are alike but for what varies in anybody."""


def random_leg(rng: np.random.Generator, leg_m: float) -> LegStyle:
    """One leg, every value on its own."""
    return LegStyle(
        pelvic_drop_deg=float(rng.uniform(0.0, 12.0)),
        knee_turn_in_deg=float(rng.uniform(-14.0, 24.0)),
        foot_offset_m=float(rng.uniform(-0.04, 0.08)),
        toe_out_deg=float(rng.uniform(-4.0, 18.0)),
        overstride_m=float(rng.uniform(0.17, 0.30) * leg_m),
        trunk_lateral_lean_deg=float(rng.uniform(-4.0, 6.0)),
        peak_at=float(rng.uniform(0.34, 0.52)),
    )


def _pace(rng: np.random.Generator, leg_m: float, overstride_m: float) -> tuple[float, float, float]:
    """Speed (m/s), contact time (s) and cadence (steps/min) that a body of this leg length can run.

    The belt passes under the foot for about 0.8 leg lengths at 2.5 m/s and 0.1 more for each m/s
    (the mean of three treadmill runners, Fukuchi 2017), never so far that the leg can't reach.
    """
    scale = float(np.sqrt(leg_m / REFERENCE_LEG_M))
    speed = float(rng.uniform(2.0, 5.0)) * scale
    passed = leg_m * (0.79 + 0.09 * (speed / scale - 2.5) + rng.normal(0.0, 0.05))
    contact = min(passed, overstride_m + 0.64 * leg_m) / speed
    contact = float(np.clip(contact, 0.15, 60.0 / CADENCE_PER_MIN[0] - FLIGHT_S[0]))
    slowest = max(CADENCE_PER_MIN[0], 60.0 / (contact + FLIGHT_S[1] * scale))
    fastest = min(CADENCE_PER_MIN[1], 60.0 / (contact + FLIGHT_S[0]))
    return speed, contact, float(rng.uniform(slowest, max(fastest, slowest)))


def random_style(rng: np.random.Generator, leg_m: float) -> RunnerStyle:
    """A gait drawn wide for a body whose leg (thigh and shank) is ``leg_m`` long."""
    left, right = random_leg(rng, leg_m), random_leg(rng, leg_m)
    right = replace(right, overstride_m=left.overstride_m + float(rng.normal(0.0, 0.02)))
    if rng.random() < ALIKE:
        right = replace(left, foot_offset_m=float(left.foot_offset_m + rng.normal(0.0, 0.01)))
    speed, contact, cadence = _pace(rng, leg_m, min(left.overstride_m, right.overstride_m))
    tired = rng.random() < 0.4
    return RunnerStyle(
        speed_m_s=speed,
        cadence_per_min=cadence,
        contact_time_s=contact,
        left=left,
        right=right,
        foot_inclination_at_contact_deg=float(rng.uniform(-12.0, 22.0)),
        knee_flexion_at_contact_deg=float(rng.uniform(3.0, 17.0)),
        pelvic_obliquity_deg=float(rng.normal(0.0, 1.5)),
        pelvic_rotation_deg=float(rng.uniform(0.0, 10.0)),
        pelvic_tilt_deg=float(rng.uniform(0.0, 16.0)),
        lateral_sway_m=float(rng.uniform(0.0, 0.02)),
        trunk_forward_lean_deg=float(rng.uniform(0.0, 14.0)),
        swing_lift_m=float(rng.normal(0.0, 0.035)),
        arm_swing_deg=float(rng.uniform(12.0, 42.0)),
        elbow_flexion_deg=float(rng.uniform(70.0, 115.0)),
        arm_out_deg=float(rng.uniform(5.0, 25.0)),
        stride_variability=float(rng.uniform(0.5, 1.5)),
        fatigue=Fatigue(
            pelvic_drop_deg=float(rng.uniform(0.0, 6.0)) * tired,
            knee_turn_in_deg=float(rng.uniform(0.0, 8.0)) * tired,
            cadence_per_min=float(rng.uniform(-6.0, 6.0)) * tired,
        ),
    )
