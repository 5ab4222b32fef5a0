"""How 10,000 runners a day would run: a queue of clips before machines, with measured times of work.

    python benchmarks/fleet.py [--runners 10000] [--work 3.4] [--overhead 5] [--price 0.04]

``--work`` is core-seconds for each second of clip, ``--overhead`` core-seconds for each visit, as ``throughput.py``
measures them. Arrivals follow a club's day: most films are made in the evening. Prints, for fleets of different size,
how long runners wait for their report, how busy the cores are, and what a thousand clips cost.
"""

from __future__ import annotations

import argparse
import heapq

import numpy as np

HOURS = np.array([0.2, 0.1, 0, 0, 0, 0.5, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 7, 11, 14, 13, 10, 6, 3, 1.2])
"""How many of a day's hundred films come in each hour; a guess, evenings as clubs train."""
CLIP_S = (12.0, 30.0)
CLIPS_A_VISIT = (1, 2)
CLIP_MB_A_S, RESULT_MB_A_S = 1.6, 0.45
"""Of a phone's 1080p60 H.264, and of a results folder (overlay, proxy, report)."""


def arrivals(runners: int, rng: np.random.Generator) -> np.ndarray:
    """Seconds of the day at which clips come in, sorted."""
    hours = rng.choice(24, size=runners, p=HOURS / HOURS.sum())
    return np.sort(3600.0 * (hours + rng.random(runners)))


def serve(times: np.ndarray, work: np.ndarray, cores: int) -> np.ndarray:
    """Seconds from arrival to report when every core takes the next visit in the queue."""
    free = [0.0] * cores
    waits = np.empty(len(times))
    for k, (at, seconds) in enumerate(zip(times, work, strict=True)):
        begin = max(at, heapq.heappop(free))
        heapq.heappush(free, begin + seconds)
        waits[k] = begin + seconds - at
    return waits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runners", type=int, default=10_000)
    parser.add_argument("--work", type=float, default=3.4, help="core-seconds for a second of clip")
    parser.add_argument("--overhead", type=float, default=5.0, help="core-seconds for a visit")
    parser.add_argument("--price", type=float, default=0.04, help="for a core-hour, in your currency")
    options = parser.parse_args()
    rng = np.random.default_rng(8)
    times = arrivals(options.runners, rng)
    clips = rng.choice(CLIPS_A_VISIT, size=options.runners, p=(0.6, 0.4))
    seconds = clips * rng.uniform(*CLIP_S, size=options.runners)
    work = options.overhead + options.work * seconds
    hours = work.sum() / 3600
    film, thousand = seconds.sum(), 1000 * hours / clips.sum()
    print(f"{options.runners} runners, {clips.sum()} clips, {film / 3600:.0f} h of film, {hours:.0f} core-hours a day")
    cost = f"{thousand * options.price:.2f} at {options.price:g} a core-hour"
    print(f"a thousand clips: {thousand:.1f} core-hours, {cost}")
    print(f"clips in {CLIP_MB_A_S * film / 1e6:.2f} TB, results {RESULT_MB_A_S * film / 1e6:.2f} TB a day")
    busiest = np.bincount((times // 3600).astype(int), weights=work, minlength=24).max() / 3600
    print(f"the busiest hour brings {busiest:.0f} core-hours of work")
    print("cores, report after (median, 95 %, longest), cores busy")
    for share in (0.6, 0.8, 0.9, 1.0, 1.1, 1.25):
        cores = max(int(np.ceil(share * busiest)), 1)
        waits = serve(times, work, cores)
        shown = [f"{w / 60:6.1f} min" for w in (np.median(waits), np.percentile(waits, 95), waits.max())]
        print(f"{cores:4d}   {' '.join(shown)}   {hours / 24 / cores:4.0%}")


if __name__ == "__main__":
    main()
