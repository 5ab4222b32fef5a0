"""Learn to tell contacts from movement, on rendered clips.

    python benchmarks/learning_set.py FOLDER --count 500 [--view left|front]
    python benchmarks/learn_contacts.py FOLDER --view rear --out src/gaitcheck/gait/contact_models/rear.npz

Bodies are left out in turn to measure; the file is then made from all learning bodies. ``--view side``
learns from the left view; the right view is the same seen in the runner's own axes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from learn_joint_centres import fit, predict
from observe import Observation, read_all

from gaitcheck.gait.contact_evidence import LONGEST_S, evidence_features
from gaitcheck.motion import clean
from gaitcheck.settings import DEFAULT
from gaitcheck.views import view_named


def load_clip(seen: Observation) -> tuple[Any, Any, str]:
    """Inputs, times to the nearest contact end, and the body of one clip."""
    motion, _ = clean(seen.landmarks, view_named(seen.truth["view"]), DEFAULT)
    xs, ys = [], []
    for side in ("left", "right"):
        x = evidence_features(motion, side)
        own = [c for c in seen.truth["contacts"] if c["side"] == side]
        ends = np.array([(c["initial_contact_s"], c["toe_off_s"]) for c in own])
        t = motion.times_s[:, None]
        inside = np.minimum(t - ends[:, 0], ends[:, 1] - t).max(axis=1)
        good = np.isfinite(x).all(axis=1)
        xs.append(x[good])
        ys.append(np.clip(inside[good], -LONGEST_S, LONGEST_S))
    return np.concatenate(xs), np.concatenate(ys)[:, None], str(seen.recipe["body"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--view", default="rear")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folds", type=int, default=4)
    options = parser.parse_args()
    prefix = "learning_left" if options.view == "side" else f"learning_{options.view}"
    clips = [load_clip(seen) for seen in read_all(options.folder, prefix)]
    x, y = (np.concatenate([c[k] for c in clips]) for k in (0, 1))
    bodies = np.concatenate([[c[2]] * len(c[0]) for c in clips])
    names = sorted(set(bodies))
    print(f"{len(clips)} clips, {len(names)} bodies, {len(x)} rows, {x.shape[1]} inputs")
    found = np.full_like(y, np.nan)
    for fold in range(options.folds):
        out = np.isin(bodies, names[fold :: options.folds])
        found[out] = predict(fit(x[~out], y[~out]), x[out])
    near = np.abs(y[:, 0]) < 0.03
    error = 1000 * (found - y)[near, 0]
    print(f"within 30 ms of an end: MAE {np.abs(error).mean():.1f} ms, bias {error.mean():+.1f}, sd {error.std():.1f}")
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        saved = {k: v.astype(np.float32) if isinstance(v, np.ndarray) else v for k, v in fit(x, y).items()}
        np.savez_compressed(options.out, **saved)
        print(options.out, options.out.stat().st_size)


if __name__ == "__main__":
    main()
