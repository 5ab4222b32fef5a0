"""Learn to read contacts from movement, on rendered clips.

    python benchmarks/learning_set.py FOLDER --count 420 --view rear --landings        (then front, and left)
    pip install scikit-learn
    python benchmarks/learn_contacts.py FOLDER --seen rear

``--seen near`` and ``far`` learn the legs toward and away from the camera on the left view; the right view
is the same in the runner's own axes. Errors are those on bodies left out; the reader is then made from all.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.contacts.read_contacts import KIND, contact_inputs
from gaitcheck.gait.surroundings import over_clip
from learning import SEEN, Example, Networks, Ridge, arguments, best_of, examples, exchanged, over_clips, save

METHODS = (Ridge(100.0), Networks(shrink=3.0))
DRAWS = 2
MOST_OFF_S = 0.04
"""Steps' middles are told to the reader wrongly by up to this: it must find the ends from a detector's guess."""


def _steps(example: Example, side: str | None, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    contacts = example.observation.truth["contacts"]
    step = float(np.median(np.diff([c["initial_contact_s"] for c in contacts])))
    found = []
    clip = over_clip(example.motion)
    for contact in contacts:
        ends = np.array([contact["initial_contact_s"], contact["toe_off_s"]])
        if side not in (None, contact["side"]) or exchanged(example, contact["side"], float(ends.mean())):
            continue
        for off in rng.uniform(-MOST_OFF_S, MOST_OFF_S, DRAWS):
            middle = float(ends.mean() + off)
            inputs = contact_inputs(example.motion, clip, contact["side"], middle, step + rng.normal(0, 0.005))
            if np.isfinite(inputs).all():
                found.append((inputs, ends - middle))
    return found


def main() -> None:
    options = arguments(__doc__, SEEN)
    view, side = SEEN[options.seen]
    rng = np.random.default_rng(0)
    rows = [
        (*pair, example.body, example.observation.name)
        for example in examples(options.folder, view)
        for pair in _steps(example, side, rng)
    ]
    inputs, outputs = (np.array([row[k] for row in rows]) for k in (0, 1))
    bodies, clips = (np.array([row[k] for row in rows]) for k in (2, 3))
    method, said = best_of(METHODS, inputs, outputs, bodies, lambda error: 1000 * float(np.abs(error).mean()))
    error = 1000 * (said - outputs)
    contact = error[:, 1] - error[:, 0]
    print(f"{options.seen}: {len(rows)} steps of {len(set(bodies))} bodies, {inputs.shape[1]} inputs, {method}")
    print(f"initial contact MAE {np.abs(error[:, 0]).mean():.1f} ms, toe-off {np.abs(error[:, 1]).mean():.1f} ms, "
          f"contact time {np.abs(contact).mean():.1f} ms (sd {contact.std():.1f})")  # fmt: skip
    if not options.dry:
        reader = method.fit(inputs, outputs)
        save(reader, over_clips(said - outputs, clips), KIND, options)


if __name__ == "__main__":
    main()
