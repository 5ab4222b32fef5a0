"""The benchmark's clips: a population for the tables, and one condition at a time for what hurts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from gaitcheck.synthetic.bodies import body_names
from gaitcheck.synthetic.filming import Filming
from gaitcheck.synthetic.look import Look
from gaitcheck.synthetic.population import random_recipe
from gaitcheck.synthetic.recipe import Recipe
from gaitcheck.synthetic.room import Room
from gaitcheck.synthetic.style import Fatigue, LegStyle, RunnerStyle
from observe import Job

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
RECORDED = (("rbds001", "2_5"), ("rbds001", "3_5"), ("rbds041", "2_5"))
CONDITION_BODIES = ("held_out_33", "held_out_36")
CONDITION_S = 6.0
FEW = 8
"""Bodies of a group that are filmed from everywhere, and for long."""


def _film(**changes: object) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, filming=replace(recipe.filming, **changes))  # type: ignore[arg-type]


def _look(**changes: object) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, look=replace(recipe.look, **changes))  # type: ignore[arg-type]


def _room(**changes: object) -> Callable[[Recipe], Recipe]:
    return lambda recipe: replace(recipe, room=replace(recipe.room, **changes))  # type: ignore[arg-type]


def _poor_codec(recipe: Recipe) -> Recipe:
    return replace(recipe, crf=38, filming=replace(recipe.filming, codec="hevc"))


CONDITIONS: dict[str, tuple[str, Callable[[Recipe], Recipe]]] = {
    "base": ("base", lambda recipe: recipe),
    "loose_clothes": ("look", _look(shirt_fit=1.0, shorts_fit=1.0, shorts_length=0.9)),
    "long_tights": ("look", _look(shorts_fit=0.0, shorts_length=2.0, sleeve_length=2.0)),
    "short_shorts": ("look", _look(shorts_fit=0.1, shorts_length=0.25, sleeve_length=0.0)),
    "black_on_black": ("look", _look(shirt=(0.06, 0.06, 0.07), shorts=(0.05, 0.05, 0.06), socks=(0.06, 0.06, 0.06),
                                     shoes=(0.07, 0.07, 0.08), sole=(0.1, 0.1, 0.1))),
    "print_and_hair": ("look", _look(shirt_print="hoops", hair_style="long")),
    "cap_and_ponytail": ("look", _look(cap=True, hair_style="ponytail")),
    "dark_skin": ("look", _look(skin=(0.30, 0.21, 0.15))),
    "low_light": ("camera", _film(exposure=0.35, noise=14.0, contrast=0.9)),
    "noise": ("camera", _film(noise=14.0)),
    "motion_blur": ("camera", _film(shutter_s=1 / 60)),
    "rolling_shutter": ("camera", _film(readout_s=0.025)),
    "24_fps": ("camera", _film(fps=24.0)),
    "30_fps": ("camera", _film(fps=30.0)),
    "120_fps": ("camera", _film(fps=120.0)),
    "variable_rate": ("camera", _film(rate_jitter=0.6)),
    "dropped_frames": ("camera", _film(dropped=0.15)),
    "hand_held": ("camera", _film(shake_deg=0.5)),
    "poor_codec": ("camera", _poor_codec),
    "roll_+4": ("camera", _film(roll_deg=4.0)),
    "roll_-4": ("camera", _film(roll_deg=-4.0)),
    "oblique_10": ("camera", _film(oblique_deg=10.0)),
    "oblique_15": ("camera", _film(oblique_deg=15.0)),
    "camera_low": ("camera", _film(height_m=0.2)),
    "camera_high": ("camera", _film(height_m=1.6)),
    "near_2_m": ("camera", _film(distance_m=2.0, focal_share=0.65)),
    "far_5_m": ("camera", _film(distance_m=5.0, focal_share=0.8)),
    "small_picture": ("camera", _film(width=272, height=480)),
    "mirror": ("room", _room(mirror=True)),
    "second_person": ("room", _room(second_person=True)),
    "rails_and_console": ("room", _room(rails=True)),
    "hard_shadow": ("room", _room(shadow=0.8, shadow_soft_m=0.02, key_light=0.9)),
    "garage": ("room", _room(kind="garage", wall=(0.4, 0.38, 0.36))),
}  # fmt: skip
"""Name, what kind of change, and the change itself."""


def _base(body: str, number: int) -> Recipe:
    """A clear runner before a level camera: right knee in, left foot across, five degrees of drop."""
    return Recipe(
        body=body,
        duration_s=CONDITION_S,
        seed=900 + number,
        runner=RunnerStyle(
            left=LegStyle(foot_offset_m=-0.02, pelvic_drop_deg=5.0),
            right=LegStyle(foot_offset_m=0.04, pelvic_drop_deg=8.0, knee_turn_in_deg=16.0),
            fatigue=Fatigue(),
        ),
        look=Look(),
        room=Room(),
        filming=Filming(width=540, height=960, distance_m=3.2, focal_share=0.95),
    )


def condition_jobs() -> list[Job]:
    """Each condition on each of two held-out bodies, all else equal."""
    return [
        Job(f"held_out_condition_{name}_{k}", change(_base(body, k)))
        for name, (_, change) in CONDITIONS.items()
        for k, body in enumerate(CONDITION_BODIES)
    ]


def bodies_of(group: str) -> list[str]:
    return [name for name in body_names() if name.startswith(f"{group}_")]


def population_jobs(group: str, landings: bool = False) -> list[Job]:
    """Random runners, looks, rooms and cameras on every body of a group, in every view.

    Calibration bodies are filmed twice from everywhere: a 95 % interval needs more than twenty values.
    """
    jobs = []
    for k, body in enumerate(bodies_of(group)[:FEW]):
        for n in range(2):
            seconds = 15.0 if group == "held_out" else 10.0
            drawn = random_recipe(
                100 * n + k, group=group, body=body, view="rear", duration_s=seconds, landings=landings
            )
            jobs.append(Job(f"{group}_rear_{k}_{n}", drawn))
        for view, seed in (("front", 1000), ("left", 2000), ("right", 3000)):
            for n in range(1 if group == "held_out" else 2):
                drawn = random_recipe(
                    seed + 100 * n + k, group=group, body=body, view=view, duration_s=8.0 - 2.0 * n, landings=landings
                )
                jobs.append(Job(f"{group}_{view}_{k}_{n}", drawn))
    return jobs


def landing_jobs(group: str) -> list[Job]:
    """The group's clips once more, with feet that land as real ones do: for times of contact alone."""
    return [
        replace(job, name=job.name.replace(f"{group}_", f"{group}_landing_"))
        for job in population_jobs(group, landings=True)
    ]


