"""Learn the correction from landmarks to joint centres on rendered clips from behind.

    python benchmarks/learning_set.py FOLDER --count 400
    pip install scikit-learn
    python benchmarks/learn_joint_centres.py FOLDER --out src/gaitcheck/gait/joint_centre_models/pose_full_rear.npz

Bodies are left out in turn (five folds) to measure; the file is then made from all learning bodies.
Held-out bodies are never read here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neural_network import MLPRegressor

from gaitcheck.gait.joint_centres import OUTPUTS, features
from gaitcheck.motion import Trajectories, clean
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.settings import DEFAULT
from gaitcheck.views import view_named
from observe import JOINTS, Observation, read_all

MEMBERS = 4
HIDDEN = (128, 64)
MOST_FPPA_DEG = 30.0
RAW = slice(-5, -2)
"""Where the inputs hold what the raw landmarks say of the outputs."""
TRUE = {name: k for k, name in enumerate(JOINTS)}


def rolled(motion: Trajectories, roll_deg: float) -> Trajectories:
    """Motion levelled for a known roll, perspective left in, as the correction sees it."""
    angle = np.deg2rad(roll_deg)
    c, s = np.cos(angle), motion.view.horizontal_sign * np.sin(angle)
    across, up = motion.points[..., 0], motion.points[..., 1]
    return motion.with_points(np.stack([c * across + s * up, c * up - s * across], axis=-1))


def truth(space: np.ndarray[Any, Any], side: str) -> np.ndarray[Any, Any]:
    """FPPA (deg), pelvic drop (deg) and foot offset (leg lengths), (T, 3), from joint centres (T, 10, 3)."""
    other = "right" if side == "left" else "left"
    sign = 1.0 if side == "left" else -1.0
    hip, knee, ankle = (space[:, TRUE[f"{side}_{j}"]] for j in ("hip", "knee", "ankle"))
    far = space[:, TRUE[f"{other}_hip"]]

    def down(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return sign * np.rad2deg(np.arctan2((b - a)[:, 1], -(b - a)[:, 2]))

    fppa = down(knee, ankle) - down(hip, knee)
    drop = np.rad2deg(np.arctan2(hip[:, 2] - far[:, 2], np.abs(hip[:, 1] - far[:, 1])))
    leg = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    return np.stack([fppa, drop, sign * (ankle[:, 1] - 0.5 * (hip[:, 1] + far[:, 1])) / leg], axis=1)


def swapped(seen: Observation, rows: Any, side: str) -> Any:
    """Frames in which the model took the other leg for this one: no correction can learn from them."""
    other = "right" if side == "left" else "left"
    found = seen.landmarks.pixels[rows, INDEX[f"{side}_ankle"]]
    own, far = (seen.picture[rows, TRUE[f"{s}_ankle"]] for s in (side, other))
    return np.linalg.norm(found - far, axis=1) < np.linalg.norm(found - own, axis=1)


def load_clip(seen: Observation) -> tuple[Any, Any, Any, str]:
    """Features, truths and stance numbers of one clip's stance frames, and its body."""
    motion, _ = clean(seen.landmarks, view_named("rear"), DEFAULT)
    motion = rolled(motion, float(seen.recipe["filming"]["roll_deg"]))
    times = seen.landmarks.times_s
    nearest = np.abs(times[None] - motion.times_s[:, None]).argmin(axis=1)
    xs, ys, steps = [], [], []
    for k, step in enumerate(seen.truth["contacts"]):
        side, start, stop = step["side"], step["initial_contact_s"], step["toe_off_s"]
        t = motion.times_s
        rows = np.flatnonzero((t >= start) & (t < stop))
        rows = rows[(rows >= 3) & (rows < len(t) - 3)]
        if len(rows) == 0:
            continue
        x, y = features(motion, side)[rows], truth(seen.space[nearest[rows]], side)
        good = np.isfinite(x).all(axis=1) & (np.abs(y[:, 0]) < MOST_FPPA_DEG) & ~swapped(seen, nearest[rows], side)
        share = (t[rows] - start) / (stop - start)
        xs.append(x[good])
        ys.append(y[good])
        steps.append(np.stack([np.full(good.sum(), k), share[good]], axis=1))
    body = str(seen.recipe["body"])
    if not xs:
        return np.empty((0, 0)), np.empty((0, 3)), np.empty((0, 2)), body
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(steps), body


