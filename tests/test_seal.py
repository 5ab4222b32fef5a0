"""Small files say whether they are as they were written; results say it of every file."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.analysis.store import CHECKSUMS, _exchanged, load, require_intact, staging
from gaitcheck.errors import InputError
from gaitcheck.pipeline import report_again
from gaitcheck.seal import open_json, open_toml, seal_json, seal_toml

TABLES = st.dictionaries(
    st.text(st.characters(categories=("Ll", "Nd")), min_size=1, max_size=8),
    st.integers(-1000, 1000) | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20),
    max_size=6,
)


@given(table=TABLES, place=st.integers(0, 10_000), bit=st.integers(0, 6))
def test_a_changed_letter_of_sealed_json_is_never_another_value(table: dict[str, object], place: int, bit: int) -> None:
    text = json.dumps(table, indent=1)
    sealed = seal_json(text)
    assert json.loads(open_json(sealed, "a.json")) == table
    place %= len(sealed)
    changed = sealed[:place] + chr(ord(sealed[place]) ^ (1 << bit)) + sealed[place + 1 :]
    try:
        found = json.loads(open_json(changed, "a.json"))
    except (InputError, ValueError):
        return
    found.pop("sealed", None) if len(found) == len(table) + 1 else None
    assert found == table or set(found) - set(table)


@given(lines=st.lists(st.integers(0, 999), max_size=5), place=st.integers(0, 10_000), bit=st.integers(0, 6))
def test_a_changed_letter_of_sealed_toml_is_never_another_value(lines: list[int], place: int, bit: int) -> None:
    text = "".join(f"key{k} = {value}\n" for k, value in enumerate(lines))
    sealed = seal_toml(text)
    before = tomllib.loads(text)
    assert tomllib.loads(open_toml(sealed, "a.toml")) == before
    place %= len(sealed)
    changed = sealed[:place] + chr(ord(sealed[place]) ^ (1 << bit)) + sealed[place + 1 :]
    try:
        found = tomllib.loads(open_toml(changed, "a.toml"))
    except (InputError, ValueError):
        return
    assert found == before


def test_what_nobody_sealed_is_read_as_it_is() -> None:
    assert open_json('{"a": 1}', "a.json") == '{"a": 1}'
    assert open_toml("a = 1\r\n", "a.toml") == "a = 1\n"
    assert tomllib.loads(open_toml(seal_toml("a = 1").replace("\n", "\r\n"), "a.toml")) == {"a": 1}


def test_what_is_wrong_with_a_seal_is_said_with_what_to_do() -> None:
    with pytest.raises(InputError, match=r"review\.toml is damaged or was changed .*; put back a copy of it, or, if"):
        open_toml(seal_toml("a = 1").replace("a = 1", "a = 2"), "review.toml")


def test_results_hold_checksums_of_every_file_and_a_changed_digit_is_refused(rear_results, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(rear_results[0], folder)
    listed = dict(line.split("  ")[::-1] for line in (folder / CHECKSUMS).read_text().splitlines())
    assert set(listed) == {item.name for item in folder.iterdir()} - {CHECKSUMS}
    require_intact(folder, *listed)
    document = folder / "analysis.json"
    text = document.read_text()
    document.write_text(text.replace('"value":', '"value" :', 1))
    with pytest.raises(InputError, match=r"analysis\.json is damaged or was changed .* delete checksums\.txt"):
        load(folder)
    document.write_text(text)
    proxy = bytearray((folder / "proxy.mp4").read_bytes())
    proxy[len(proxy) // 2] ^= 1
    (folder / "proxy.mp4").write_bytes(bytes(proxy))
    with pytest.raises(InputError, match=r"proxy\.mp4 is damaged"):
        report_again(folder)
    (folder / CHECKSUMS).unlink()
    assert load(folder).metrics


def test_what_a_killed_run_left_goes_with_the_next_one_and_others_stay(tmp_path: Path) -> None:
    for name in (".out.part-abcdefgh", ".out.old-abcdefgh", ".other.part-abcdefgh", ".out.part-mine", ".out"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "analysis.json").write_text(name)
    with staging(tmp_path / "out") as folder:
        (folder / "analysis.json").write_text("new")
    left = sorted(item.name for item in tmp_path.iterdir())
    assert left == [".other.part-abcdefgh", ".out", ".out.part-mine", "out"]
    assert (tmp_path / "out" / "analysis.json").read_text() == "new"


def test_two_folders_are_exchanged_in_one_step(tmp_path: Path, monkeypatch) -> None:
    def never(self: Path, target: Path) -> None:
        raise AssertionError("a moment without either")

    with staging(tmp_path / "out") as folder:
        (folder / "analysis.json").write_text("1")
    if not _exchanged(tmp_path / "out", tmp_path / "out"):
        pytest.skip("this system can't exchange")
    monkeypatch.setattr(Path, "rename", never)
    with staging(tmp_path / "out") as folder:
        (folder / "analysis.json").write_text("2")
    assert (tmp_path / "out" / "analysis.json").read_text() == "2"
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


def test_checksums_go_with_a_new_report(tmp_path: Path) -> None:
    for text in ("1", "2"):
        with staging(tmp_path / "out") as folder:
            (folder / "analysis.json").write_text(text)
        (tmp_path / "out" / "mine.txt").write_text("mine")
        require_intact(tmp_path / "out", "analysis.json")
    assert "mine" not in (tmp_path / "out" / CHECKSUMS).read_text()
