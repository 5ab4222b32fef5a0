"""How surely left is left: each question is answered by evidence of its own, and all must be."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gaitcheck.gait import sides
from gaitcheck.gait.steps import Turns
from gaitcheck.views import Facing, view_named


@pytest.mark.parametrize(
    ("from_behind", "nearer", "turns", "kept", "sure"),
    [
        (1.0, 1.0, Turns(1.9, 1.8), 1.0, True),
        (1.0, None, Turns(1.6, 0.0), 1.0, True),
        (0.66, 1.0, Turns(0.9, 0.8), 1.0, True),
        (0.66, None, Turns(1.9, 1.8), 1.0, False),
        (1.0, 0.0, Turns(1.9, 1.8), 1.0, False),
        (1.0, 1.0, Turns(1.9, -1.8), 1.0, False),
        (1.0, 1.0, Turns(0.2, 0.1), 1.0, False),
        (1.0, 1.0, Turns(0.9, 0.1), 0.55, False),
        (1.0, 1.0, Turns(-1.0, -0.9), 0.0, False),
    ],
)
def test_sides_are_named_only_where_evidence_agrees(
    monkeypatch: pytest.MonkeyPatch, from_behind: float, nearer: float | None, turns: Turns, kept: float, sure: bool
) -> None:
    """Front or back by frames and belt, legs by arms and most frames, turns by all limbs: each must be told."""
    monkeypatch.setattr(sides, "limb_turns", lambda *_: turns)
    monkeypatch.setattr(sides, "lowest_points_s", lambda *_: None)
    monkeypatch.setattr(sides, "step_frequency_hz", lambda *_: 2.8)
    facing = Facing(np.zeros(3, dtype=bool), from_behind, nearer, rear=True, given=False)
    motion = SimpleNamespace(view=view_named("rear"))
    probability = sides.sides_probability(motion, facing, 1.0 - kept)  # type: ignore[arg-type]
    assert (probability >= sides.LEAST_PROBABILITY) == sure
