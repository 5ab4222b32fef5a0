"""What each part of the measurement brings, on the calibration bodies.

    python benchmarks/accuracy.py FOLDER
    python benchmarks/ablation.py FOLDER

Parts are added one after the other; errors are means over legs (or runners) of one clip, biases left in.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import numpy as np

from clips import population_jobs
from gaitcheck.gait import camera_roll, joint_centres
from gaitcheck.gait.contacts import read_contacts
from gaitcheck.motion import cleaning
from score import Scores, score_all
from tables import SCALE, population

PARTS: tuple[tuple[str, Callable[[], object]], ...] = (
    (
        "legs put right",
        lambda: patch.object(cleaning, "find_swaps", lambda times, *_: np.zeros(len(times), dtype=bool)),
    ),
    ("contacts read", lambda: patch.object(read_contacts, "load_reader", lambda *_: None)),
    ("camera's roll read", lambda: patch.object(camera_roll, "load_reader", lambda *_: None)),
    ("joint centres read", lambda: patch.object(joint_centres, "load_reader", lambda *_: None)),
)
"""Parts in the order they are added, and how each is taken out."""

SHOWN = (
    ("contact_time", ("rear",)),
    ("contact_time", ("left", "right")),
    ("frontal_plane_projection_angle", ("rear",)),
    ("contralateral_pelvic_drop", ("rear",)),
    ("hip_adduction", ("rear",)),
    ("foot_placement_offset", ("rear",)),
    ("tibia_inclination_at_contact", ("left", "right")),
    ("peak_knee_flexion_in_stance", ("left", "right")),
    ("overstride", ("left", "right")),
)


def _maes(scores: Scores) -> list[str]:
    cells = []
    for metric, views in SHOWN:
        own = [v for v in population(scores, "calibration") if v.metric == metric and v.view in views]
        errors = [v.value + v.bias - v.truth for v in own]
        cells.append(f"{SCALE[own[0].unit][0] * np.mean(np.abs(errors)):.1f}" if own else "-")
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where observations are kept")
    options = parser.parse_args()
    names = [job.name for job in population_jobs("calibration")]
    heads = [f"{metric.replace('_', ' ')} ({'side' if len(views) > 1 else views[0]})" for metric, views in SHOWN]
    print(f"| with | refused | {' | '.join(heads)} |")
    print("|---" * (len(SHOWN) + 2) + "|")
    for count in range(len(PARTS) + 1):
        with ExitStack() as without:
            for _, taken_out in PARTS[count:]:
                without.enter_context(taken_out())  # type: ignore[arg-type]
            scores = score_all(options.folder, names)
        label = "landmarks and detectors" if count == 0 else f"+ {PARTS[count - 1][0]}"
        print(f"| {label} | {len(scores.failed)} | {' | '.join(_maes(scores))} |", flush=True)


if __name__ == "__main__":
    main()
