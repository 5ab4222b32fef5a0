"""Rosters: everything wrong with one is said at once, with its place, and nothing of it is trusted."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import openpyxl.styles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.errors import GaitcheckError, InputError
from gaitcheck.fleet.roster import RosterError, folder_name, read_roster, same_name
from tests.clubs import clips


def _roster(folder: Path, text: str, encoding: str = "utf-8", name: str = "roster.csv") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def _problems(path: Path) -> str:
    with pytest.raises(RosterError) as found:
        read_roster(path)
    return "\n".join(found.value.problems)


def test_every_problem_is_told_at_once_with_row_and_column(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4", "b.mp4")
    path = _roster(
        tmp_path,
        "Name,Clips,Height (cm),Sex,Speed,Shoe size,Date\n"
        "=HYPERLINK(1),a.mp4,171,F,10,,\n"
        "Ann,a.mp4,17,x,99,,2026-13-01\n"
        "Ben,../b.mp4;gone.mp4,,,,,\n"
        ",b.mp4,,,,,\n"
        "Cleo,,,,,,\n",
    )
    told = _problems(path)
    for place in (
        "row 1, column F", "row 2, column athlete (A2)", "row 3, column height_cm (C3)", "row 3, column sex (D3)",
        "row 3, column speed_kmh (E3)", "row 3, column date (G3)", "row 4, column clips (B4)", "row 5: ", "row 6: ",
    ):  # fmt: skip
        assert place in told, told
    assert "outside" in told and "gone.mp4" in told
    assert "no name" not in told.split("row 5")[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("athlete,clips,height_cm\nZoë,a.mp4,171.5\n", "utf-8"),
        ("athlete,clips,height_cm\r\nZoë,a.mp4,171.5\r\n,,\r\n", "utf-8-sig"),
        ("athlete;clips;height_cm\r\nZoë;a.mp4;171,5\r\n", "cp1252"),
        ("sep=;\r\nathlete;clips;Height (cm)\r\nZoë;a.mp4;171,5 cm\r\n", "utf-8"),
        ("athlete\tclips\theight\r\nZoë\ta.mp4\t171.5\r\n", "utf-16"),
        ('"athlete";"clips";"height_cm"\r\n"Zoë";"a.mp4";"171,5"\r\n', "utf-8"),
    ],
)
def test_what_spreadsheets_make_of_a_csv_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    clips(tmp_path, "a.mp4")
    entry = read_roster(_roster(tmp_path, text, encoding)).entries[0]
    assert (entry.athlete, entry.height_cm, entry.clips[0].name) == ("Zoë", 171.5, "a.mp4")


def _book(folder: Path, rows: list[list[object]], merge: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


def test_a_workbook_is_read_and_its_numbers_and_days_are_cells(tmp_path: Path) -> None:
    import datetime as dt

    clips(tmp_path, "a.mp4")
    rows = [["Athlete", "Clips", "Height", "Speed", "Date"], ["Ann", "a.mp4", 171, 10.5, dt.datetime(2026, 11, 3)]]
    entry = read_roster(_book(tmp_path, rows)).entries[0]
    assert (entry.height_cm, entry.speed_kmh, entry.day) == (171.0, 10.5, "2026-11-03")


def test_a_workbook_s_formulas_and_merged_cells_are_refused(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4", "b.mp4")
    rows = [["Athlete", "Clips", "Group"], ["=1+1", "a.mp4", "U18"], ["Ben", "b.mp4", None]]
    told = _problems(_book(tmp_path, rows, "C2:C3"))
    assert "formula" in told and "A2" in told and "merged" in told and "C2:C3" in told


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Ann,a.mp4,\nann ,b.mp4,", "there already"),
        ("Ann,a.mp4,2026-11-03\nAnn,b.mp4,2026-11-03", "two visits on 2026-11-03"),
        ("Ann,a.mp4,\nBen,a.mp4,", "same clip"),
        ("Ann,a.mp4;a.mp4,", "same clip"),
        ("Ann,a.mp4,\nBen,copy.mp4,", "same clip"),
        ("A/nn,a.mp4,\nBen,b.mp4,2099-01-01", "no day up to today"),
    ],
)
def test_what_cannot_be_one_visit_each_is_refused(tmp_path: Path, rows: str, words: str) -> None:
    clips(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    assert words in _problems(_roster(tmp_path, f"athlete,clips,date\n{rows}\n"))


def test_two_visits_on_one_day_have_a_spelling(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4", "b.mp4")
    path = _roster(tmp_path, "athlete,clips,date\nAnn,a.mp4,2026-11-03\nAnn,b.mp4,2026-11-03_2\n")
    assert [entry.day for entry in read_roster(path).entries] == ["2026-11-03", "2026-11-03_2"]


def test_a_folder_is_a_roster(tmp_path: Path) -> None:
    clips(tmp_path, "ann_rear.mp4", "ann-side.MOV.mp4", "Ben rear 2.mp4", "Ben_left.mp4", "IMG_0042.mp4")
    clips(tmp_path / "Zoë", "x.mp4")
    clips(tmp_path / "Zoë" / "2026-10-01", "y.mp4", "z.mp4")
    (tmp_path / "Zoë" / "answers.toml").write_text("")
    (tmp_path / "nobody").mkdir()
    (tmp_path / "._x.mp4").write_bytes(b"1")
    (tmp_path / "photo.jpg").write_bytes(b"1")
    roster = read_roster(tmp_path)
    found = {(e.athlete, e.day): [c.name for c in e.clips] for e in roster.entries}
    assert found == {
        ("Zoë", None): ["x.mp4"],
        ("Zoë", "2026-10-01"): ["y.mp4", "z.mp4"],
        ("Ben", None): ["Ben rear 2.mp4", "Ben_left.mp4"],
        ("IMG_0042", None): ["IMG_0042.mp4"],
        ("ann", None): ["ann_rear.mp4"],
        ("ann-side.MOV", None): ["ann-side.MOV.mp4"],
    }
    assert roster.empty == ("nobody",) and roster.left_alone == 1
    assert next(e for e in roster.entries if e.day is None and e.athlete == "Zoë").intake is not None


def test_results_inside_the_folder_are_no_athletes(tmp_path: Path) -> None:
    clips(tmp_path, "ann.mp4")
    clips(tmp_path / "club", "overlay.mp4")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "analysis.json").write_text("{}")
    clips(tmp_path / "old", "proxy.mp4")
    assert [e.athlete for e in read_roster(tmp_path, tmp_path / "club").entries] == ["ann"]


def test_holiday_photos_are_no_roster_and_are_not_read(tmp_path: Path) -> None:
    for k in range(300):
        with (tmp_path / f"IMG_{k}.jpg").open("wb") as stream:
            stream.truncate(10_000_000)
    with pytest.raises(InputError, match=r"holds no clips .300 other files"):
        read_roster(tmp_path)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    clips(tmp_path / "elsewhere", "a.mp4")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "a.mp4").symlink_to(tmp_path / "elsewhere" / "a.mp4")
    assert "outside" in _problems(inside)


def test_links_deeper_in_lead_out_no_more_than_above(tmp_path: Path) -> None:
    clips(tmp_path / "elsewhere", "a.mp4")
    inside = clips(tmp_path / "in" / "Zoe", "b.mp4")
    (inside / "a.mp4").symlink_to(tmp_path / "elsewhere" / "a.mp4")
    (inside / "2026-01-01").symlink_to(tmp_path / "elsewhere")
    (inside / "loop").symlink_to("loop")
    told = _problems(tmp_path / "in")
    assert told.count("outside") == 3


@pytest.mark.parametrize("name", ["\x1b[31mZoe\nBob: done", "x" * 201])
def test_folder_names_are_checked_like_cells(tmp_path: Path, name: str) -> None:
    clips(tmp_path / "in" / name, "a.mp4")
    told = _problems(tmp_path / "in")
    assert "\x1b" not in told and ("can't be printed" in told or "more than 200" in told)


def test_a_huge_cell_is_one_problem_among_others(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4")
    told = _problems(_roster(tmp_path, f"athlete,clips,sex\nZoe,{'a' * 5000},x\n"))
    assert "row 2, column clips (B2)" in told and "row 2, column sex (C2)" in told and len(told) < 1000


def test_empty_rows_count_for_nothing(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4")
    assert len(read_roster(_roster(tmp_path, "athlete,clips\nZoe,a.mp4\n" + ",\n" * 21_000)).entries) == 1
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["athlete", "clips"])
    sheet.append(["Zoe", "a.mp4"])
    sheet["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "far.xlsx")
    assert len(read_roster(tmp_path / "far.xlsx").entries) == 1


@pytest.mark.parametrize("name", ["gone", "x.pdf", "empty.csv", "bin.csv", "no.xlsx", "head.csv"])
def test_what_is_no_roster_is_one_sentence(tmp_path: Path, name: str) -> None:
    content = {"x.pdf": b"%PDF", "empty.csv": b"", "bin.csv": b"\x00\x01\xff" * 50, "no.xlsx": b"PK"}
    content["head.csv"] = b"athlete,clips\n"
    if name in content:
        (tmp_path / name).write_bytes(content[name])
    with pytest.raises(InputError):
        read_roster(tmp_path / name)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("r.csv", "r.xlsx"):
        (folder / name).write_bytes(data)
        with pytest.raises(GaitcheckError):
            read_roster(folder / name)


@given(st.text(max_size=90))
def test_every_name_has_a_safe_folder_of_its_own(name: str) -> None:
    made = folder_name(name)
    assert made and made not in (".", "..") and not set(made) & set('/\\:*?"<>|\0\n') and len(made) <= 80
    assert not made.startswith(".") and not made.endswith((".", " "))


@given(st.text(max_size=20), st.text(max_size=20))
def test_names_that_differ_share_no_folder_by_cleaning(a: str, b: str) -> None:
    if same_name(a) != same_name(b) and folder_name(a) == folder_name(b):
        assert a.strip() == b.strip()
