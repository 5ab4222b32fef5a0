"""Who of several people in a clip runs.

The largest person is often the coach. A runner's legs alternate at a running rate, on one spot, for most of the clip:
of everybody who was followed, the one with the longest running is the runner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gaitcheck.errors import RunnerError
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.takes.choose import Take

SHORTEST_PRESENCE = 0.15
"""Whoever is there for a smaller share of the longest presence passes by."""


@dataclass(frozen=True)
class Chosen:
    """The runner, the take that shows her, and what there was to choose from.

    ``people`` counts those who were followed; ``number`` is the runner's, from the picture's left, beginning with 1.
    """

    landmarks: Landmarks
    take: Take
    people: int
    number: int


def from_the_left(people: list[Landmarks]) -> list[Landmarks]:
    """Those who stay, in the order in which they stand in the picture."""
    presence = [float(person.tracked.mean()) for person in people]
    staying = [p for p, share in zip(people, presence, strict=True) if share > SHORTEST_PRESENCE * max(presence)]
    return sorted(staying, key=lambda person: float(np.nanmedian(person.pixels[..., 0]))) or people[:1]


def choose_runner(people: list[Landmarks], wanted: str | None, look: Callable[[Landmarks], Take]) -> Chosen:
    """The one who runs, or the one who was asked for.

    Parameters
    ----------
    wanted
        Left, right, a number counted from the picture's left, or None.
    look
        Finds a person's take, or raises.

    Raises
    ------
    RunnerError
        If nobody runs (the reason is that of who is seen most), or there is nobody of that number.
    """
    ordered = from_the_left(people)
    if wanted is not None:
        number = 0 if wanted == "left" else len(ordered) - 1 if wanted == "right" else int(wanted) - 1
        if number >= len(ordered):
            raise RunnerError(
                f"There is no person {wanted} in the picture; {len(ordered)} could be followed. Leave --runner out, or "
                "give left or right."
            )
        return Chosen(ordered[number], look(ordered[number]), len(ordered), number + 1)
    runs: list[tuple[float, Chosen]] = []
    refusals: dict[int, RunnerError] = {}
    for k, person in enumerate(ordered):
        try:
            take = look(person)
        except RunnerError as refusal:
            refusals[k] = refusal
            continue
        runs.append(((take.stop_s - take.start_s) / take.scale.factor, Chosen(person, take, len(ordered), k + 1)))
    if not runs:
        most = max(refusals, key=lambda k: float(np.nansum(np.ptp(ordered[k].pixels[:, :, 1], axis=1))))
        raise refusals[most]
    return max(runs, key=lambda run: run[0])[1]
