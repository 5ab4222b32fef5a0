"""What the learning scripts share: observations opened, readers fitted, bodies left out in turn."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from gaitcheck.gait.reader import Layer, Reader
from gaitcheck.motion import Trajectories, clean
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.settings import DEFAULT
from gaitcheck.views import view_named
from observe import JOINTS, Observation, read_all

FloatArray = NDArray[np.float64]

TRUE = {name: k for k, name in enumerate(JOINTS)}
LEARNED = Path(__file__).parents[1] / "src" / "gaitcheck" / "gait" / "learned"
FOLDS = 6
LEAST_SD = 1e-3
SEEN = {"rear": ("rear", None), "front": ("front", None), "near": ("left", "left"), "far": ("left", "right")}
"""For each way a leg is seen: the view learned from, and the side if it must be one."""


@dataclass(frozen=True)
class Example:
    """One learning clip at one frame rate, its motion cleaned; ``roll_deg`` is the camera's true roll."""

    observation: Observation
    motion: Trajectories

    @property
    def roll_deg(self) -> float:
        return float(self.observation.recipe["filming"]["roll_deg"])

    @property
    def body(self) -> str:
        return str(self.observation.recipe["body"])


def _every_second(seen: Landmarks) -> Landmarks:
    times, pixels, world, visibility = (v[::2] for v in (seen.times_s, seen.pixels, seen.world, seen.visibility))
    return replace(seen, times_s=times, pixels=pixels, world=world, visibility=visibility)


def examples(folder: Path, view: str) -> Iterator[Example]:
    """Every learning clip of a view, as filmed and at half the frame rate; clips with no runner in them are left."""
    for observation in read_all(folder, f"learning_{view}"):
        for landmarks in (observation.landmarks, _every_second(observation.landmarks)):
            if np.isfinite(landmarks.pixels).all(axis=(1, 2)).mean() > 0.5:
                yield Example(observation, clean(landmarks, view_named(view), DEFAULT)[0])


def exchanged(example: Example, side: str, instant_s: float) -> bool:
    """Whether the model took the other leg for this one: nothing can be learned from such a step."""
    observation = example.observation
    k = int(np.abs(observation.landmarks.times_s - instant_s).argmin())
    found = observation.landmarks.pixels[k, INDEX[f"{side}_ankle"]]
    own, far = (observation.picture[k, TRUE[f"{s}_ankle"]] for s in (side, OTHER_SIDE[side]))
    return bool(np.linalg.norm(found - far) < np.linalg.norm(found - own))


def levelled(example: Example, off_deg: float) -> Trajectories:
    """The motion with the camera's roll undone but for ``off_deg``; as it is from beside."""
    motion = example.motion
    if motion.view.plane == "sagittal":
        return motion
    return motion.unrolled(example.roll_deg + off_deg)


def true_joints(example: Example, instants_s: FloatArray) -> dict[str, FloatArray]:
    """True joint centres (n, 3), m, at the instants, by name."""
    times, space = example.observation.landmarks.times_s, example.observation.space
    flat = space.reshape(len(times), -1)
    at = np.stack([np.interp(instants_s, times, column) for column in flat.T], axis=1)
    return {name: at[:, 3 * k : 3 * k + 3] for name, k in TRUE.items()}


def from_down_deg(upper: FloatArray, lower: FloatArray, axis: int) -> FloatArray:
    """Angle (n,) of a line from straight down toward an axis of space (0 forward, 1 the runner's left)."""
    gap = lower - upper
    return np.asarray(np.rad2deg(np.arctan2(gap[:, axis], -gap[:, 2])))


@dataclass(frozen=True)
class Ridge:
    """A ridge regression with this penalty."""

    penalty: float

    def fit(self, inputs: FloatArray, outputs: FloatArray) -> Reader:
        mean, sd = inputs.mean(axis=0), inputs.std(axis=0) + LEAST_SD
        one = np.ones(outputs.shape[1])
        reader = Reader(mean, sd, (), outputs.mean(axis=0), one, np.nan * one)
        cut = reader.standard(inputs)
        square = cut.T @ cut + self.penalty * np.eye(cut.shape[1])
        weights = np.linalg.solve(square, cut.T @ (outputs - reader.output_mean))
        return replace(reader, networks=(((weights, np.zeros(outputs.shape[1])),),))


