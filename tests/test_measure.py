"""The measuring core by its own door: a visit's landmarks again, and points of other trackers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gaitcheck
from gaitcheck.errors import GaitcheckError, InputError, UsageError
from gaitcheck.metrics import all_metrics
from gaitcheck.pose.formats import formats
from gaitcheck.pose.keypoints import LAYOUTS, from_points, layout_of, our_name
from gaitcheck.pose.landmarks import INDEX, LANDMARK_NAMES
from gaitcheck.setup import Setup
from tests.truth import rbds

BODY = ("nose", "shoulder", "hip", "knee", "ankle", "heel", "foot_index")
FEET = ("heel", "foot_index")
needs_mocap = pytest.mark.skipif(not rbds.DATA.is_dir(), reason="the recorded runners are not beside the checkout")


@pytest.mark.parametrize("results", ["rear_results", "side_results"])
def test_a_visit_s_landmarks_give_its_numbers_again(results: str, request: pytest.FixtureRequest) -> None:
    folder, analysis = request.getfixturevalue(results)
    (clip,) = gaitcheck.load(folder).clips
    again = clip.measure()
    known = [value for value in analysis.metrics if value.value is not None]
    assert len(known) > 15
    for value in known:
        estimate = again.estimate(value.name, value.side)
        for name in ("value", "ci95_low", "ci95_high"):
            assert getattr(estimate, name) == pytest.approx(getattr(value, name), abs=1e-3), (value.name, name)
    table = again.to_frame().set_index(["metric", "side"])
    assert table.loc[("cadence", "both"), "value"] == again.estimate("cadence").value
    assert len(clip.landmarks) == 33 * analysis.clips[0].frames and len(clip.stances) == len(analysis.stances)
    with pytest.raises(KeyError, match="no gait_score of left"):
        again.estimate("gait_score", "left")


def test_landmarks_alone_are_trusted_less_than_landmarks_and_pictures(rear_results) -> None:
    """Of the landmarks alone the foot's place needs intervals twice as wide (docs/validation.md)."""
    landmarks = gaitcheck.read_landmarks(rear_results[0])
    alone = gaitcheck.measure(landmarks, Setup(camera_roll_deg=0.0))
    read_joints = {metric.name for metric in all_metrics() if metric.joints}
    for value in rear_results[1].metrics:
        if value.value is None or value.name not in read_joints:
            continue
        estimate = alone.estimate(value.name, value.side)
        assert estimate.untested and estimate.parts["landmarks"] > value.uncertainty["landmarks"]
        assert estimate.value is not None and estimate.ci95_low is not None and estimate.ci95_high is not None
        assert estimate.ci95_low <= value.value <= estimate.ci95_high


def _filmed(run: tuple[str, str], view: str, **told: Any) -> tuple[rbds.MocapRun, dict[str, np.ndarray], Any]:
    """A recorded runner's joints in a phone's picture, as any tracker would give them: no depth, no pose model."""
    recorded = rbds.load(*run)
    film = rbds.film(recorded, view, noise_px=1.0, **told)
    return recorded, {name: film.pixels[:, INDEX[name]] for name in recorded.joints}, film


@needs_mocap
@pytest.mark.parametrize("run", rbds.RUNS_WITH_FORCES)
@pytest.mark.parametrize("view", ["rear", "front", "left", "right"])
def test_points_of_any_tracker_find_the_contacts_of_a_force_plate(run: tuple[str, str], view: str) -> None:
    recorded, points, film = _filmed(run, view)
    landmarks = from_points(points, film.times_s, size=(film.width, film.height))
    found = gaitcheck.measure(landmarks, Setup(view=view))
    for side in ("left", "right"):
        true = recorded.contacts(side, "initial_contact")
        own = np.array([stance.initial_contact_s for stance in found.stances if stance.side == side])
        off = np.array([own[np.argmin(np.abs(own - instant))] - instant for instant in true])
        near = np.abs(off) < 0.15
        assert near.mean() > 0.95 and abs(off[near].mean()) < 0.015
        contact = found.estimate("contact_time", side)
        truth = 1000 * float(np.mean(recorded.contacts(side, "toe_off")[: len(true)] - true))
        assert contact.ci95_low is not None and contact.ci95_high is not None
        assert contact.ci95_low <= truth <= contact.ci95_high
    assert not any(estimate.validated for estimate in found.estimates)
    assert not found.plane.corrected and found.landmarks.tracker == "another"


