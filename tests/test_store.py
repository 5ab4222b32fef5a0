"""Results on disk: what is ours is replaced whole, what is others' stays, what is damaged is named."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gaitcheck.analysis import Analysis, load, staging
from gaitcheck.analysis.document import SCHEMA_VERSION
from gaitcheck.analysis.kept import read_landmarks_of
from gaitcheck.analysis.store import check_file_target, write_whole
from gaitcheck.errors import GaitcheckError, InputError, OutputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.pipeline import advise_again, report_again
from tests import cases


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with the document of a written runner and somebody's own files."""
    folder = tmp_path / "results"
    (folder / "sub").mkdir(parents=True)
    (folder / "analysis.json").write_text(cases.visit(cases.stories()["02_valgus_only"]).to_json(), encoding="utf-8")
    (folder / "answers.toml").write_text("[you]\nage = 30\n")
    (folder / "sub" / "notes.txt").write_text("mine")
    return folder


def _again(folder: Path) -> None:
    with staging(folder) as new:
        (new / "analysis.json").write_text((folder / "analysis.json").read_text())


def test_what_others_put_there_survives_and_so_do_permissions(results: Path) -> None:
    (results / "overlay.mp4").write_bytes(b"old")
    results.chmod(0o700)
    _again(results)
    assert (results / "answers.toml").read_text() == "[you]\nage = 30\n"
    assert (results / "sub" / "notes.txt").read_text() == "mine"
    assert not (results / "overlay.mp4").exists()
    assert results.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in results.parent.iterdir()] == ["results"]


def test_a_link_to_a_folder_stays_a_link(results: Path) -> None:
    link = results.parent / "link"
    link.symlink_to(results)
    _again(link)
    assert link.is_symlink()
    assert (results / "answers.toml").exists()
    assert {p.name for p in results.parent.iterdir()} == {"results", "link"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(schema_version=99), "schema 99"),
        (lambda d: d["plan"]["exercises"][0].update(name="moonwalk"), "moonwalk"),
        (lambda d: d["plan"]["relative_rest"].update(rung=99), "run_easy"),
        (lambda d: d["plan"]["retraining"].update(drill="levitate"), "levitate"),
        (lambda d: d["provenance"].update(analysed_on="yesterday"), "damaged"),
        (lambda d: d.pop("plan"), "damaged"),
    ],
)
def test_a_document_that_can_t_be_trusted_is_refused(results: Path, change: Any, words: str) -> None:
    table = json.loads((results / "analysis.json").read_text())
    change(table)
    (results / "analysis.json").write_text(json.dumps(table))
    with pytest.raises(InputError, match=words):
        load(results)


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, "null", "\x00"])
def test_a_file_that_is_no_document_is_refused(results: Path, text: str) -> None:
    (results / "analysis.json").write_text(text)
    with pytest.raises(InputError, match=r"damaged|schema"):
        load(results)


@pytest.mark.parametrize("name", ["a" * 300, "missing", "analysis.json/x"])
def test_a_folder_that_is_none_is_refused(results: Path, name: str) -> None:
    with pytest.raises(GaitcheckError):
        load(results / name)


def test_a_flipped_byte_of_the_landmarks_changes_no_number(rear_results, tmp_path: Path) -> None:
    """Each page of the table carries its checksum: what was read is what was written, or is refused."""
    folder, analysis = rear_results
    whole = (folder / "landmarks.parquet").read_bytes()
    first = read_landmarks_of(folder, analysis, 0)
    refused = 0
    for at in range(5, len(whole), len(whole) // 60):
        (tmp_path / "landmarks.parquet").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            again = read_landmarks_of(tmp_path, analysis, 0)
        except InputError:
            refused += 1
            continue
        assert np.array_equal(again.pixels, first.pixels, equal_nan=True), at
        assert np.array_equal(again.world, first.world, equal_nan=True)
    assert refused > 40


@pytest.mark.parametrize(
    ("column", "value"), [("time_s", np.nan), ("time_s", 0.0), ("x_px", "12 px"), ("landmark", "tail"), ("y_px", {})]
)
def test_a_table_of_landmarks_made_by_others_is_refused_where_it_is_none(
    rear_results, tmp_path: Path, column: str, value: Any
) -> None:
    folder, analysis = rear_results
    table = pd.read_parquet(folder / "landmarks.parquet")
    table[column] = [{"a": 1}] * len(table) if value == {} else value
    table.to_parquet(tmp_path / "landmarks.parquet")
    with pytest.raises(InputError, match="is damaged; analyse the clip again"):
        read_landmarks_of(tmp_path, analysis, 0)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("context", "needs"), ["shoe_size"], "shoe_size"),
        (("provenance", "settings"), {}, "smoothing_cutoff_hz"),
        (("plan", "review", "date"), "2026-13-45", "month"),
    ],
)
def test_a_code_that_has_no_words_is_the_document_s_fault(
    rear_results, tmp_path: Path, place: tuple[str, ...], value: object, words: str
) -> None:
    folder = tmp_path / "results"
    shutil.copytree(rear_results[0], folder)
    (folder / "checksums.txt").unlink()
    table = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    inner = table
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    (folder / "analysis.json").write_text(json.dumps(table), encoding="utf-8")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match=f"has no words for .*{words}.*; run gaitcheck analyze again"):
        report_again(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


@pytest.mark.parametrize(("scratch_free", "words"), [(10, "The disk for temporary files"), (10**12, "The results can")])
def test_it_is_said_which_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scratch_free: int, words: str
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/dev")  # another file system than that of the results
    monkeypatch.setattr(
        "shutil.disk_usage", lambda path: SimpleNamespace(free=scratch_free if str(path) == "/dev" else 10**9)
    )
    with pytest.raises(OutputError, match=words), staging(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_document_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "analysis.json").open("wb") as stream:
        stream.truncate(20 * 1024**3)
    with pytest.raises(InputError, match="can't be read"):
        load(tmp_path)


@pytest.mark.parametrize(("size", "start"), [(20 * 1024**3, b""), (9, b"\xff\xfe")])
def test_checksums_that_are_none_are_refused(results: Path, tmp_path: Path, size: int, start: bytes) -> None:
    shutil.copy(results / "analysis.json", tmp_path)
    with (tmp_path / "checksums.txt").open("wb") as stream:
        stream.write(start)
        stream.truncate(size)
    with pytest.raises(InputError, match=r"checksums.txt is damaged; run gaitcheck analyze again, or delete it"):
        load(tmp_path)


@pytest.mark.parametrize("part", ["landmarks.parquet", "proxy.mp4"])
def test_a_damaged_part_is_named_and_the_folder_stays(rear_results, tmp_path: Path, part: str) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    for item in rear_results[0].iterdir():
        (folder / item.name).write_bytes(item.read_bytes())
    (folder / part).write_bytes((folder / part).read_bytes()[:2_000])
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match=part):
        report_again(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["results"]


def test_a_warning_sign_outlives_a_new_file_of_answers() -> None:
    flagged = cases.visit(cases.stories()["08_red_flag"])
    from gaitcheck.advice.intake import check_intake

    silent, _ = check_intake({"pain": {"worst_week": 2}}, load_evidence())
    assert advise_again(flagged, silent, [], cases.TODAY).plan.situation == "withheld"
    cleared, _ = check_intake({"pain": {"worst_week": 2}, "red_flags": {"locked": False}}, load_evidence())
    assert advise_again(flagged, cleared, [], cases.TODAY).plan.situation == "painful"


def test_small_files_are_written_whole_and_never_through_a_planted_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / ".a.toml.part").symlink_to(victim)
    write_whole(tmp_path / "a.toml", "one")
    assert victim.read_text() == "precious"
    with pytest.raises(OutputError, match="someone else"):
        write_whole(tmp_path / "a.toml", "two", new=True)
    assert (tmp_path / "a.toml").read_text() == "one"
    assert not any(p.name.startswith(".a.toml.") and not p.is_symlink() for p in tmp_path.iterdir())


