"""Runners, clothes, rooms and cameras drawn at random: the population a benchmark samples.

Every fault is drawn on its own, so that none can be guessed from another; only what physics joins
(speed, contact, cadence) is joined. Ranges: the task's, narrowed to where the mean and spread of the
joint angles are those of real runners (docs/validation.md compares them).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitcheck.errors import UsageError
from gaitcheck.synthetic.bodies import Body, body_names, load_body
from gaitcheck.synthetic.filming import Filming
from gaitcheck.synthetic.look import random_look
from gaitcheck.synthetic.recipe import Recipe
from gaitcheck.synthetic.room import random_deck, random_room
from gaitcheck.synthetic.style import Fatigue, Footwork, LegStyle, RunnerStyle

REFERENCE_LEG_M = 0.87
FLIGHT_S = (0.04, 0.15)
CADENCE_PER_MIN = (145.0, 200.0)
BESIDE = ("left", "right")
"""From beside a belt is hardly seen; there treadmills are all alike."""
MOST_SINKING_M = 0.03
STILL_TO_LOSE = (0.2, 0.5)
SLOWING_PER_S = (13.0, 20.0)
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


def random_footwork(rng: np.random.Generator, speed_m_s: float) -> Footwork:
    """Landings and push-offs, drawn wide.

    How feet turn: as wide as in 46 runners (Fukuchi 2017; flat from 4 to 8 % of the stride, the toe leaving at -20 to
    -50 degrees). An ankle sinks on after the sole has touched, by the midsole, the heel's pad and the arch, together up
    to 3 cm, and a foot that touches has a fifth to a half of the belt's speed still to lose: heuristics, held against
    force plates in docs/validation.md.
    """
    leaves, sinks = float(rng.uniform(-66.0, -22.0)), float(rng.uniform(0.3, 1.1))
    settles = min(float(rng.uniform(0.03, 0.07)), 2 * MOST_SINKING_M / sinks)
    return Footwork(
        forward_at_contact_m_s=float(rng.uniform(*STILL_TO_LOSE) * speed_m_s),
        sink_at_contact_m_s=sinks,
        settled_after_s=settles,
        slowing_m_s2=float(rng.uniform(*SLOWING_PER_S) * speed_m_s),
        flat_from=float(rng.uniform(0.08, 0.24)),
        slap=float(rng.uniform(0.0, 1.0)),
        heel_off_at=float(rng.uniform(0.42, 0.62)),
        heel_rise=float(rng.uniform(1.3, 2.0)),
        toe_off_pitch_deg=leaves,
        swing_pitch_deg=float(rng.uniform(-100.0, min(-62.0, leaves - 8.0))),
        early_push=float(rng.uniform(0.0, 0.35)),
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


def random_filming(
    rng: np.random.Generator, view: str, body: Body, most_roll_deg: float, most_oblique_deg: float
) -> Filming:
    """A phone somewhere behind, before or beside the treadmill, set so that the runner fills the picture.

    60 frames/s, mostly on a stand; now and then HEVC, a variable rate, lost frames, a hand, a dim room.
    """
    distance = float(rng.uniform(2.0, 5.0))
    beside = view in ("left", "right")
    width, height = (960, 540) if beside and rng.random() < 0.6 else (540, 960)
    fills = float(rng.uniform(0.35, 0.5) if beside and height > width else rng.uniform(0.45, 0.8))
    focal_share = float(np.clip(fills * height * distance / body.height_m / max(width, height), 0.5, 1.6))
    dim = rng.random() < 0.15
    return Filming(
        view=view,
        distance_m=distance,
        height_m=float(rng.uniform(0.2, 1.6)),
        target_height_m=float(rng.uniform(0.75, 1.05)),
        beside_m=float(rng.uniform(-0.3, 0.3)),
        oblique_deg=float(rng.uniform(-most_oblique_deg, most_oblique_deg)),
        roll_deg=float(rng.uniform(-most_roll_deg, most_roll_deg)),
        focal_share=focal_share,
        width=width,
        height=height,
        rate_jitter=float(rng.uniform(0.0, 0.3)) if rng.random() < 0.2 else 0.0,
        dropped=float(rng.uniform(0.0, 0.08)) if rng.random() < 0.15 else 0.0,
        shake_deg=float(rng.uniform(0.05, 0.3)) if rng.random() < 0.15 else 0.0,
        exposure=float(rng.uniform(0.4, 0.7) if dim else rng.uniform(0.85, 1.15)),
        contrast=float(rng.uniform(0.85, 1.2)),
        warmth=float(rng.normal(0.0, 0.05)),
        noise=float(rng.uniform(6.0, 14.0) if dim else rng.uniform(0.5, 6.0)),
        softness_px=float(rng.uniform(0.5, 1.4)),
        codec="hevc" if rng.random() < 0.2 else "h264",
    )


def random_recipe(
    seed: int,
    *,
    group: str = "learning",
    body: str | None = None,
    view: str = "rear",
    duration_s: float = 12.0,
    most_roll_deg: float = 3.0,
    most_oblique_deg: float = 10.0,
    landings: bool = False,
) -> Recipe:
    """A clip drawn at random: body of a group, gait, look, room, camera. The same seed gives the same clip.

    With ``landings`` feet land and leave in many ways, for what learns when they do; knees then bend more than real
    ones (docs/validation.md), so nothing else is learned or measured on such clips.

    Raises
    ------
    UsageError
        If there is no such group of bodies.
    """
    names = [name for name in body_names() if name.startswith(f"{group}_")]
    if not names:
        raise UsageError(f"There is no group of bodies {group!r}; use learning, calibration or held_out.")
    rng = np.random.default_rng([seed, len(group)])
    drawn = names[int(rng.integers(len(names)))] if body is None else body
    chosen = load_body(drawn)
    runner = random_style(rng, chosen.thigh_length_m + chosen.shank_length_m)
    look, room = random_look(rng), random_room(rng)
    if landings:
        runner = replace(runner, footwork=random_footwork(rng.spawn(1)[0], runner.speed_m_s))
    return Recipe(
        body=drawn,
        duration_s=duration_s,
        seed=seed,
        runner=runner,
        look=look,
        room=room if view in BESIDE else replace(room, deck=random_deck(room.seed)),
        filming=random_filming(rng, view, chosen, most_roll_deg, most_oblique_deg),
        crf=int(rng.integers(21, 31)),
    )
