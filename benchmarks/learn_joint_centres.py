"""Learn the correction from landmarks to joint centres in stance, on rendered clips.

    python benchmarks/learning_set.py FOLDER --count 900 --view rear
    pip install scikit-learn
    python benchmarks/learn_joint_centres.py FOLDER --seen rear

``--seen near`` and ``far`` learn the legs toward and away from the camera on the left view; the right view
is the same in the runner's own axes. Errors are those on bodies left out, a leg of a clip at a time, beside
what the truth itself spreads; the reader is then made from all. Held-out bodies are never read here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitcheck.gait.joint_centres import CURVES, INSTANTS, KIND, SHARES, stance_inputs
from gaitcheck.gait.surroundings import over_clip
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import OTHER_SIDE, SIDE_SIGN
from learning import (
    SEEN,
    Example,
    Networks,
    Ridge,
    arguments,
    best_of,
    examples,
    exchanged,
    from_down_deg,
    levelled,
    over_clips,
    save,
    true_joints,
)

FloatArray = NDArray[np.float64]

METHODS = (Ridge(30.0), Ridge(100.0), Ridge(300.0), Networks(shrink=10.0))
CONTACT_SD_S, ROLL_SD_DEG = 0.012, 1.0
"""How wrongly stances' ends and the camera's roll are told: as much as the pipeline knows them."""
MOST_FPPA_DEG = 30.0
OUTSIDE_S = 0.06
MIDDLE = slice(4, 7)
LEAN = {"frontal": "trunk_lateral_lean", "sagittal": "trunk_forward_lean"}


def frontal_curves(joints: dict[str, FloatArray], side: str) -> FloatArray:
    """True curves (5, n) from joint centres, in the order of ``CURVES``."""
    sign = SIDE_SIGN[side]
    hip, knee, ankle = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    far_hip, far_knee = joints[f"{OTHER_SIDE[side]}_hip"], joints[f"{OTHER_SIDE[side]}_knee"]
    leg = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    return np.stack(
        [
            sign * from_down_deg(hip, knee, 1),
            sign * from_down_deg(knee, ankle, 1),
            np.rad2deg(np.arctan2(hip[:, 2] - far_hip[:, 2], np.abs(hip[:, 1] - far_hip[:, 1]))),
            sign * (ankle - 0.5 * (hip + far_hip))[:, 1] / leg,
            sign * (knee - far_knee)[:, 1] / leg,
        ]
    )


def sagittal_curves(joints: dict[str, FloatArray], side: str, pitch_at_contact_deg: float) -> FloatArray:
    """True curves (3, n) from joint centres; the foot's pitch from its markers, set to what it is at contact."""
    hip, knee, ankle, heel, toe = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "heel", "toe"))
    pitch = np.rad2deg(np.arctan2((toe - heel)[:, 2], (toe - heel)[:, 0]))
    pitch += pitch_at_contact_deg - pitch[0]
    return np.stack([from_down_deg(hip, knee, 0), from_down_deg(knee, ankle, 0), pitch])


def inside(motion: Trajectories, contact_s: FloatArray) -> bool:
    """Whether the instants the reader looks at lie in the clip, or hardly outside."""
    looked_at = contact_s[0] + INSTANTS[[0, -1]] * (contact_s[1] - contact_s[0])
    return bool(looked_at[0] >= -OUTSIDE_S and looked_at[1] <= motion.times_s[-1] + OUTSIDE_S)