@dataclass(frozen=True)
class Networks:
    """The mean of some networks with two hidden layers; needs scikit-learn."""

    members: int = 4
    hidden: tuple[int, ...] = (128, 64)
    shrink: float = 1.0
    noise: float = 0.1
    passes: int = 40

    def fit(self, inputs: FloatArray, outputs: FloatArray) -> Reader:
        mean, sd = inputs.mean(axis=0), inputs.std(axis=0) + LEAST_SD
        spread = outputs.std(axis=0)
        reader = Reader(mean, sd, (), outputs.mean(axis=0), spread, np.nan * spread)
        cut, target = reader.standard(inputs), (outputs - reader.output_mean) / reader.output_sd
        networks = tuple(self._one(cut, target, seed) for seed in range(self.members))
        return replace(reader, networks=networks)

    def _one(self, cut: FloatArray, target: FloatArray, seed: int) -> tuple[Layer, ...]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network = MLPRegressor(
                hidden_layer_sizes=self.hidden,
                alpha=self.shrink,
                batch_size=256,
                max_iter=self.passes,
                random_state=seed,
            )
            noise = np.random.default_rng(seed).normal(0, self.noise, cut.shape)
            network.fit(cut + noise, target)
        return tuple(zip(network.coefs_, network.intercepts_, strict=True))


Method = Ridge | Networks


def left_out(inputs: FloatArray, outputs: FloatArray, bodies: NDArray[np.str_], method: Method) -> FloatArray:
    """What readers say of bodies they were not shown (n, k), every body once."""
    names = sorted(set(bodies))
    said = np.zeros_like(outputs)
    for fold in range(FOLDS):
        out = np.isin(bodies, names[fold::FOLDS])
        if out.any():
            said[out] = method.fit(inputs[~out], outputs[~out]).read(inputs[out])
    return said


def best_of(
    methods: Sequence[Method],
    inputs: FloatArray,
    outputs: FloatArray,
    bodies: NDArray[np.str_],
    loss: Callable[[FloatArray], float],
) -> tuple[Method, FloatArray]:
    """The method that reads left-out bodies best, and what it says of them."""
    tried = [(method, left_out(inputs, outputs, bodies, method)) for method in methods]
    for method, said in tried:
        print(f"{method}: loss {loss(said - outputs):.4f}")
    return min(tried, key=lambda pair: loss(pair[1] - outputs))


def over_clips(errors: FloatArray, clips: NDArray[np.str_]) -> FloatArray:
    """Root mean square (k,) of the errors' means over clips."""
    _, inverse = np.unique(clips, return_inverse=True)
    means = np.stack([np.bincount(inverse, column) for column in errors.T], axis=1) / np.bincount(inverse)[:, None]
    return np.asarray(np.sqrt(np.mean(means**2, axis=0)))


def arguments(text: str | None, seen: Iterable[str]) -> argparse.Namespace:
    """The command line every learning script has."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seen", choices=tuple(seen), default="rear")
    parser.add_argument("--model", default="pose_full")
    parser.add_argument("--dry", action="store_true", help="measure only")
    return parser.parse_args()


def save(reader: Reader, left_out_rms: FloatArray, kind: str, options: argparse.Namespace) -> None:
    """Keep a reader as data where the package looks for it."""
    target = LEARNED / kind / f"{options.model}_{options.seen}.npz"
    target.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: getattr(reader, name) for name in ("mean", "sd", "output_mean", "output_sd")}
    for n, layers in enumerate(reader.networks):
        for k, (weights, offset) in enumerate(layers):
            arrays[f"weights_{n}_{k}"], arrays[f"offset_{n}_{k}"] = weights, offset
    arrays["left_out_rms"] = left_out_rms
    arrays["networks"], arrays["layers"] = np.array(len(reader.networks)), np.array(len(reader.networks[0]))
    np.savez_compressed(target, **{name: value.astype(np.float32) for name, value in arrays.items()})
