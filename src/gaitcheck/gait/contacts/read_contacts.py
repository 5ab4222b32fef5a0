"""Contacts sharpened by a reader that was shown when rendered feet touch the belt.

A toe that leaves, a heel that lands, a knee that gives, a trunk that is pushed: each says something of
contact, none says enough in every view, shoe and light. From where legs and shoulders are in the quarter of
a second on either side of a step's middle the reader tells both ends of that foot's contact. The middle is
first the detector's, then the reader's own.

Where no reader was learned, or a clip is unlike what it has learned from, the detectors' contacts stay.

Biased by: ways of landing that no rendered runner has. Source: docs/validation.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaitcheck.gait.contacts.definition import Contact, guess_contacts, plausible, plausible_contacts
from gaitcheck.gait.reader import FAR_DISTANCE, Reader, load_reader, seen_as
from gaitcheck.gait.surroundings import OverClip, movement, over_clip
from gaitcheck.motion import Trajectories
from gaitcheck.settings import Settings
from gaitcheck.typing import FloatArray

KIND = "contacts"
OFFSETS_S = np.linspace(-0.25, 0.25, 11)
BEYOND_ENDS_S = 0.1
"""How much of the offsets may lie beyond the clip's ends; the last picture stands for them."""
PASSES = 2


def contact_inputs(motion: Trajectories, clip: OverClip, side: str, middle_s: float, step_s: float) -> FloatArray:
    """Inputs (d,) of the reader for one step of a foot; NaN where they are not all there."""
    instants = middle_s + OFFSETS_S
    start, stop = motion.times_s[0] - BEYOND_ENDS_S, motion.times_s[-1] + BEYOND_ENDS_S
    moves = movement(motion, clip, side, instants)
    if instants[0] < start or instants[-1] > stop:
        moves = np.full_like(moves, np.nan)
    return np.append(moves, step_s)


def _read(contact: Contact, inputs: FloatArray, reader: Reader) -> Contact:
    start, stop = reader.read(inputs[None])[0]
    middle = contact.midstance_s
    return Contact(contact.side, float(middle + start), float(middle + stop))


def _sharpened(
    contacts: Sequence[Contact], motion: Trajectories, reader: Reader, step_s: float, settings: Settings
) -> list[Contact]:
    """One side's contacts as its reader sees them."""
    found, clip = list(contacts), over_clip(motion)
    for _ in range(PASSES):
        inputs = {k: contact_inputs(motion, clip, c.side, c.midstance_s, step_s) for k, c in enumerate(found)}
        whole = {k: row for k, row in inputs.items() if np.isfinite(row).all()}
        if reader.distance(np.array(list(whole.values()))) > FAR_DISTANCE:
            break
        for k, row in whole.items():
            read = _read(found[k], row, reader)
            found[k] = read if plausible(read, settings) else found[k]
    return found


def detect_contacts(motion: Trajectories, model: str, settings: Settings) -> list[Contact]:
    """Contacts in time order: the detectors' guess, sharpened by the readers of the pose model.

    What can't be read, or is read absurdly, stays as guessed; contacts of an impossible length are left out.

    Raises
    ------
    RunnerError
        If fewer than six steps are found.
    """
    guessed = guess_contacts(motion)
    if len(guessed) < 2:
        return plausible_contacts(guessed, settings)
    step_s = float(np.median(np.diff([c.midstance_s for c in guessed])))
    found = []
    for side in ("left", "right"):
        own = [c for c in guessed if c.side == side]
        reader = load_reader(KIND, model, seen_as(motion.view, side))
        found += own if reader is None else _sharpened(own, motion, reader, step_s, settings)
    return plausible_contacts(sorted(found, key=lambda c: c.initial_contact_s), settings)
