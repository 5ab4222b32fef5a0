"""Contacts in the sagittal plane, from the foot's speed and the toe's height.

On a treadmill a standing foot moves backward at belt speed. Before contact the foot swings back
more slowly; it is taken by the belt within a few milliseconds, which the low-pass filter spreads
into a ramp whose middle is the instant. Initial contact is where the backward speed of the heel
(or of the toe, for whichever reaches it first) passes half of its stance value. Toe-off is where
the toe has risen 2.5 % of leg length (about 2 cm) above the belt: the line along which standing toes
travel, which a tilted camera or a treadmill's incline may slope.

Each end is the mean of the foot's answer and the trunk's (see frontal_trunk_fall), which err in
opposite directions: a toe must rise to be seen rising (late), a push fades before the toe leaves (early).

Biased by: a toe landmark that floats off the shoe; the far leg, hidden at mid-stance.
Source: belt speed as reference and both limits are heuristics; held against force plates in
docs/validation.md.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.contacts import frontal_trunk_fall
from gaitcheck.gait.contacts.definition import Contact, Detector
from gaitcheck.motion import Trajectories
from gaitcheck.takes.signals import leg_length_px
from gaitcheck.typing import FloatArray

TAKEN_SHARE = 0.5
TOE_RISE_OF_LEG = 0.025
SEARCH_S = 0.09


def _crossing(times_s: FloatArray, values: FloatArray, level: float) -> float | None:
    """Last upward crossing of ``level``, linear between samples; None if there is none."""
    above = values >= level
    rises = np.flatnonzero(~above[:-1] & above[1:])
    if len(rises) == 0:
        return None
    k = int(rises[-1])
    share = (level - values[k]) / (values[k + 1] - values[k])
    return float(times_s[k] + share * (times_s[k + 1] - times_s[k]))


def _middle(trajectories: Trajectories, guess: Contact) -> slice:
    start, length = guess.initial_contact_s, guess.duration_s
    return trajectories.window(start + 0.3 * length, start + 0.6 * length)


def belt_slope(trajectories: Trajectories, guesses: list[Contact]) -> float:
    """Rise over run of the standing toes' path, the median over steps; 0 where none can be followed."""
    slopes = []
    for guess in guesses:
        toe = trajectories.point(f"{guess.side}_foot_index")[_middle(trajectories, guess)]
        toe = toe[np.isfinite(toe).all(axis=1)]
        if len(toe) >= 3 and np.ptp(toe[:, 0]) > 0:
            slopes.append(float(np.polyfit(toe[:, 0], toe[:, 1], 1)[0]))
    return float(np.median(slopes)) if slopes else 0.0


def refine(trajectories: Trajectories, guess: Contact, leg_px: float, slope: float) -> Contact:
    """Move a contact's ends from the trunk's guess halfway to what the foot says."""
    times = trajectories.times_s
    heel, toe = (trajectories.point(f"{guess.side}_{p}") for p in ("heel", "foot_index"))
    middle = _middle(trajectories, guess)
    backward = {n: -np.gradient(p[:, 0], trajectories.interval_s) for n, p in (("heel", heel), ("toe", toe))}
    belt = float(np.nanmedian(backward["toe"][middle])) if middle.stop > middle.start else np.nan
    if not np.isfinite(belt) or belt <= 0:
        return guess
    early = trajectories.window(guess.initial_contact_s - SEARCH_S, guess.midstance_s)
    starts = [_crossing(times[early], np.nan_to_num(v[early]), TAKEN_SHARE * belt) for v in backward.values()]
    found = [t for t in starts if t is not None]
    late = trajectories.window(guess.midstance_s, guess.toe_off_s + SEARCH_S)
    above_belt = toe[:, 1] - slope * toe[:, 0]
    level = float(np.nanmedian(above_belt[middle])) + TOE_RISE_OF_LEG * leg_px
    rise = above_belt[late]
    above = np.flatnonzero(np.nan_to_num(rise, nan=-np.inf) >= level)
    stop = None
    if len(above) and above[0] > 0:
        k = int(above[0])
        stop = _crossing(times[late][: k + 1], np.nan_to_num(rise[: k + 1], nan=level - 1), level)
    start = min(found) if found else guess.initial_contact_s
    stop = guess.toe_off_s if stop is None else stop
    return Contact(guess.side, 0.5 * (start + guess.initial_contact_s), 0.5 * (stop + guess.toe_off_s))


def find(trajectories: Trajectories) -> list[Contact]:
    """Contacts of both feet; the trunk's fall gives the first guess of each."""
    leg = leg_length_px(trajectories.points)
    guesses = frontal_trunk_fall.find(trajectories)
    slope = belt_slope(trajectories, guesses)
    return [refine(trajectories, guess, leg, slope) for guess in guesses]


DETECTOR = Detector("foot at belt speed", "sagittal", find)