@needs_mocap
def test_without_toes_nothing_is_said_of_toe_off() -> None:
    """Ankles leave the belt's speed 20 to 45 ms before toes leave the belt."""
    recorded, points, film = _filmed(("rbds001", "2_5"), "left")
    bare = {name: track for name, track in points.items() if not name.endswith(FEET)}
    found = gaitcheck.measure(from_points(bare, film.times_s), Setup(view="left"))
    for metric in ("contact_time", "flight_time", "duty_factor", "hip_extension_at_toe_off"):
        assert found.estimate(metric, "left").reason == "joints_not_seen"
    assert found.estimate("ankle_dorsiflexion_at_midstance", "left").reason == "joints_not_seen"
    assert found.estimate("cadence").value == pytest.approx(
        2 * 60 / np.diff(recorded.contacts("left", "initial_contact")).mean(), abs=0.5
    )


@needs_mocap
def test_a_view_that_cannot_be_seen_must_be_said() -> None:
    _, points, film = _filmed(("rbds001", "2_5"), "rear")
    with pytest.raises(UsageError, match="no depth"):
        gaitcheck.measure(from_points(points, film.times_s))


@pytest.fixture
def points() -> dict[str, np.ndarray]:
    """Two frames of a body that stands still, px."""
    rng = np.random.default_rng(1)
    names = [n for n in LANDMARK_NAMES if n == "nose" or n.split("_", 1)[-1] in BODY]
    return {name: np.concatenate([rng.uniform(100, 900, (3, 2)), np.full((3, 1), 0.9)], axis=1) for name in names}


def _write_trc(path: Path, points: dict[str, np.ndarray], unit: str, scale: float) -> None:
    names = list(points)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t3\t{len(names)}\t{unit}\t60\t1\t3",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t",
        "\t\t" + "\t".join(f"X{k + 1}\tY{k + 1}\tZ{k + 1}" for k in range(len(names))),
    ]
    for frame in range(3):
        cells = [f"{v:.9g}" for name in names for v in (*(points[name][frame, :2] * scale), 0.0)]
        lines.append("\t".join([str(frame + 1), f"{frame / 60:.6f}", *cells]))
    path.write_text("\n".join(lines) + "\n")


def test_every_format_gives_the_same_landmarks(points: dict[str, np.ndarray], tmp_path: Path) -> None:
    plain = gaitcheck.read_landmarks(points, fps=60, size=(1000, 1000))
    _write_trc(tmp_path / "px.trc", points, "px", 1.0)
    lengths = {name: track * [1, -1, 1] for name, track in points.items()}
    _write_trc(tmp_path / "m.trc", lengths, "m", 1e-3)
    for name in ("px.trc", "m.trc"):
        read = gaitcheck.read_landmarks(tmp_path / name, size=(1000, 1000))
        assert np.allclose(read.pixels, plain.pixels, atol=1e-3, equal_nan=True) and np.allclose(
            read.times_s, plain.times_s, atol=1e-5
        )
    folder = tmp_path / "json"
    folder.mkdir()
    body = LAYOUTS["halpe_26"]
    for frame in range(3):
        rows = [points[our_name(name)][frame] if our_name(name) in points else [0, 0, 0] for name in body]
        people = [{"pose_keypoints_2d": [float(v) for row in rows for v in row]}]
        (folder / f"clip_{frame + 9:03d}.json").write_text(json.dumps({"people": people}))
    read = gaitcheck.read_landmarks(folder, fps=60, size=(1000, 1000))
    own = [INDEX[name] for name in points]
    assert np.allclose(read.pixels[:, own], plain.pixels[:, own])
    assert read.visibility[0, INDEX["left_hip"]] == pytest.approx(0.9)


