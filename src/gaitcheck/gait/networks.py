"""Ensembles of small networks as data: what the learned corrections are made of.

Made by the scripts under ``benchmarks/``; here they are only read and evaluated, in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """Networks with one output layer each: input mean and sd (d,), weights per member, output scale."""

    mean: FloatArray
    sd: FloatArray
    members: tuple[tuple[tuple[FloatArray, FloatArray], ...], ...]
    output_mean: FloatArray
    output_sd: FloatArray

    def distance(self, features: FloatArray) -> float:
        """How far features (n, d) lie from the learning set: 1 is its own spread."""
        standard = (features - self.mean) / self.sd
        return float(np.sqrt(np.nanmean(np.nanmean(standard, axis=0) ** 2)))

    def predict(self, features: FloatArray) -> FloatArray:
        """Outputs (n, k) for features (n, d): the mean of the members."""
        standard = np.clip((features - self.mean) / self.sd, -4.0, 4.0)
        total = np.zeros((len(features), len(self.output_mean)))
        for layers in self.members:
            signal = standard
            for k, (weights, offset) in enumerate(layers):
                signal = signal @ weights + offset
                if k < len(layers) - 1:
                    signal = np.maximum(signal, 0.0)
            total += signal
        return np.asarray(total / len(self.members) * self.output_sd + self.output_mean)


@lru_cache(maxsize=16)
def load_ensemble(folder: str, name: str) -> Ensemble | None:
    """The ensemble ``gait/FOLDER/NAME.npz``, or None where none was learned."""
    place = files("gaitcheck.gait") / folder / f"{name}.npz"
    if not place.is_file():
        return None
    with place.open("rb") as stream:
        data = np.load(stream)
        arrays = {key: data[key].astype(np.float64) for key in data.files}
    n_members, n_layers = int(arrays["n_members"]), int(arrays["n_layers"])
    members = tuple(
        tuple((arrays[f"w{m}_{k}"], arrays[f"b{m}_{k}"]) for k in range(n_layers)) for m in range(n_members)
    )
    return Ensemble(arrays["mean"], arrays["sd"], members, arrays["output_mean"], arrays["output_sd"])
