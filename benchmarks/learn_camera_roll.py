"""Learn to read the camera's roll from how a runner hangs in the picture, on rendered clips.

    python benchmarks/learning_set.py FOLDER --count 900 --view rear
    pip install scikit-learn
    python benchmarks/learn_camera_roll.py FOLDER --seen rear

From behind and in front. Pictures are turned by a random angle more, so that the reader can't rely on how photographers
hold their phones. Errors are those on bodies left out; the reader is then made from all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.camera_roll import KIND
from gaitcheck.gait.joint_centres import stance_inputs
from gaitcheck.gait.surroundings import over_clip
from gaitcheck.motion.trajectories import SIDE_SIGN
from learn_joint_centres import CONTACT_SD_S, inside
from learning import Example, Ridge, arguments, best_of, examples, exchanged, levelled, over_clips, save

FloatArray = NDArray[np.float64]

METHODS = (Ridge(100.0), Ridge(300.0), Ridge(1000.0))
ROLL_SD_DEG = 2.5


def stances(example: Example, rng: np.random.Generator) -> list[tuple[FloatArray, FloatArray, str]]:
    """Inputs, the roll toward the standing side, and that side, for each whole stance."""
    roll = rng.normal(0, ROLL_SD_DEG)
    motion = levelled(example, roll)
    found, clip = [], over_clip(motion)
    for step in example.observation.truth["steps"]:
        side, start, stop = step["side"], step["initial_contact_s"], step["toe_off_s"]
        told = np.array([start, stop]) + rng.normal(0, CONTACT_SD_S, 2)
        if exchanged(example, side, 0.5 * (start + stop)) or not inside(motion, told):
            continue
        inputs = stance_inputs(motion, clip, side, *told)
        if np.isfinite(inputs).all():
            found.append((inputs, np.array([-SIDE_SIGN[side] * roll]), side))
    return found


def main() -> None:
    options = arguments(__doc__, ("rear", "front"))
    rng = np.random.default_rng(0)
    rows = [
        (*one, example.body, example.observation.name)
        for example in examples(options.folder, options.seen)
        for one in stances(example, rng)
    ]
    inputs, outputs = (np.array([row[k] for row in rows]) for k in (0, 1))
    sides, bodies, clips = (np.array([row[k] for row in rows]) for k in (2, 3, 4))
    method, said = best_of(METHODS, inputs, outputs, bodies, lambda error: float(np.sqrt(np.mean(error**2))))
    sign = np.where(sides == "left", 1.0, -1.0)[:, None]
    rms = over_clips(sign * (said - outputs), clips)
    print(f"{options.seen}: {len(rows)} stances of {len(set(bodies))} bodies, {method}: a clip's roll is off by "
          f"{rms[0]:.2f} deg (root mean square; rolls of {outputs.std():.2f} deg)")  # fmt: skip
    if not options.dry:
        save(method.fit(inputs, outputs), rms, KIND, options)


if __name__ == "__main__":
    main()
