"""Contacts in the frontal plane, from the trunk's fall and the toe's lowest point.

From behind and in front a foot's height in the picture says little: the belt carries it toward or
away from the camera. The trunk says more. It falls freely in flight and is pushed up in stance; the
instants at which the push equals body weight (zero vertical acceleration) are sharp. With a push
shaped like half a sine, whose mean over a step is body weight, the span between those two instants
and the step time fix the contact time; contact reaches beyond them by the same margin on both ends.

From behind, the belt carries the standing toe toward the camera, so down in the picture, until it
leaves: its lowest point is toe-off too. Both answers err early (a push fades before the toe leaves, a toe
landmark follows the heel that lifts), so where the two roughly agree the later one is taken.

The signals of a single step are too noisy to read, so they are averaged over steps about each step's
lowest trunk (the trunk's over all steps, the toe's over one side's); each step's contact lies at its own
lowest point plus these offsets.

Biased by: a trunk cut off by the picture, hand-rails held; a push that ends more slowly than it
begins makes contact look 10-20 ms short from in front. The step-to-step spread of contact time is
not resolved, only its mean.
Source: Newton; the half-sine push is the spring-mass runner's (Blickhan 1989); margins measured in
docs/validation.md.
"""

from __future__ import annotations

import numpy as np
import scipy

from gaitcheck.gait.contacts.definition import Contact, Detector
from gaitcheck.gait.steps import lowest_points_s, standing_sides, step_frequency_hz, trunk_height
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray

GRID_S = 0.002
AGREES_WITHIN_S = 0.06


def averaged(times_s: FloatArray, values: FloatArray, about_s: FloatArray, offsets_s: FloatArray) -> FloatArray:
    """Values (T,) at ``about + offsets``, the median over ``about`` (n,); shape of ``offsets_s``."""
    steps = [np.interp(t + offsets_s, times_s, values) for t in about_s]
    return np.asarray(np.median(steps, axis=0))


def weight_crossings_s(offsets_s: FloatArray, acceleration: FloatArray) -> tuple[float, float]:
    """Where the averaged acceleration rises through zero before its peak, and falls through it after."""
    peak = int(np.argmax(np.where(np.abs(offsets_s) < 0.06, acceleration, -np.inf)))
    before = np.flatnonzero(acceleration[:peak] < 0)
    after = np.flatnonzero(acceleration[peak:] < 0)
    start = int(before[-1]) if len(before) else 0
    stop = peak + int(after[0]) if len(after) else len(offsets_s) - 1
    return float(offsets_s[start]), float(offsets_s[stop])


def contact_time_s(span_s: float, step_s: float) -> float:
    """Contact time of a half-sine push that exceeds body weight for ``span_s`` of a step.

    With a push F sin(pi t / c) whose mean over the step T is body weight, F = pi T / (2 c) weights,
    and it passes one weight at t = c/pi asin(2 c / (pi T)); so span = c (1 - 2/pi asin(2c / (pi T))).
    """

    def excess(contact: float) -> float:
        return float(contact * (1 - 2 / np.pi * np.arcsin(2 * contact / (np.pi * step_s))) - span_s)

    longest = 1.2 * step_s
    return float(scipy.optimize.brentq(excess, span_s, longest)) if excess(longest) > 0 > excess(span_s) else longest


def toe_lowest_s(trajectories: Trajectories, side: str, about_s: FloatArray, offsets_s: FloatArray) -> float | None:
    """Offset at which the averaged toe is lowest in the picture after mid-stance; None if unseen."""
    toe = trajectories.point(f"{side}_foot_index")[:, 1]
    valid = ~np.isnan(toe)
    if valid.mean() < 0.7:
        return None
    filled = np.interp(trajectories.times_s, trajectories.times_s[valid], toe[valid])
    return float(offsets_s[np.argmin(averaged(trajectories.times_s, filled, about_s, offsets_s))])


def trunk_offsets_s(trajectories: Trajectories, about_s: FloatArray, step_s: float) -> tuple[float, float]:
    """Initial contact and toe-off as offsets from the trunk's lowest points, the same for both sides.

    Pose models move hips and shoulders a little with whichever leg stands, which on rendered runners
    with equal sides split contact times 40 ms apart; over both sides that cancels.
    """
    offsets = np.arange(-0.55 * step_s, 0.55 * step_s, GRID_S)
    interval = trajectories.interval_s
    acceleration = np.gradient(np.gradient(trunk_height(trajectories), interval), interval)
    rise, fall = weight_crossings_s(offsets, averaged(trajectories.times_s, acceleration, about_s, offsets))
    margin = 0.5 * (contact_time_s(fall - rise, step_s) - (fall - rise))
    return rise - margin, fall + margin


def find(trajectories: Trajectories) -> list[Contact]:
    """Contacts of both feet."""
    step_hz = step_frequency_hz(trajectories)
    lowest = lowest_points_s(trajectories, step_hz)
    sides = np.array(standing_sides(trajectories, lowest))
    step_s = 1.0 / step_hz
    inside = (lowest > 0.6 * step_s) & (lowest < trajectories.times_s[-1] - 0.6 * step_s)
    lowest, sides = lowest[inside], sides[inside]
    if len(lowest) == 0:
        return []
    offsets = np.arange(0.0, 0.55 * step_s, GRID_S)
    start, stop = trunk_offsets_s(trajectories, lowest, step_s)
    contacts = []
    for side in ("left", "right"):
        own = lowest[sides == side]
        end = stop
        if trajectories.view.from_behind and len(own):
            toe = toe_lowest_s(trajectories, side, own, offsets)
            if toe is not None and abs(toe - stop) < AGREES_WITHIN_S:
                end = max(stop, toe)
        contacts += [Contact(side, float(t + start), float(t + end)) for t in own]
    return contacts


DETECTOR = Detector("trunk's fall, toe's lowest point", "frontal", find)