def stances(example: Example, only: str | None, rng: np.random.Generator) -> list[tuple[FloatArray, FloatArray, str]]:
    """Inputs, outputs and a name for the leg of the clip, for each whole stance."""
    motion = levelled(example, rng.normal(0, ROLL_SD_DEG))
    plane = motion.view.plane
    found, clip = [], over_clip(motion)
    for step in example.observation.truth["steps"]:
        side, start, stop = step["side"], step["initial_contact_s"], step["toe_off_s"]
        if only not in (None, side) or exchanged(example, side, 0.5 * (start + stop)):
            continue
        told = np.array([start, stop]) + rng.normal(0, CONTACT_SD_S, 2)
        if not inside(motion, told):
            continue
        inputs = stance_inputs(motion, clip, side, *told)
        joints = true_joints(example, start + SHARES * (stop - start))
        if plane == "frontal":
            curves = frontal_curves(joints, side)
        else:
            curves = sagittal_curves(joints, side, step["metrics"]["foot_inclination_at_contact"])
        plausible = plane == "sagittal" or np.abs((curves[1] - curves[0])[MIDDLE].mean()) < MOST_FPPA_DEG
        if plausible and np.isfinite(inputs).all():
            outputs = np.append(curves.ravel(), step["metrics"][LEAN[plane]])
            found.append((inputs, outputs, f"{example.observation.name}_{side}"))
    return found


def numbers(outputs: FloatArray, plane: str) -> dict[str, FloatArray]:
    """The metrics' own numbers (n,) of what was read; lengths in % of leg."""
    names = CURVES[plane]
    curves = dict(zip(names, outputs[:, :-1].reshape(len(outputs), len(names), -1).swapaxes(0, 1), strict=True))
    if plane == "sagittal":
        flexion, ankle = curves["thigh_deg"] - curves["shank_deg"], curves["foot_pitch_deg"] - curves["shank_deg"]
        return {
            "tibia at contact": curves["shank_deg"][:, 0],
            "knee at contact": flexion[:, 0],
            "peak knee": flexion[:, :7].max(axis=1),
            "dorsiflexion": ankle[:, MIDDLE].mean(axis=1),
            "hip extension": -curves["thigh_deg"][:, -1],
            "foot at contact": curves["foot_pitch_deg"][:, 0],
            "trunk lean": outputs[:, -1],
        }
    fppa, drop = curves["shank_deg"] - curves["thigh_deg"], curves["pelvic_drop_deg"]
    return {
        "FPPA": fppa[:, MIDDLE].mean(axis=1),
        "peak FPPA": fppa.max(axis=1),
        "drop": drop.max(axis=1),
        "adduction": (drop - curves["thigh_deg"]).max(axis=1),
        "offset": 100 * curves["foot_offset"][:, MIDDLE].mean(axis=1),
        "knees": 100 * curves["knee_distance"][:, MIDDLE].mean(axis=1),
        "lateral lean": outputs[:, -1],
    }


def report(said: FloatArray, outputs: FloatArray, legs: NDArray[np.str_], plane: str) -> None:
    """Print errors of the numbers, a leg of a clip at a time."""
    names, inverse = np.unique(legs, return_inverse=True)
    count = np.bincount(inverse)
    for name, found in numbers(said, plane).items():
        true = numbers(outputs, plane)[name]
        found, true = (np.bincount(inverse, v) / count for v in (found, true))
        error = found - true
        print(f"{name:17s} {len(names)} legs: MAE {np.abs(error).mean():.2f} bias {error.mean():+.2f} "
              f"sd {error.std():.2f} r {np.corrcoef(found, true)[0, 1]:.2f} (truth sd {true.std():.2f})")  # fmt: skip


def main() -> None:
    options = arguments(__doc__, SEEN)
    view, side = SEEN[options.seen]
    rng = np.random.default_rng(0)
    rows = [(*one, example.body) for example in examples(options.folder, view) for one in stances(example, side, rng)]
    inputs, outputs = (np.array([row[k] for row in rows]) for k in (0, 1))
    legs, bodies = (np.array([row[k] for row in rows]) for k in (2, 3))
    spread = outputs.std(axis=0)
    method, said = best_of(METHODS, inputs, outputs, bodies, lambda error: float(np.mean((error / spread) ** 2)))
    print(f"{options.seen}: {len(rows)} stances of {len(set(bodies))} bodies, {inputs.shape[1]} inputs, "
          f"{method}")  # fmt: skip
    report(said, outputs, legs, "frontal" if side is None else "sagittal")
    if not options.dry:
        reader = method.fit(inputs, outputs)
        save(reader, over_clips(said - outputs, legs), KIND, options)


if __name__ == "__main__":
    main()
