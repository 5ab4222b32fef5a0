"""Render short clips of the learning bodies and keep what the model saw beside the truth.

    python benchmarks/learning_set.py FOLDER --count 600

Each clip is one observation (``observe``), drawn at random over bodies, gaits, looks, rooms and cameras.
Seeded and resumable: a clip that is there is not rendered again.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("LP_NUM_THREADS", "1")

from gaitcheck.synthetic.population import random_recipe
from observe import Job, glance

CLIP_S = 0.9


def learning_jobs(count: int, view: str, landings: bool = False) -> list[Job]:
    """Random clips of the learning bodies, cameras a little wider than the benchmark's."""
    drawn = (
        random_recipe(
            10_000 + k, view=view, duration_s=CLIP_S, most_roll_deg=4.0, most_oblique_deg=13.0, landings=landings
        )
        for k in range(count)
    )
    return [Job(f"learning_{view}_{k:04d}", recipe) for k, recipe in enumerate(drawn)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--view", default="rear")
    parser.add_argument("--landings", action="store_true", help="feet that land in many ways, for learn_contacts.py")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    jobs = learning_jobs(options.count, options.view, options.landings)
    missing = [job for job in jobs if not (options.folder / f"{job.name}.npz").exists()]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(glance, job, options.folder) for job in missing]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            print(f"{done} of {len(missing)}", file=sys.stderr)


if __name__ == "__main__":
    main()
