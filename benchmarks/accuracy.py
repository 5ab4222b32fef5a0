"""How accurate gaitcheck is, on rendered runners whose every number is known.

    python benchmarks/accuracy.py FOLDER            # everything: about an hour and a quarter on two cores
    python benchmarks/accuracy.py FOLDER --quick    # four clips, a few minutes
    python benchmarks/accuracy.py FOLDER --write    # score what is there, write docs/ and the error model

Clips of the other generator (``other_generator.py``) that lie in FOLDER are scored too.
Clips are rendered, filmed and tracked once, each kept in FOLDER as one observation; a run that was
stopped goes on where it was. Scoring reads the observations and renders nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("LP_NUM_THREADS", "1")

from clips import full_set, quick_set
from observe import Job, observe
from score import score_all
from tables import print_summary
from writing import write_documents, write_error_model

DOCS = Path(__file__).parents[1] / "docs"
ERROR_MODEL = Path(__file__).parents[1] / "src" / "gaitcheck" / "uncertainty" / "error_model.toml"


def render_all(jobs: list[Job], folder: Path, workers: int) -> None:
    """Make every observation that is not there yet."""
    missing = [job for job in jobs if not (folder / f"{job.name}.npz").exists()]
    if not missing:
        return
    start = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(observe, job, folder): job for job in missing}
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            spent = time.monotonic() - start
            print(f"{done} of {len(missing)} clips, {spent / 60:.1f} min, {futures[future].name}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where observations are kept")
    parser.add_argument("--quick", action="store_true", help="four clips instead of all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="write docs/ tables and plots and the error model")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    jobs = quick_set() if options.quick else full_set()
    render_all(jobs, options.folder, options.jobs)
    names = [job.name for job in jobs]
    names += [path.stem for path in sorted(options.folder.glob("other_*.npz")) if not path.stem.endswith(".part")]
    if options.write:
        write_error_model([score_all(options.folder, names, correct=c) for c in (True, False)], ERROR_MODEL)
    scored = score_all(options.folder, names)
    print_summary(scored)
    if options.write:
        write_documents(scored, DOCS)


if __name__ == "__main__":
    main()