def fit(x: Any, y: Any) -> dict[str, Any]:
    """An ensemble as arrays, ready to save."""
    mean, sd = x.mean(axis=0), x.std(axis=0) + 1e-3
    out_mean, out_sd = y.mean(axis=0), y.std(axis=0)
    standard, target = np.clip((x - mean) / sd, -4, 4), (y - out_mean) / out_sd
    saved: dict[str, Any] = {"mean": mean, "sd": sd, "output_mean": out_mean, "output_sd": out_sd}
    for m in range(MEMBERS):
        rng = np.random.default_rng(m)
        noisy = standard + rng.normal(0, 0.15, standard.shape)
        net = MLPRegressor(
            hidden_layer_sizes=HIDDEN, alpha=3.0, learning_rate_init=1e-3, batch_size=256, max_iter=40, random_state=m
        )
        net.fit(noisy, target)
        for k, (weights, offset) in enumerate(zip(net.coefs_, net.intercepts_, strict=True)):
            saved[f"w{m}_{k}"], saved[f"b{m}_{k}"] = weights, offset
    saved["n_members"], saved["n_layers"] = MEMBERS, len(HIDDEN) + 1
    return saved


def predict(saved: dict[str, Any], x: Any) -> Any:
    standard = np.clip((x - saved["mean"]) / saved["sd"], -4, 4)
    total = 0.0
    for m in range(saved["n_members"]):
        signal = standard
        for k in range(saved["n_layers"]):
            signal = signal @ saved[f"w{m}_{k}"] + saved[f"b{m}_{k}"]
            if k < saved["n_layers"] - 1:
                signal = np.maximum(signal, 0)
        total = total + signal
    return total / saved["n_members"] * saved["output_sd"] + saved["output_mean"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--errors", type=Path, help="keep the errors of left-out bodies, .npz")
    options = parser.parse_args()
    clips = [load_clip(seen) for seen in read_all(options.folder, "learning_rear")]
    clips = [clip for clip in clips if len(clip[0])]
    x = np.concatenate([c[0] for c in clips])
    y = np.concatenate([c[1] for c in clips])
    middle = np.concatenate([c[2][:, 1] for c in clips])
    number = np.concatenate([c[2][:, 0] + 100 * k for k, c in enumerate(clips)])
    bodies = np.concatenate([[c[3]] * len(c[0]) for c in clips])
    names = sorted(set(bodies))
    print(f"{len(clips)} clips, {len(names)} bodies, {len(x)} frames, {x.shape[1]} inputs")
    found = np.full_like(y, np.nan)
    for fold in range(options.folds):
        out = np.isin(bodies, names[fold :: options.folds])
        found[out] = predict(fit(x[~out], y[~out]), x[out])
    use = (middle > 0.4) & (middle < 0.6)
    steps = np.unique(number[use])
    truths = np.array([y[use & (number == s)].mean(axis=0) for s in steps])
    said = np.array([found[use & (number == s)].mean(axis=0) for s in steps])
    raw = np.array([x[use & (number == s)][:, RAW].mean(axis=0) for s in steps])
    for k, name in enumerate(OUTPUTS):
        off = raw[:, k] - truths[:, k]
        print(f"raw {name}: MAE {np.abs(off).mean():.3f} bias {off.mean():+.3f} sd {off.std():.3f} "
              f"r {np.corrcoef(raw[:, k], truths[:, k])[0, 1]:.3f}")  # fmt: skip
        error = said[:, k] - truths[:, k]
        r = np.corrcoef(said[:, k], truths[:, k])[0, 1]
        print(
            f"{name}: n {len(error)} MAE {np.abs(error).mean():.3f} "
            f"bias {error.mean():+.3f} sd {error.std():.3f} r {r:.3f}"
        )
    if options.errors is not None:
        np.savez_compressed(options.errors, step=steps, truth=truths, corrected=said, raw=raw)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    saved = {k: v.astype(np.float32) if isinstance(v, np.ndarray) else v for k, v in fit(x, y).items()}
    np.savez_compressed(options.out, **saved)
    print(options.out, options.out.stat().st_size)


if __name__ == "__main__":
    main()
