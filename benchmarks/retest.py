"""The same rendered runner filmed on two evenings, and on a third with another form: is `compare` right?

    python benchmarks/retest.py FOLDER [--jobs N]

Visits A and B share body and gait; clothes, room, light and camera differ. Visit C changes the legs' form at the same
speed. Prints, for each metric, the sd of (B - A) against what compare states, how often the interval of a difference
holds the true one, how often an unchanged value is called a real change, and how often a true change is called right.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from accuracy import render_all
from gaitcheck.evidence import load_evidence
from gaitcheck.progress.change import Pair, judge_change
from gaitcheck.synthetic.bodies import body_names, load_body
from gaitcheck.synthetic.population import random_leg, random_recipe
from gaitcheck.synthetic.recipe import Recipe
from observe import Job
from score import Value, score_all

SECONDS = {"rear": 6.0, "left": 5.0}
RUNNERS = {"rear": 12, "left": 6}


def _other_form(recipe: Recipe, seed: int) -> Recipe:
    """The same runner with other legs: every fault drawn anew, speed and rhythm kept."""
    rng = np.random.default_rng([seed, 77])
    body = load_body(recipe.body)
    legs = [random_leg(rng, body.thigh_length_m + body.shank_length_m) for _ in range(2)]
    kept = recipe.runner.left.overstride_m
    left, right = (replace(leg, overstride_m=kept) for leg in legs)
    return replace(recipe, runner=replace(recipe.runner, left=left, right=right))


def retest_jobs() -> list[Job]:
    """Three visits of each runner, on bodies nothing was learned or calibrated on."""
    bodies = [name for name in body_names() if name.startswith("held_out_")]
    jobs = []
    for view, runners in RUNNERS.items():
        for k in range(runners):
            seed = 9000 + 100 * k + (0 if view == "rear" else 50)
            body = bodies[k % len(bodies)]
            drawn = [
                random_recipe(seed + n, group="held_out", body=body, view=view, duration_s=SECONDS[view])
                for n in range(3)
            ]
            first = drawn[0].runner
            visits = (drawn[0], replace(drawn[1], runner=first), _other_form(replace(drawn[2], runner=first), seed))
            jobs += [Job(f"held_out_retest_{view}_{k:02d}_{'abc'[n]}", visit) for n, visit in enumerate(visits)]
    return jobs


def _pair(old: Value, new: Value) -> Pair:
    return Pair(old.metric, (old.value, old.low, old.high), (new.value, new.low, new.high))


def _found(values: list[Value]) -> dict[tuple[str, str, str], Value]:
    return {(v.clip, v.metric, v.side): v for v in values if not v.withheld}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where observations are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    jobs = retest_jobs()
    render_all(jobs, options.folder, options.jobs)
    scored = score_all(options.folder, [job.name for job in jobs])
    for name, why in scored.failed.items():
        print(f"refused: {name}: {why}")
    values, evidence = _found(scored.values), load_evidence()
    errors: dict[tuple[str, str], list[float]] = defaultdict(list)
    stated: dict[tuple[str, str], list[float]] = defaultdict(list)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
    for (clip, metric, side), old in sorted(values.items()):
        if not clip.endswith("_a"):
            continue
        for visit in "bc":
            new = values.get((clip[:-1] + visit, metric, side))
            if new is None:
                continue
            change = judge_change(_pair(old, new), evidence)
            true = new.truth - old.truth
            row = counts[metric]
            row[0] += 1
            row[1] += change.low <= true <= change.high
            if visit == "b":
                errors[metric, old.view].append(change.difference - true)
                stated[metric, old.view].append((change.high - change.low) / 3.92)
                row[2] += 1
                row[3] += change.verdict == "real"
            elif abs(true) > change.threshold:
                row[4] += 1
                row[5] += change.verdict == "real" and np.sign(change.difference) == np.sign(true)
    print("metric, pairs, interval holds the true difference, unchanged called real, true changes called right")
    for metric, (pairs, held, same, false, moved, right) in sorted(counts.items()):
        print(f"{metric:38s} {pairs:3d} {held / pairs:6.0%}   {false:2d} of {same:2d}   {right:2d} of {moved:2d}")
    total = np.array(list(counts.values())).sum(axis=0)
    print(f"all: {total[1]} of {total[0]} intervals, {total[3]} of {total[2]} false, {total[5]} of {total[4]} right")
    print("metric, view, sd of the re-test error, stated sd, n")
    for key, found in sorted(errors.items()):
        print(f"{key[0]:38s} {key[1]:5s} {np.std(found):8.3f} {np.mean(stated[key]):8.3f} {len(found)}")


if __name__ == "__main__":
    main()