def interval_jobs() -> list[Job]:
    """Short clips of the many calibration bodies, twice from behind and once from in front: what intervals rest on."""
    jobs = []
    for k, body in enumerate(bodies_of("calibration")[FEW:]):
        for view, n in (("rear", 0), ("rear", 1), ("front", 0)):
            seed = 20_000 + 1000 * (view == "front") + 100 * n + k
            drawn = random_recipe(seed, group="calibration", body=body, view=view, duration_s=5.0)
            jobs.append(Job(f"calibration_{view}_{FEW + k}_{n}", drawn))
    return jobs


FAULTS = ("knee", "drop", "cross")
SICK = 0.3


def _realistic_leg(rng: np.random.Generator, leg: LegStyle, fault: str) -> LegStyle:
    """A healthy runner's leg (Bramah 2018, Dingenen 2018 and others, docs/evidence.md), with one fault or none."""
    drop, turn, foot = rng.normal(3.7, 1.9), rng.normal(4.0, 4.0), rng.normal(0.025, 0.012)
    drop += rng.normal(5.0, 1.5) if fault == "drop" else 0.0
    turn += rng.normal(14.0, 3.0) if fault == "knee" else 0.0
    foot -= rng.normal(0.045, 0.012) if fault == "cross" else 0.0
    return replace(
        leg,
        pelvic_drop_deg=float(np.clip(drop, 0.0, 13.0)),
        knee_turn_in_deg=float(np.clip(turn, -12.0, 26.0)),
        foot_offset_m=float(np.clip(foot, -0.06, 0.08)),
        trunk_lateral_lean_deg=float(rng.normal(2.0, 1.5)),
    )


def realistic_jobs() -> list[Job]:
    """Runners as users meet them, from behind: healthy means and spreads, three in ten with one fault on one side."""
    jobs = []
    for k in range(40):
        rng = np.random.default_rng([31, k])
        body = bodies_of("held_out")[k % FEW]
        drawn = random_recipe(
            30_000 + k, group="held_out", body=body, view="rear", duration_s=6.0, most_roll_deg=2.0,
            most_oblique_deg=6.0,
        )  # fmt: skip
        fault = FAULTS[int(rng.integers(3))] if rng.random() < SICK else ""
        side = "left" if rng.random() < 0.5 else "right"
        legs = {s: _realistic_leg(rng, drawn.runner.left, fault if s == side else "") for s in ("left", "right")}
        style = replace(drawn.runner, **legs, pelvic_obliquity_deg=float(rng.normal(0.0, 1.0)))
        jobs.append(Job(f"held_out_realistic_{k:02d}", replace(drawn, runner=style)))
    return jobs


def recorded_jobs(group: str) -> list[Job]:
    """Bodies driven by motion-captured runners, contacts from a force plate; none without the data."""
    seed, apart, rear_s, side_s = (5000, 1, 15.0, 8.0) if group == "held_out" else (6000, 2, 7.0, 6.0)
    jobs = []
    for k, (runner, speed) in enumerate(RECORDED):
        motion = f"{runner}/run_{speed}ms_joint_centres.csv"
        if not (SHARED / motion).is_file():
            continue
        for view, seconds in (("rear", rear_s), ("right", side_s)):
            body = bodies_of(group)[apart * k]
            drawn = random_recipe(seed + k, group=group, body=body, view=view, duration_s=seconds)
            style = replace(drawn.runner, speed_m_s=float(speed.replace("_", ".")))
            jobs.append(Job(f"{group}_recorded_{view}_{k}", replace(drawn, motion=motion, runner=style), SHARED))
    return jobs


def full_set() -> list[Job]:
    """Every clip of the full run, the most informative first."""
    groups = ("held_out", "calibration")
    populations = [job for group in groups for job in population_jobs(group)]
    return (
        populations
        + [job for group in groups for job in landing_jobs(group)]
        + interval_jobs()
        + realistic_jobs()
        + [job for group in groups for job in recorded_jobs(group)]
        + condition_jobs()
    )


def quick_set() -> list[Job]:
    """Five minutes' worth: four short clips of the population."""
    jobs = []
    for k, view in enumerate(("rear", "rear", "front", "left")):
        body = bodies_of("held_out")[2 * k]
        drawn = random_recipe(7000 + k, group="held_out", body=body, view=view, duration_s=6.0)
        jobs.append(Job(f"held_out_{view}_quick_{k}", drawn))
    return jobs


def planted(recipe: dict[str, object]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The values planted in a recipe's two legs, in one row, to see how far they are independent."""
    runner = recipe["runner"]
    assert isinstance(runner, dict)
    legs = [runner["left"], runner["right"]]
    return np.array([leg[name] for leg in legs for name in sorted(leg)], dtype=float)
