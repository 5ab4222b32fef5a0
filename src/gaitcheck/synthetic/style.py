"""What a rendered runner is asked to do, and the contacts that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

SIDES = ("left", "right")
SIDE_SIGN = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class LegStyle:
    """How one leg runs. Angles in degrees, lengths in metres, signs as in docs/conventions.

    ``peak_at`` is the share of contact at which pelvic drop and side lean are largest;
    ``toe_out_deg`` turns the foot outward.
    """

    pelvic_drop_deg: float = 4.0
    knee_turn_in_deg: float = 0.0
    foot_offset_m: float = 0.03
    toe_out_deg: float = 6.0
    overstride_m: float = 0.20
    trunk_lateral_lean_deg: float = 2.0
    peak_at: float = 0.44


@dataclass(frozen=True)
class Fatigue:
    """How the gait drifts over the clip, per minute: pelvic drop and turn-in grow, cadence changes."""

    pelvic_drop_deg: float = 0.0
    knee_turn_in_deg: float = 0.0
    cadence_per_min: float = 0.0


@dataclass(frozen=True)
class Footwork:
    """How feet meet the belt and leave it.

    A landing foot still moves ``forward_at_contact_m_s`` against the belt and sinks by ``sink_at_contact_m_s``; both
    are gone ``settled_after_s`` later; over the last 80 ms before it was slowed by ``slowing_m_s2`` (0: as the swing
    has it). Shares of contact: the foot is flat from ``flat_from`` until ``heel_off_at``,
    then its heel rises, to the power ``heel_rise``, until the toe leaves at ``toe_off_pitch_deg``; in swing the foot
    hangs as far as ``swing_pitch_deg``. ``slap`` (0 to 1): how suddenly a foot that lands on its heel begins to turn.
    ``early_push`` (0 to 0.4): the share of the flight's height by which the push has lifted the body already when
    the toe leaves, because it peaks early and ends slowly.
    """

    forward_at_contact_m_s: float = 0.0
    sink_at_contact_m_s: float = 0.0
    settled_after_s: float = 0.03
    slowing_m_s2: float = 0.0
    flat_from: float = 0.16
    slap: float = 0.0
    heel_off_at: float = 0.47
    heel_rise: float = 1.7
    toe_off_pitch_deg: float = -66.0
    swing_pitch_deg: float = -98.0
    early_push: float = 0.0


@dataclass(frozen=True)
class RunnerStyle:
    """One runner's gait. ``left`` and ``right`` are independent."""

    speed_m_s: float = 2.75
    cadence_per_min: float = 168.0
    contact_time_s: float = 0.25
    left: LegStyle = field(default_factory=LegStyle)
    right: LegStyle = field(default_factory=LegStyle)
    foot_inclination_at_contact_deg: float = 8.0
    knee_flexion_at_contact_deg: float = 10.0
    pelvic_obliquity_deg: float = 0.0
    pelvic_rotation_deg: float = 5.0
    pelvic_tilt_deg: float = 8.0
    lateral_sway_m: float = 0.012
    trunk_forward_lean_deg: float = 6.0
    swing_lift_m: float = 0.0
    arm_swing_deg: float = 28.0
    elbow_flexion_deg: float = 95.0
    arm_out_deg: float = 12.0
    stride_variability: float = 1.0
    footwork: Footwork = field(default_factory=Footwork)
    fatigue: Fatigue = field(default_factory=Fatigue)

    def leg(self, side: str) -> LegStyle:
        return self.left if side == "left" else self.right


@dataclass(frozen=True)
class Stance:
    """One contact of one foot, with this step's own values."""

    side: str
    initial_contact_s: float
    toe_off_s: float
    foot_y_m: float
    style: LegStyle
    flight_before_s: float
    flight_after_s: float


def _step_style(style: LegStyle, fatigue: Fatigue, minutes: float, rng: np.random.Generator, amount: float) -> LegStyle:
    """This step's own values: the runner's, drifted, and varied from step to step."""
    return replace(
        style,
        pelvic_drop_deg=style.pelvic_drop_deg + fatigue.pelvic_drop_deg * minutes + amount * rng.normal(0.0, 0.6),
        knee_turn_in_deg=style.knee_turn_in_deg + fatigue.knee_turn_in_deg * minutes + amount * rng.normal(0.0, 1.5),
        foot_offset_m=style.foot_offset_m + amount * rng.normal(0.0, 0.008),
        overstride_m=style.overstride_m + amount * rng.normal(0.0, 0.006),
    )


def plan_stances(style: RunnerStyle, duration_s: float, seed: int) -> list[Stance]:
    """Contacts from before 0 to after ``duration_s``, left and right in turn."""
    rng = np.random.default_rng(seed)
    n = int(duration_s * style.cadence_per_min / 60.0) + 12
    start = (rng.uniform(0.0, 1.0) - 4.0) * 60.0 / style.cadence_per_min
    jitter = style.stride_variability * rng.normal(0, 0.004, n + 1)
    minutes = (start + np.arange(n + 1) * 60.0 / style.cadence_per_min) / 60.0
    cadence = style.cadence_per_min + style.fatigue.cadence_per_min * np.maximum(minutes, 0.0)
    flights = np.maximum(60.0 / cadence - style.contact_time_s + jitter, 0.02)
    stances = []
    for k in range(n):
        side = SIDES[k % 2]
        elapsed = max(float(minutes[k]), 0.0)
        leg = _step_style(style.leg(side), style.fatigue, elapsed, rng, style.stride_variability)
        stances.append(
            Stance(
                side=side,
                initial_contact_s=start,
                toe_off_s=start + style.contact_time_s,
                foot_y_m=SIDE_SIGN[side] * leg.foot_offset_m,
                style=leg,
                flight_before_s=float(flights[k]),
                flight_after_s=float(flights[k + 1]),
            )
        )
        start += style.contact_time_s + float(flights[k + 1])
    return stances
