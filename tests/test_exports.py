"""Exports, each read back by what opens it in the field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import gaitcheck
from gaitcheck import cli
from gaitcheck.errors import GaitcheckError, InputError, UsageError
from gaitcheck.exports import exports
from gaitcheck.gait.calibration import LEG_OF_HEIGHT
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.setup import Setup

ALL = ("c3d", "csv", "mot", "nc", "parquet", "trc")


@pytest.fixture(scope="module")
def written(rear_results, side_results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both samples in every format."""
    out = tmp_path_factory.mktemp("exports")
    for folder, _ in (rear_results, side_results):
        gaitcheck.load(folder).export(ALL, out)
    return out


def test_every_format_is_written_for_every_clip(written: Path) -> None:
    assert tuple(sorted(exports())) == ALL
    assert {path.name for path in written.iterdir()} == {f"{view}.{kind}" for view in ("rear", "left") for kind in ALL}
    assert all(export.says for export in exports().values())


def test_a_c3d_holds_markers_in_millimetres_and_a_force_plate_s_events(written: Path, rear_results) -> None:
    ezc3d = pytest.importorskip("ezc3d", reason="the extra exports is not installed")
    file = ezc3d.c3d(str(written / "rear.c3d"))
    stances = rear_results[1].stances
    event = file["parameters"]["EVENT"]
    assert event["LABELS"]["value"].count("Foot Strike") == event["LABELS"]["value"].count("Foot Off") == len(stances)
    strikes = [k for k, label in enumerate(event["LABELS"]["value"]) if label == "Foot Strike"]
    assert np.allclose(event["TIMES"]["value"][1, strikes], [stance.initial_contact_s for stance in stances], atol=1e-5)
    assert [event["CONTEXTS"]["value"][k].lower() for k in strikes] == [stance.side for stance in stances]
    labels, points = file["parameters"]["POINT"]["LABELS"]["value"], file["data"]["points"]
    hip, knee, ankle = (points[:3, labels.index(f"left_{joint}")] for joint in ("hip", "knee", "ankle"))
    leg = np.median(np.linalg.norm(hip - knee, axis=0)) + np.median(np.linalg.norm(knee - ankle, axis=0))
    assert leg == pytest.approx(10 * 171 * LEG_OF_HEIGHT, rel=0.1)
    assert np.median(hip[1] - ankle[1]) > 500 and file["parameters"]["POINT"]["UNITS"]["value"] == ["mm"]
    side = ezc3d.c3d(str(written / "left.c3d"))
    assert side["parameters"]["POINT"]["UNITS"]["value"] == ["px"]


def test_a_netcdf_is_a_dataset_of_movement(written: Path, rear_results) -> None:
    xarray = pytest.importorskip("xarray", reason="the extra exports is not installed")
    with xarray.open_dataset(written / "rear.nc") as dataset:
        assert dataset["position"].dims == ("time", "space", "keypoints", "individuals")
        assert dataset["confidence"].dims == ("time", "keypoints", "individuals")
        assert dataset.attrs["ds_type"] == "poses" and dataset.attrs["time_unit"] == "seconds"
        assert dataset.attrs["fps"] == pytest.approx(60.0, abs=0.01)
        again = gaitcheck.read_landmarks(dataset.load())
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    own = gaitcheck.read_landmarks(rear_results[0]).pixels[:, hips]
    assert np.allclose(np.ptp(own, axis=(0, 1)), np.ptp(again.pixels[:, hips], axis=(0, 1)), atol=0.01)


def test_a_clip_from_beside_comes_back_with_its_own_view(written: Path, side_results) -> None:
    found = gaitcheck.measure(gaitcheck.read_landmarks(written / "left.trc"), Setup(view="left"))
    known = side_results[1].metric("cadence", "both")
    assert found.estimate("cadence").value == pytest.approx(known.value, abs=0.5)
    assert found.estimate("overstride", "left").value is not None
    with pytest.raises(UsageError, match="toes point backward"):
        gaitcheck.measure(gaitcheck.read_landmarks(written / "left.trc"), Setup(view="right"))
    with pytest.raises(UsageError, match="as if seen from beside"):
        gaitcheck.measure(gaitcheck.read_landmarks(written / "left.trc"), Setup(view="rear"))


