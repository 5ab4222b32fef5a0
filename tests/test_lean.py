"""The landmark network without its outline: the same landmarks, and nothing done to what it does not know."""

from __future__ import annotations

import io
import zipfile
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from gaitcheck.errors import UsageError
from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.lean import LANDMARK_NETWORK, lean_bundle
from gaitcheck.pose.models import SHA256, model_path, read_model
from gaitcheck.samples import sample_clip
from gaitcheck.video import decode, probe

MODELS = Path(__file__).parents[1] / "models"
"""An installation has but one of them."""


@pytest.mark.parametrize("name", ["lite", "full"])
def test_leaving_the_outline_out_changes_no_landmark_by_a_bit(name: str, monkeypatch) -> None:
    pictures = [frame.image for frame in islice(decode(probe(sample_clip("rear_valgus_crossover"))), 8)]

    def found() -> list[np.ndarray]:
        eyes = MediaPipeLandmarker(MODELS / f"pose_{name}.task")
        try:
            seen = [person for person in (eyes.track(picture) for picture in pictures) if person is not None]
            seen += eyes.scout(pictures[0])
            return [np.column_stack([p.pixels, p.world, p.visibility]) for p in seen]
        finally:
            eyes.close()

    lean = found()
    monkeypatch.setattr("gaitcheck.pose.landmarker.lean_bundle", lambda bundle: bundle)
    whole = found()
    assert len(lean) == len(whole) == 9
    assert np.array_equal(lean, whole)


def test_the_lean_network_leaves_operators_out() -> None:
    whole = read_model(model_path("full"))

    def network(bundle: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            return archive.read(LANDMARK_NETWORK)

    assert lean_bundle(whole) != whole
    assert len(network(lean_bundle(whole))) < len(network(whole))
    assert lean_bundle(lean_bundle(whole)) == lean_bundle(whole)


def _bundle_of(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "bundle",
    [
        b"",
        b"not a bundle",
        _bundle_of(other=b"x"),
        _bundle_of(**{LANDMARK_NETWORK: b""}),
        _bundle_of(**{LANDMARK_NETWORK: b"\x10\x00\x00\x00TFL3" + bytes(64)}),
        _bundle_of(**{LANDMARK_NETWORK: b"\xff" * 200}),
    ],
)
def test_what_is_no_landmark_network_stays_as_it_is(bundle: bytes) -> None:
    assert lean_bundle(bundle) == bundle


def test_a_model_that_is_damaged_or_gone_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("gaitcheck.pose.models.model_folders", lambda: (tmp_path,))
    ours = tmp_path / "pose_full.task"
    ours.write_bytes(b"half of a model")
    with pytest.raises(UsageError, match=r"pose_full\.task is damaged; install gaitcheck again"):
        read_model(ours)
    ours.unlink()
    with pytest.raises(UsageError, match=r"can't be read"):
        read_model(ours)


def test_a_model_somebody_else_made_is_theirs_to_vouch_for(tmp_path: Path) -> None:
    theirs = tmp_path / "pose_full.task"
    theirs.write_bytes(b"theirs")
    assert read_model(theirs) == b"theirs"


def test_known_models_are_those_that_were_built() -> None:
    listed = Path(__file__).parents[1] / "models" / "sha256.txt"
    built = {name: sha for sha, name in (line.split() for line in listed.read_text(encoding="utf-8").splitlines())}
    assert built == SHA256
