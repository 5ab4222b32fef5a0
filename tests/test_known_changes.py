"""A real clip changed in a way that must leave its numbers alone: no truth is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitcheck.pipeline import measure_clip
from gaitcheck.request import Request
from gaitcheck.settings import DEFAULT
from gaitcheck.setup import Setup
from gaitcheck.uncertainty import Estimate
from gaitcheck.video import probe
from tests.truth.rbds import DATA

CLIP = DATA / "video" / "gym_rear_30fps_464x832.mp4"
OTHER = {"left": "right", "right": "left", "both": "both"}


def _measured(folder: Path, **asked: object) -> dict[tuple[str, str], Estimate]:
    folder.mkdir()
    request = Request(clips=(CLIP,), setup=Setup(**asked))  # type: ignore[arg-type]
    _, found = measure_clip(probe(CLIP), request, folder, 0, DEFAULT, lambda *_: None)
    return {(e.metric, e.side): e for e in found.estimates if e.value is not None}


@pytest.mark.slow
@pytest.mark.skipif(not CLIP.is_file(), reason="the real clips are not beside the checkout")
def test_a_mirrored_film_is_the_other_side_s_and_nothing_else(tmp_path: Path) -> None:
    """Every value of one side is the other's, well within its interval; a share of steps turns over by single steps."""
    plain, mirrored = _measured(tmp_path / "plain"), _measured(tmp_path / "mirrored", mirrored=True)
    assert {(m, OTHER[s]) for m, s in plain} == set(mirrored)
    for (metric, side), own in plain.items():
        if own.unit == "fraction":
            continue
        twin = mirrored[metric, OTHER[side]]
        assert own.value is not None and twin.value is not None and own.ci95_high is not None
        assert abs(own.value - twin.value) <= 0.6 * (own.ci95_high - own.value) + 1e-9, (metric, side)
