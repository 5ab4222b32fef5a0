"""``fuzz.py`` led by what is reached: a change that runs a new line of gaitcheck is kept and changed further.

    pip install atheris
    python benchmarks/fuzz_guided.py SCRATCH [--seconds 600] [--only roster_csv,review] [--seed 1]

Half of the changes are libFuzzer's own, half those of ``fuzz.py``. Every reader has a process of its own, a corpus that
stays in SCRATCH/corpus for the next time, and 20 s and 2 GB for one file. Faults are kept as ``fuzz.py`` keeps them.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

atheris: Any = importlib.import_module("atheris")
with atheris.instrument_imports(include=["gaitcheck", "tomllib"]):
    import fuzz

READERS_FOLDER = "at"
LONGEST_FILE = 400_000
LIMITS = ("-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1")


def _one(reader: fuzz.Reader, scratch: Path, seconds: int, seed: int) -> None:
    """Change one reader's file until the time is over; does not come back."""
    folder, corpus = scratch / READERS_FOLDER / reader.name, scratch / "corpus" / reader.name
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "valid").write_bytes(reader.valid)
    keeper = fuzz.Keeper(reader, scratch / "faults")

    def attempt(data: bytes) -> None:
        fuzz.laid(reader, folder, data)
        keeper.note(data, fuzz.fault_of(reader, folder))

    def mutated(data: bytes, most: int, chance: int) -> bytes:
        rng = random.Random(chance)
        if rng.random() < 0.5 and data:
            return fuzz.change(data, rng)[:most]
        return bytes(atheris.Mutate(data, most))

    arguments = [f"-max_total_time={seconds}", f"-max_len={LONGEST_FILE}", f"-seed={seed}", *LIMITS]
    atheris.Setup([sys.argv[0], str(corpus), *arguments], attempt, custom_mutator=mutated)
    atheris.Fuzz()


def _told(text: str) -> tuple[int, int]:
    """Tries and lines reached, of what libFuzzer printed."""
    tries = re.search(r"number_of_executed_units: (\d+)", text)
    reached = re.findall(r"cov: (\d+)", text)
    return int(tries[1]) if tries else 0, int(reached[-1]) if reached else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    readers = fuzz.readers(options.scratch)
    if options.one:
        _one(next(r for r in readers if r.name == options.one), options.scratch, options.seconds, options.seed)
    wanted = set(filter(None, options.only.split(",")))
    wrong = 0
    for reader in readers:
        if wanted and reader.name not in wanted:
            continue
        ended = subprocess.run(
            [sys.executable, __file__, str(options.scratch), "--one", reader.name, "--seconds", str(options.seconds),
             "--seed", str(options.seed)],
            capture_output=True, text=True, errors="replace", check=False, cwd=options.scratch,
        )  # fmt: skip
        faults = sorted((options.scratch / "faults").glob(f"{reader.name}_[0-9]*.txt"))
        tries, reached = _told(ended.stderr)
        wrong += len(faults) + (ended.returncode != 0)
        print(f"{reader.name:22s} {tries:7d} tries {reached:6d} places reached {len(faults):3d} faults", flush=True)
        if ended.returncode != 0:
            print("  ended with", ended.returncode, ended.stderr.strip()[-600:], flush=True)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