def test_a_target_that_can_t_be_a_file_is_refused_first(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "there", tmp_path / "pipe", tmp_path / ("n" * 300)):
        with pytest.raises(UsageError):
            check_file_target(path, replace=path.name == "pipe")
    with pytest.raises(OutputError):
        check_file_target(tmp_path / "missing" / "file", replace=False)


def test_a_document_of_the_first_schema_is_read_and_judged_by_today_s_evidence(tmp_path: Path) -> None:
    path = Path(__file__).parent / "documents" / "schema_1.json"
    old, new = json.loads(path.read_text(encoding="utf-8")), load(path)
    assert old["schema_version"] == 1 and new.schema_version == SCHEMA_VERSION
    assert [(m.name, m.side, m.value, m.ci95_low, m.n_strides) for m in new.metrics] == [
        (m["name"], m["side"], m["value"], m["ci95_low"], m["n_strides"]) for m in old["metrics"]
    ]
    assert {(f.risk_factor, f.side) for f in new.findings} >= {("knee_valgus", "right"), ("crossover_gait", "left")}
    assert new.day.isoformat() == "2026-11-02" and new.intake is None and new.plan.made_on == new.day
    (tmp_path / "analysis.json").write_text(new.to_json(), encoding="utf-8")
    assert load(tmp_path) == new


def _older(analysis: Analysis, schema: int) -> dict[str, Any]:
    """A document as an earlier schema had it: before 4 without the visit, before 5 without the part of a clip."""
    table: dict[str, Any] = json.loads(analysis.to_json())
    table["schema_version"] = schema
    gone = ["slow_motion_source", "start_s", "stop_s", "mirrored", "quarter_turns", "people", "runner"]
    del table["presentation"]
    if schema < 4:
        del table["visit"], table["provenance"]["work_sha256"]
        gone.append("camera")
    for clip in table["clips"]:
        for name in gone:
            del clip[name]
    return table


@pytest.mark.parametrize("schema", [2, 3, 4])
@pytest.mark.parametrize("story", sorted(cases.stories()))
def test_older_documents_keep_findings_answers_and_plan(tmp_path: Path, story: str, schema: int) -> None:
    now = cases.visit(cases.stories()[story])
    (tmp_path / "analysis.json").write_text(json.dumps(_older(now, schema)), encoding="utf-8")
    read = load(tmp_path)
    assert (read.findings, read.intake, read.situation, read.plan) == (
        now.findings, now.intake, now.situation, now.plan,
    )  # fmt: skip


def test_answers_that_can_t_be_carried_over_are_not_lost_silently(tmp_path: Path) -> None:
    table = _older(cases.visit(cases.stories()["02_valgus_only"]), 2)
    table["intake"]["red_flags"] = {"hot_knee": "maybe"}
    (tmp_path / "analysis.json").write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(InputError, match=r"older gaitcheck.*--intake"):
        load(tmp_path)


@pytest.mark.parametrize("schema", [0, -1, True, "3", None, 2.0])
def test_a_schema_that_never_was_is_refused(results: Path, schema: Any) -> None:
    table = json.loads((results / "analysis.json").read_text())
    (results / "analysis.json").write_text(json.dumps({**table, "schema_version": schema}))
    with pytest.raises(InputError, match="schema"):
        load(results)
