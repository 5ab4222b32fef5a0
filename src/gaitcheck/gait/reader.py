"""Readers: what is learned on rendered runners, as data.

A reader standardises its inputs, cuts them off at four of their spreads and passes them through the mean of one or
more small networks; a network of one layer is a ridge regression. Which serves where was chosen on learning bodies
left out (docs/validation.md). Readers are made by ``benchmarks/learn_contacts.py`` and
``benchmarks/learn_joint_centres.py`` and kept one file per pose model and way of being seen under ``gait/learned``;
here they are only applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from gaitcheck.typing import FloatArray
from gaitcheck.views import View

FARTHEST_INPUT = 4.0
FAR_DISTANCE = 1.5
"""Distance of a clip beyond which a reader is not asked; nearly all clips readers learned from lie below 1.2."""


Layer = tuple[FloatArray, FloatArray]
"""Weights (d, k) and offset (k,)."""


@dataclass(frozen=True)
class Reader:
    """Input mean and sd (d,), networks of layers with ramps between them, output mean and sd (k,).

    ``left_out_rms`` (k,) is how far, over a clip, it was off on bodies it had not learned from.
    """

    mean: FloatArray
    sd: FloatArray
    networks: tuple[tuple[Layer, ...], ...]
    output_mean: FloatArray
    output_sd: FloatArray
    left_out_rms: FloatArray

    def standard(self, inputs: FloatArray) -> FloatArray:
        """Inputs (n, d) in spreads of the learning set, cut off, (n, d)."""
        return np.clip((inputs - self.mean) / self.sd, -FARTHEST_INPUT, FARTHEST_INPUT)

    def read(self, inputs: FloatArray) -> FloatArray:
        """Outputs (n, k) for inputs (n, d)."""
        standard = self.standard(inputs)
        outputs = np.mean([_through(layers, standard) for layers in self.networks], axis=0)
        return np.asarray(outputs * self.output_sd + self.output_mean)

    def distance(self, inputs: FloatArray) -> float:
        """How far inputs (n, d) of one clip lie from the learning set: 1 is its own spread, inf for none."""
        if len(inputs) == 0:
            return float("inf")
        return float(np.sqrt(np.mean(((inputs - self.mean) / self.sd).mean(axis=0) ** 2)))


def _through(layers: tuple[Layer, ...], signal: FloatArray) -> FloatArray:
    for weights, offset in layers[:-1]:
        signal = np.maximum(signal @ weights + offset, 0.0)
    weights, offset = layers[-1]
    return np.asarray(signal @ weights + offset)


def seen_as(view: View, side: str) -> str:
    """Which reader of a kind reads this leg: the view from behind and in front, near or far leg from beside."""
    if view.plane == "frontal":
        return view.name
    return "near" if side in view.visible_sides else "far"


@lru_cache(maxsize=16)
def load_reader(kind: str, model: str, seen: str) -> Reader | None:
    """The reader of a kind (a folder under ``gait/learned``) for a pose model, or None where none was learned."""
    place = files("gaitcheck.gait") / "learned" / kind / f"{model}_{seen}.npz"
    if not place.is_file():
        return None
    with place.open("rb") as stream:
        data = np.load(stream)
        arrays = {key: data[key].astype(np.float64) for key in data.files}
    networks = tuple(
        tuple((arrays[f"weights_{n}_{k}"], arrays[f"offset_{n}_{k}"]) for k in range(int(arrays["layers"])))
        for n in range(int(arrays["networks"]))
    )
    return Reader(
        arrays["mean"], arrays["sd"], networks, arrays["output_mean"], arrays["output_sd"], arrays["left_out_rms"]
    )
