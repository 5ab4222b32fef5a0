"""Learn how far joints lie from their landmarks in the picture, on rendered clips.

    python benchmarks/learning_set.py FOLDER --count 120 --view left
    python benchmarks/learn_limbs.py FOLDER --seen near

Errors are those on bodies left out, in % of leg length, beside the landmarks' own; the reader is then made from all.
Held-out and calibration bodies are never read here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.limbs import JOINTS, KIND, limb_inputs, trunk_px
from gaitcheck.motion.trajectories import SIDE_SIGN
from gaitcheck.pose.landmarks import INDEX
from learning import SEEN, TRUE, Example, Ridge, arguments, best_of, examples, exchanged, over_clips, save

FloatArray = NDArray[np.float64]

METHODS = (Ridge(100.0), Ridge(300.0), Ridge(1000.0), Ridge(3000.0))
EVERY = 2
"""Neighbouring frames say nearly the same."""
FARTHEST = 0.5
"""Trunk lengths beyond which the model has lost the leg: nothing can be learned from such a frame."""
TRUE_NAME = {joint: "toe" if joint == "foot_index" else joint for joint in JOINTS}


def frames(example: Example, only: str | None) -> list[tuple[FloatArray, FloatArray, float, str]]:
    """Inputs, how far joints lie from their landmarks (trunk lengths), leg by trunk, and the leg's name."""
    motion, seen = example.motion, example.observation
    trunk = trunk_px(motion)
    sign = motion.view.horizontal_sign
    width, height = seen.landmarks.width, seen.landmarks.height
    found = []
    for side in (only,) if only else ("left", "right"):
        mirror = np.array([SIDE_SIGN[side] if motion.view.plane == "frontal" else 1.0, 1.0])
        inputs = limb_inputs(motion, side)
        columns = [TRUE[f"{side}_{TRUE_NAME[joint]}"] for joint in JOINTS]
        flat = seen.picture[:, columns].reshape(len(seen.picture), -1).astype(float)
        at = np.stack([np.interp(motion.times_s, seen.landmarks.times_s, column) for column in flat.T], axis=1)
        picture = at.reshape(len(at), len(JOINTS), 2)
        true = np.stack([sign * (picture[..., 0] - width / 2), height / 2 - picture[..., 1]], axis=-1)
        off = (true - motion.guesses[:, [INDEX[f"{side}_{joint}"] for joint in JOINTS]]) * mirror / trunk
        leg = float(
            np.median(np.linalg.norm(true[:, 0] - true[:, 1], axis=1) + np.linalg.norm(true[:, 1] - true[:, 2], axis=1))
        )
        for k in range(0, len(off), EVERY):
            lost = not np.isfinite(inputs[k]).all() or np.abs(off[k]).max() > FARTHEST
            if not lost and not exchanged(example, side, float(motion.times_s[k])):
                found.append((inputs[k], off[k].ravel(), leg / trunk, f"{seen.name}_{side}"))
    return found


def main() -> None:
    options = arguments(__doc__, SEEN)
    view, side = SEEN[options.seen]
    rows = [(*one, example.body) for example in examples(options.folder, view) for one in frames(example, side)]
    inputs, outputs, legs = (np.array([row[k] for row in rows]) for k in (0, 1, 2))
    names, bodies = (np.array([row[k] for row in rows]) for k in (3, 4))

    def distances(errors: FloatArray) -> FloatArray:
        return 100 * np.linalg.norm(errors.reshape(len(errors), len(JOINTS), 2), axis=-1) / legs[:, None]

    method, said = best_of(METHODS, inputs, outputs, bodies, lambda error: float(distances(error).mean()))
    print(f"{options.seen}: {len(rows)} frames of {len(set(bodies))} bodies, {method}")
    before, after = distances(outputs), distances(said - outputs)
    for k, joint in enumerate(JOINTS):
        print(
            f"{joint:11s} landmarks {before[:, k].mean():.1f} ({np.percentile(before[:, k], 95):.1f}), "
            f"on the limb {after[:, k].mean():.1f} ({np.percentile(after[:, k], 95):.1f}) % of leg, mean (95 %)"
        )
    if not options.dry:
        save(method.fit(inputs, outputs), over_clips(said - outputs, names), KIND, options)


if __name__ == "__main__":
    main()