def test_a_dataset_of_movement_is_taken_from_memory_and_from_its_file(
    points: dict[str, np.ndarray], tmp_path: Path
) -> None:
    xarray = pytest.importorskip("xarray", reason="the extra exports is not installed")
    table = np.stack(list(points.values()), axis=1)
    dataset = xarray.Dataset(
        {
            "position": (("time", "space", "keypoints", "individuals"), table[:, :, :2].transpose(0, 2, 1)[..., None]),
            "confidence": (("time", "keypoints", "individuals"), table[:, :, 2, None]),
        },
        coords={"time": np.arange(3) / 60, "space": ["x", "y"], "keypoints": list(points), "individuals": ["a"]},
        attrs={"fps": 60.0, "time_unit": "seconds", "source_software": "DeepLabCut", "ds_type": "poses"},
    )
    dataset.to_netcdf(tmp_path / "points.nc", engine="scipy")
    plain = gaitcheck.read_landmarks(points, fps=60, size=(1000, 1000))
    for source in (dataset, tmp_path / "points.nc", str(tmp_path / "points.nc")):
        read = gaitcheck.read_landmarks(source, size=(1000, 1000))
        assert np.allclose(read.pixels, plain.pixels, equal_nan=True) and np.allclose(read.visibility, plain.visibility)
    two = xarray.concat([dataset, dataset.assign_coords(individuals=["b"])], dim="individuals")
    with pytest.raises(InputError, match="2 people; say which one runs"):
        gaitcheck.read_landmarks(two)
    assert len(gaitcheck.read_landmarks(two, person=1).times_s) == 3