@pytest.mark.parametrize("name", ["rear.trc", "rear.nc"])
def test_what_was_exported_can_be_measured_again(written: Path, rear_results, name: str) -> None:
    """As points of another tracker: the same steps, wider intervals, nothing held against truth."""
    found = gaitcheck.measure(gaitcheck.read_landmarks(written / name), Setup(view="rear"))
    known = rear_results[1].metric("cadence", "both")
    assert found.estimate("cadence").value == pytest.approx(known.value, abs=0.3)
    own = rear_results[1].metric("frontal_plane_projection_angle", "right")
    again = found.estimate("frontal_plane_projection_angle", "right")
    assert again.ci95_low < own.value < again.ci95_high and not again.validated
    assert again.ci95_high - again.ci95_low > own.ci95_high - own.ci95_low


def test_tables_say_what_the_report_says(written: Path, rear_results) -> None:
    table = pd.read_csv(written / "rear.csv")
    assert table.equals(pd.read_parquet(written / "rear.parquet").astype(table.dtypes)) or np.allclose(
        table["value"], pd.read_parquet(written / "rear.parquet")["value"], rtol=1e-4, equal_nan=True
    )
    offset = table[(table["name"] == "foot_placement_offset") & table["stance"].notna()]
    for side in ("left", "right"):
        steps = [
            own[own["time_s"].between(own["time_s"].quantile(0.4), own["time_s"].quantile(0.6))]["value"].mean()
            for _, own in offset[offset["side"] == side].groupby("stance")
        ]
        value = rear_results[1].metric("foot_placement_offset", side)
        assert np.mean(steps) == pytest.approx(value.value, abs=0.004)


def test_a_mot_is_opensim_s_storage(written: Path) -> None:
    lines = (written / "left.mot").read_text().splitlines()
    end = lines.index("endheader")
    table = pd.read_csv(written / "left.mot", sep="\t", skiprows=end + 1)
    header = dict(line.split("=") for line in lines[:end] if "=" in line)
    assert (int(header["nRows"]), int(header["nColumns"])) == table.shape and header["inDegrees"] == "yes"
    assert list(table.columns) == ["time", "shank_inclination_left", "knee_angle_l"]
    assert 30 < table["knee_angle_l"].max() < 140
    rows = pd.read_csv(written / "rear.mot", sep="\t", skiprows=lambda k: k <= _end(written / "rear.mot"))
    assert {"hip_adduction_l", "hip_adduction_r", "contralateral_pelvic_drop_left"} < set(rows.columns)


def _end(path: Path) -> int:
    return path.read_text().splitlines().index("endheader")


def test_an_export_names_nobody(written: Path) -> None:
    """Files that are meant to be handed on hold no name, no place on this machine and no clip's name."""
    for path in written.iterdir():
        content = path.read_bytes()
        for private in (b"=Ann", b"rear_valgus", b"overstriding", b"/tmp", b"pytest"):
            assert private not in content, (path.name, private)


def test_bad_exports_are_refused_before_any_work(rear_results, written: Path, tmp_path: Path) -> None:
    visit = gaitcheck.load(rear_results[0])
    with pytest.raises(UsageError, match="no format 'fbx'; use c3d, csv"):
        visit.export(["trc", "fbx"], tmp_path / "out")
    with pytest.raises(UsageError, match="is there already"):
        visit.export(["trc"], written)
    (tmp_path / "file").write_text("x")
    with pytest.raises(GaitcheckError, match=r"can't be a folder|is a file"):
        visit.export(["trc"], tmp_path / "file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_missing_extra_is_named(rear_results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(UsageError, match=r"c3d needs the extra: pip install 'gaitcheck\[exports\]'"):
        gaitcheck.load(rear_results[0]).export(["c3d"], tmp_path)
    assert not list(tmp_path.iterdir())


def test_results_without_their_film_are_refused(rear_results, tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_text((rear_results[0] / "analysis.json").read_text())
    with pytest.raises(InputError, match="lacks its landmarks"):
        gaitcheck.load(tmp_path).export(["trc"], tmp_path / "out")
    (tmp_path / "landmarks.parquet").write_bytes((rear_results[0] / "landmarks.parquet").read_bytes())
    with pytest.raises(InputError, match=r"proxy\.mp4"):
        gaitcheck.load(tmp_path).export(["trc"], tmp_path / "out")
    (tmp_path / "landmarks.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="damaged"):
        gaitcheck.load(tmp_path).export(["trc"], tmp_path / "out")


def test_the_command_prints_what_it_wrote(rear_results, tmp_path: Path) -> None:
    told = ["export", str(rear_results[0]), "--as", "trc, csv", "--out", str(tmp_path / "new")]
    done = CliRunner().invoke(cli.app, told)
    assert done.exit_code == 0 and done.stdout.split() == [str(tmp_path / "new" / f"rear.{k}") for k in ("trc", "csv")]
    again = CliRunner().invoke(cli.app, [*told, "--replace"])
    assert again.exit_code == 0