BAD: list[tuple[str, Any, str]] = [
    ("empty.trc", "", "damaged or no TRC"),
    ("words.trc", "a\nb\tUnits\nc\tm\nx\ty\tHip\n\n1\t0\tfar\n", "damaged or no TRC"),
    ("furlongs.trc", "a\nx\tUnits\n1\tfurlong\nF\tT\tHip\n\n1\t0\t1\t1\t1\n", "damaged or no TRC"),
    ("noise.nc", "not a netCDF file", "damaged or no netCDF|needs the extra|need the extra"),
    ("notes.txt", "hello", "none of the landmarks"),
    ("json/1.json", "[", "damaged or not one frame"),
    ("json/1.json", '{"people": [{"pose_keypoints_2d": [1, 2]}]}', "damaged or not one frame"),
    ("json/1.json", '{"people": [{"pose_keypoints_2d": [1, 2, 1, 4, 5, 1]}]}', "2 unnamed points"),
    ("json/1.json", '{"people": []}', "holds 0 people"),
    ("json/1.json", "[" * 100_000, "damaged or not one frame"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    with pytest.raises(InputError, match=said) as refused:
        gaitcheck.read_landmarks(path if path.parent == tmp_path else path.parent, fps=60)
    assert "\n" not in str(refused.value)


def test_bad_points_are_refused_in_one_sentence(points: dict[str, np.ndarray], tmp_path: Path) -> None:
    hipless = {name: track for name, track in points.items() if name != "left_hip"}
    refused: list[tuple[Any, dict[str, Any], str]] = [
        (hipless, {"fps": 60}, "no left hip"),
        (points, {}, "give fps"),
        (points, {"fps": 0}, "fps is 0"),
        ({**points, "left_knee": np.zeros((5, 2))}, {"fps": 60}, "shape"),
        ({**points, "left_knee": [["a", "b"]]}, {"fps": 60}, "must be numbers"),
        ({name: np.full((3, 2), np.nan) for name in points}, {"fps": 60}, "In no frame"),
        ({}, {"fps": 60}, "rise|no left hip"),
        (3.5, {}, "none of the landmarks"),
        (tmp_path / "gone", {}, "none of the landmarks"),
    ]
    for source, told, said in refused:
        with pytest.raises(GaitcheckError, match=said):
            gaitcheck.read_landmarks(source, **told)


def test_trackers_names_become_ours() -> None:
    known = {
        "LBigToe": "left_foot_index", "right_big_toe": "right_foot_index", "RHip": "right_hip", "lhip": "left_hip",
        "Left Ankle": "left_ankle", "ankle_L": "left_ankle", "l_knee": "left_knee", "RSmallToe": None, "neck": None,
        "Nose": "nose", "MidHip": None, "hip": None, "left_nose": None, "head": None,
        "left_eye_outer": "left_eye_outer", "right_heel": "right_heel", "leftShoulder": "left_shoulder",
    }  # fmt: skip
    assert {name: our_name(name) for name in known} == known
    assert {name: our_name(name) for name in LANDMARK_NAMES if "mouth" not in name} == {
        name: name for name in LANDMARK_NAMES if "mouth" not in name
    }
    assert layout_of(17)[11] == "left_hip" and layout_of(133)[17] == "left_big_toe" and layout_of(25)[8] == "mid_hip"


@given(st.text(max_size=30))
def test_any_name_is_one_of_ours_or_none(name: str) -> None:
    assert our_name(name) in (None, *LANDMARK_NAMES)


def test_a_format_is_a_file() -> None:
    folder = Path(gaitcheck.__file__).parent / "pose" / "formats"
    assert len(formats()) == len([path for path in folder.glob("*.py") if path.stem not in ("__init__", "definition")])


def test_arms_that_are_not_there_tell_no_sides(rear_results) -> None:
    """Legs alone name the legs: as surely as they are seen, and as they were named with arms."""
    own = gaitcheck.read_landmarks(rear_results[0])
    names = [f"{side}_{j}" for side in ("left", "right") for j in ("hip", "knee", "ankle", "shoulder", "foot_index")]
    bare = from_points({name: own.point(name) for name in names}, own.times_s, size=(own.width, own.height))
    found = gaitcheck.measure(bare, Setup(view="rear"))
    known = {(round(s.initial_contact_s, 1), s.side) for s in rear_results[1].stances}
    assert {(round(s.initial_contact_s, 1), s.side) for s in found.stances} & known
    sides = [s.side for s in found.stances[:6]]
    assert sides == [s.side for s in rear_results[1].stances[:6]]


@needs_mocap
@pytest.mark.parametrize(
    ("shown", "told", "said"),
    [
        ("rear", "left", "as if seen from behind or in front"),
        ("rear", "front", "left is on the picture's left"),
        ("front", "rear", "left is on the picture's right"),
        ("left", "right", "toes point backward"),
        ("right", "rear", "as if seen from beside"),
    ],
)
def test_a_view_that_cannot_be_theirs_is_refused(shown: str, told: str, said: str) -> None:
    _, points, film = _filmed(("rbds001", "2_5"), shown)
    landmarks = from_points(points, film.times_s, size=(film.width, film.height))
    with pytest.raises(UsageError, match=said):
        gaitcheck.measure(landmarks, Setup(view=told))


@needs_mocap
def test_shares_of_a_picture_are_refused(points: dict[str, np.ndarray]) -> None:
    shares = {name: track / [1000, 1000, 1] for name, track in points.items()}
    with pytest.raises(InputError, match="multiply x by its width"):
        gaitcheck.read_landmarks(shares, fps=60, size=(1000, 1000))


def test_measure_and_compare_say_what_they_take(rear_results) -> None:
    with pytest.raises(UsageError, match="read_landmarks makes them"):
        gaitcheck.measure({})  # type: ignore[arg-type]
    same = gaitcheck.compare(str(rear_results[0]), rear_results[0])
    assert len(repr(same)) < 200 and "0 real" in repr(same)
