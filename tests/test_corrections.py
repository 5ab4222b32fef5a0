"""Corrections by hand: what they move, by how much, what they never do, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.store import load
from gaitcheck.correct import remeasure
from gaitcheck.corrections import CORRECTIONS, Corrections, read_corrections
from gaitcheck.corrections.definition import kinds
from gaitcheck.corrections.file import completed, parse
from gaitcheck.corrections.level import LevelCorrection
from gaitcheck.errors import GaitcheckError, InputError, UsageError
from gaitcheck.pipeline import analyze, correct_again
from gaitcheck.request import Request
from gaitcheck.results import Results, compare
from gaitcheck.samples import sample_clip
from gaitcheck.setup import Setup

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
OTHER = {"left": "right", "right": "left", "both": "both"}


def told(analysis: Analysis, *rows: dict[str, object]) -> Corrections:
    return completed(rows, "Ann", NOW, [(clip.file, clip.sha256) for clip in analysis.clips], "corrections")


def middle(analysis: Analysis, side: str, skip: int = 3) -> float:
    """The middle of some stance of a side, playback s."""
    stance = [s for s in analysis.stances if s.side == side][skip]
    return analysis.clips[0].playback_s((stance.initial_contact_s + stance.toe_off_s) / 2)


def knee(analysis: Analysis, by_px: float, **other: object) -> dict[str, object]:
    place: dict[str, object] = {"before": (300.0, 500.0), "after": (300.0 + by_px, 500.0), "reach": "steps"}
    own = {"what": "joint", "joint": "knee", "side": "left", "at_s": middle(analysis, "left")}
    return {**own, **place, **other}


def values(analysis: Analysis) -> dict[tuple[str, str], float]:
    return {(m.name, m.side): m.value for m in analysis.metrics if m.value is not None}


@pytest.mark.parametrize("view", ["rear", "side"])
def test_without_corrections_the_first_numbers_come_again(rear_results, side_results, view: str) -> None:
    folder, first = rear_results if view == "rear" else side_results
    again = remeasure(first, folder, Corrections()).analysis
    assert values(again) == pytest.approx(values(first), abs=5e-4)
    assert again.quality == first.quality and again.findings == first.findings and again.plan == first.plan
    assert not any(m.corrected for m in again.metrics) and again.clips[0].as_analysed is None


def test_a_dragged_knee_turns_both_of_its_bones_as_geometry_says(short_results) -> None:
    """From behind a knee between two bones of half a leg each, moved across by d, bends by 2 atan(d / half a leg)."""
    folder, first = short_results
    by_px = 9.0
    moved = remeasure(first, folder, told(first, knee(first, by_px))).analysis
    half_leg = first.clips[0].leg_length_px / 2
    bends = 2 * math.degrees(math.atan(by_px / half_leg))
    for name, share in (("frontal_plane_projection_angle", 1.0), ("hip_adduction", 0.5)):
        changed = moved.metric(name, "left").value - first.metric(name, "left").value
        assert changed == pytest.approx(share * bends, rel=0.15), name
        assert moved.metric(name, "right").value == pytest.approx(first.metric(name, "right").value, abs=5e-4)


@pytest.mark.parametrize("weight", [0.25, 1.0])
def test_a_weight_is_the_share_of_the_way(short_results, weight: float) -> None:
    folder, first = short_results
    name = "frontal_plane_projection_angle"
    whole = remeasure(first, folder, told(first, knee(first, 4.0))).analysis.metric(name, "left").value
    part = remeasure(first, folder, told(first, knee(first, 4.0, weight=weight))).analysis.metric(name, "left").value
    was = first.metric(name, "left").value
    assert part - was == pytest.approx(weight * (whole - was), rel=0.05)


def test_one_frame_counts_for_one_step(short_results) -> None:
    folder, first = short_results
    name = "frontal_plane_projection_angle"
    steps = first.metric(name, "left").n_strides
    moved = {
        reach: remeasure(first, folder, told(first, knee(first, 6.0, reach=reach))).analysis.metric(name, "left")
        for reach in ("frame", "steps")
    }
    was = first.metric(name, "left").value
    assert 0 < abs(moved["frame"].value - was) < 1.2 * abs(moved["steps"].value - was) / steps
    assert moved["frame"].uncertainty["by_hand"] == pytest.approx(
        moved["steps"].uncertainty["by_hand"] / steps, rel=0.5
    )


def test_a_correction_makes_nothing_more_certain(short_results) -> None:
    """A dragged joint carries a hand's own error: half widths grow, and by no less than the hand's 95 %."""
    folder, first = short_results
    moved = remeasure(first, folder, told(first, knee(first, 5.0))).analysis
    touched = [m for m in moved.metrics if m.corrected]
    assert {m.name for m in touched} >= {"frontal_plane_projection_angle", "hip_adduction", "knee_separation"}
    for metric in touched:
        before = first.metric(metric.name, metric.side)
        assert metric.interval.half > before.interval.half and metric.value_before == before.value
    fppa = moved.metric("frontal_plane_projection_angle", "left")
    assert fppa.interval.half >= 8.0


def test_a_rejected_step_is_in_no_mean_and_stays_in_the_row(short_results) -> None:
    folder, first = short_results
    row = {"what": "step", "side": "left", "at_s": middle(first, "left")}
    moved = remeasure(first, folder, told(first, row))
    assert [s.rejected for s in moved.analysis.stances].count(True) == 1
    assert len(moved.analysis.stances) == len(first.stances)
    gone = next(s for s in moved.analysis.stances if s.rejected)
    for steps in moved.measured[0].steps:
        assert not any(c for s, c in zip(steps.stances, steps.counted, strict=True) if s.number == gone.number)
    for name in ("contact_time", "frontal_plane_projection_angle"):
        assert moved.analysis.metric(name, "left").n_strides <= first.metric(name, "left").n_strides
        assert moved.analysis.metric(name, "right").value == pytest.approx(first.metric(name, "right").value, abs=5e-4)


def test_a_moved_contact_changes_contact_time_by_its_share(short_results) -> None:
    folder, first = short_results
    stance, clip = [s for s in first.stances if s.side == "right"][2], first.clips[0]
    row = {
        "what": "contact", "event": "toe_off", "side": "right", "before": clip.playback_s(stance.toe_off_s),
        "after": clip.playback_s(stance.toe_off_s + 0.02),
    }  # fmt: skip
    moved = remeasure(first, folder, told(first, row)).analysis
    now = next(s for s in moved.stances if s.number == stance.number)
    assert now.toe_off_s == pytest.approx(stance.toe_off_s + 0.02, abs=1e-6)
    steps = first.metric("contact_time", "right").n_strides
    changed = moved.metric("contact_time", "right").value - first.metric("contact_time", "right").value
    assert 0 < changed <= 20.0 / steps + 0.5


def test_a_film_said_to_be_mirrored_is_the_other_side_s(short_results, tmp_path: Path) -> None:
    folder, first = short_results
    moved = remeasure(first, folder, told(first, {"what": "mirrored", "after": True})).analysis
    assert moved.clips[0].mirrored and "mirrored_as_told" in [note.code for note in moved.quality]
    before, after = values(first), values(moved)
    for (name, side), value in before.items():
        if first.metric(name, side).unit == "fraction":
            continue
        half = first.metric(name, side).interval.half
        assert after[name, OTHER[side]] == pytest.approx(value, abs=0.4 * half), (name, side)


def test_a_view_that_the_belt_contradicts_is_refused(short_results) -> None:
    folder, first = short_results
    with pytest.raises(InputError, match="belt carries"):
        remeasure(first, folder, told(first, {"what": "view", "after": "front"}))


def test_a_runner_who_was_not_followed_needs_the_clip(short_results) -> None:
    folder, first = short_results
    with pytest.raises(InputError, match=r"gaitcheck analyze .* --runner 2"):
        remeasure(first, folder, told(first, {"what": "runner", "after": 2}))


@given(
    roll=st.floats(-30, 30), length=st.floats(60, 900), turn=st.booleans(), along=st.sampled_from(["upright", "across"])
)
def test_a_line_along_something_upright_or_level_tells_the_roll(
    roll: float, length: float, turn: bool, along: str
) -> None:
    """A camera that leans to its right by some degrees shows what is upright leaning to the left by as much."""
    angle = math.radians(90 + roll if along == "upright" else roll)
    ends = [(500.0, 500.0), (500.0 + length * math.cos(angle), 500.0 - length * math.sin(angle))]
    one = LevelCorrection(by="Ann", on=NOW, clip="0" * 64, along=along, points=tuple(ends[::-1] if turn else ends))
    assert one.after == pytest.approx(roll, abs=1e-6)
    assert one.sd_deg > 0.5
    assert LevelCorrection.model_validate(one.model_dump()) == one


def test_levelling_moves_the_pelvis_by_as_much(short_results) -> None:
    folder, first = short_results
    lean = math.radians(2.0)
    points = [(200.0, 900.0), (200.0 - 600 * math.tan(lean), 300.0)]
    moved = remeasure(first, folder, told(first, {"what": "level", "along": "upright", "points": points})).analysis
    assert moved.clips[0].camera_roll_deg == pytest.approx(2.0, abs=0.01)
    left, right = (
        moved.metric("contralateral_pelvic_drop", s).value - first.metric("contralateral_pelvic_drop", s).value
        for s in ("left", "right")
    )
    assert left * right < 0 and abs(left - right) == pytest.approx(4.0, abs=1.5)


def test_a_second_drag_goes_on_from_where_the_first_ended(short_results) -> None:
    """Whoever drags a joint sees it where earlier drags left it: two ways are as long as one of both together."""
    folder, first = short_results
    name = "frontal_plane_projection_angle"
    place = {"before": (303.0, 500.0), "after": (308.0, 500.0)}
    twice, once = told(first, knee(first, 3.0), knee(first, 5.0, **place)), told(first, knee(first, 8.0))
    one, two = (remeasure(first, folder, c).analysis.metric(name, "left").value for c in (once, twice))
    assert two == pytest.approx(one, abs=1e-3)


def test_a_side_that_was_named_stays_that_leg_or_is_refused(short_results, tmp_path: Path) -> None:
    folder, first = tmp_path / "results", short_results[1]
    shutil.copytree(short_results[0], folder)
    Results(folder, load(folder)).correct([knee(first, 6.0)], by="Ann")
    clip = sample_clip("rear_valgus_crossover")
    with pytest.raises(InputError, match="would be the other leg"):
        analyze(Request(clips=(clip,), setup=Setup(end_s=5.4, camera_roll_deg=0.0, mirrored=True)), folder)
    with pytest.raises(InputError, match="must come before"):
        told(first, knee(first, 6.0), {"what": "legs", "from_s": 0.0, "to_s": 3600.0})
    both = [{"what": "mirrored", "after": True}, knee(first, 6.0, at_s=middle(first, "right"))]
    other = tmp_path / "other"
    shutil.copytree(short_results[0], other)
    made = Results(other, load(other)).correct(both, by="Ann").document
    assert [getattr(one, "mirrored", None) for one in made.corrections] == [None, True]


def test_a_hand_s_error_lies_on_what_the_hand_moved_alone(short_results) -> None:
    """The left knee dragged while the right foot stands moves no value of the right leg, nor makes it less sure."""
    folder, first = short_results
    moved = remeasure(first, folder, told(first, knee(first, 6.0, at_s=middle(first, "right")))).analysis
    name = "frontal_plane_projection_angle"
    assert not moved.metric(name, "right").corrected and "by_hand" not in moved.metric(name, "right").uncertainty


def test_the_first_value_is_kept_through_all_corrections(short_results, tmp_path: Path) -> None:
    folder, first = tmp_path / "results", short_results[1]
    shutil.copytree(short_results[0], folder)
    visit = Results(folder, load(folder))
    lean = [(200.0, 900.0), (200.0 - 600 * math.tan(math.radians(2.0)), 300.0)]
    visit = visit.correct([{"what": "level", "along": "upright", "points": lean}], by="Ann")
    assert visit.corrections[0].model_dump()["before"] == 0.0
    visit = visit.correct([{"what": "step", "side": "left", "at_s": middle(first, "left")}], by="Ann")
    for metric in visit.document.metrics:
        if metric.value is not None:
            assert metric.value_before == first.metric(metric.name, metric.side).value


def test_a_lost_file_loses_no_correction(corrected, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(corrected[0], folder)
    (folder / CORRECTIONS).unlink()
    visit = Results(folder, load(folder)).take_back(2)
    assert (
        [one.what for one in visit.corrections]
        == ["joint"]
        == [one.what for one in read_corrections(folder).correction]
    )


def test_a_comparison_says_that_a_visit_was_corrected(corrected, short_results) -> None:
    codes = [warning.code for warning in compare(short_results[1], corrected[1]).warnings]
    assert "corrected" in codes


NO_CONTACT = {"what": "contact", "event": "toe_off", "side": "left", "before": 0.0, "after": 0.1}
REFUSED = {
    "a contact that is not there": (NO_CONTACT, "is none"),
    "a step that is not there": ({"what": "step", "side": "left", "at_s": 3000.0}, "not there"),
    "outside the film": (
        {
            "what": "joint",
            "joint": "knee",
            "side": "left",
            "at_s": 3000.0,
            "before": (1, 1),
            "after": (9, 9),
            "reach": "frame",
        },
        "not in the measured part",
    ),
    "another place": ({"what": "view", "after": "left"}, "nothing can be measured any more"),
    "no such kind": ({"what": "hair", "after": 1}, "no correction 'hair'"),
    "no such joint": ({"what": "joint", "joint": "nose"}, "joint"),
    "an unknown field": ({"what": "mirrored", "after": True, "colour": "red"}, "colour"),
    "points too near": ({"what": "level", "along": "upright", "points": [(1.0, 1.0), (2.0, 2.0)]}, "40 px apart"),
    "nobody": ({"what": "mirrored", "after": True, "by": " "}, "by"),
    "not a number": ({"what": "slow_motion", "after": float("nan")}, "after"),
    "another clip": ({"what": "mirrored", "after": True, "clip": "f" * 64}, "another clip"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_t_be_is_refused_in_one_sentence(short_results, name: str) -> None:
    folder, first = short_results
    row, says = REFUSED[name]
    with pytest.raises(InputError, match=says) as refused:
        remeasure(first, folder, told(first, row))
    assert "\n" not in str(refused.value) and str(refused.value)[-1] in ".;"


def test_a_contact_can_t_be_moved_into_the_impossible(short_results) -> None:
    folder, first = short_results
    stance, clip = [s for s in first.stances if s.side == "left"][2], first.clips[0]
    at_s = clip.playback_s(stance.toe_off_s)
    row = {"what": "contact", "event": "toe_off", "side": "left", "before": at_s}
    for after, says in ((stance.initial_contact_s + 0.02, "stand for 20 ms"), (stance.toe_off_s + 0.12, "next step")):
        with pytest.raises(InputError, match=says):
            remeasure(first, folder, told(first, {**row, "after": clip.playback_s(after)}))


def test_sides_are_settled_before_they_are_named(short_results) -> None:
    _, first = short_results
    step, mirror = {"what": "step", "side": "left", "at_s": 1.0}, {"what": "mirrored", "after": True}
    with pytest.raises(InputError, match="must come before"):
        told(first, step, mirror)
    with pytest.raises(UsageError, match="take those back first"):
        told(first, mirror, step).without(1)
    assert len(told(first, mirror, step).without(2).correction) == 1


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: ("[[correction]]\n" + t).encode()))
def test_whatever_a_file_holds_is_read_or_refused(text: bytes) -> None:
    try:
        Corrections.model_validate({"correction": parse(text, "corrections.toml")})
    except (GaitcheckError, ValidationError):
        return


def test_every_kind_is_told_in_both_languages_and_documented() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "correct.md").read_text(encoding="utf-8")
    assert set(kinds()) == {"view", "mirrored", "slow_motion", "runner", "level", "legs", "step", "contact", "joint"}
    for name, kind in kinds().items():
        assert f"| `{name}` |" in page
        assert all(field in page for field in kind.model_fields if field not in ("what",))


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory, short_results) -> tuple[Path, Analysis]:
    """A copy of the short sample's results, corrected in three ways."""
    folder = tmp_path_factory.mktemp("corrected") / "results"
    shutil.copytree(short_results[0], folder)
    rows = [
        knee(short_results[1], 6.0, weight=0.5),
        {"what": "step", "side": "right", "at_s": middle(short_results[1], "right")},
    ]
    made = Results(folder, load(folder)).correct(rows, by="=Ann <b>#x")
    return folder, made.document


def test_corrections_stand_beside_the_document_and_in_the_report(corrected) -> None:
    folder, analysis = corrected
    assert read_corrections(folder).correction == tuple(analysis.corrections) and len(analysis.corrections) == 2
    assert load(folder) == analysis
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Corrected by hand" in page and "corrected by hand" in page and "<b>#x" not in page
    marked = analysis.metric("frontal_plane_projection_angle", "left")
    assert marked.corrected and marked.value_before is not None


def test_measuring_in_a_notebook_gives_the_corrected_numbers(corrected) -> None:
    folder, analysis = corrected
    again = {
        (e.metric, e.side): e.value
        for e in Results(folder, analysis).clips[0].measure().estimates
        if e.value is not None
    }
    assert again == pytest.approx(values(analysis), abs=5e-4)


def test_taking_all_back_gives_the_first_numbers(corrected, short_results, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(corrected[0], folder)
    visit = Results(folder, load(folder)).take_back(1).take_back(1)
    assert values(visit.document) == pytest.approx(values(short_results[1]), abs=5e-4)
    assert not visit.corrections and not any(m.corrected for m in visit.document.metrics)


def test_a_mirrored_film_turned_and_turned_back_is_the_same(short_results, tmp_path: Path) -> None:
    folder, first = tmp_path / "results", short_results[1]
    shutil.copytree(short_results[0], folder)
    visit = Results(folder, load(folder)).correct([{"what": "mirrored", "after": True}], by="Ann")
    assert visit.document.clips[0].mirrored and (folder / "first.mp4").is_file()
    again = remeasure(visit.document, folder, visit._with([], "")).analysis
    assert values(again) == pytest.approx(values(visit.document), abs=5e-4)
    back = visit.take_back(1).document
    assert values(back) == pytest.approx(values(first), abs=5e-4)
    assert not (folder / "first.mp4").exists()


def test_a_new_analysis_of_the_same_clip_keeps_them_and_another_clip_refuses_them(corrected, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(corrected[0], folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(InputError, match="another clip"):
        analyze(Request(clips=(sample_clip("left_overstriding"),)), folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    again = analyze(
        Request(clips=(sample_clip("rear_valgus_crossover"),), setup=Setup(end_s=5.4, camera_roll_deg=0.0)), folder
    )
    assert [one.what for one in again.corrections] == ["joint", "step"]
    name = "frontal_plane_projection_angle"
    assert again.metric(name, "left").value == pytest.approx(corrected[1].metric(name, "left").value, abs=5e-3)
    assert (folder / CORRECTIONS).read_bytes() == before[CORRECTIONS]


def test_a_signed_off_report_is_not_corrected(corrected, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(corrected[0], folder)
    (folder / "review.toml").write_text('by = "Ann"\ndate = 2026-11-26\n', encoding="utf-8")
    with pytest.raises(UsageError, match="signed off"):
        correct_again(folder, Corrections())


def test_drawn_joints_go_where_they_were_dragged(short_results) -> None:
    """The picture shows the knee where the hand put it, in that frame and in the other steps."""
    folder, first = short_results
    at_s = middle(first, "left")
    frame = int(np.abs(np.arange(first.clips[0].frames) / 60.0 - first.clips[0].start_s - at_s).argmin())
    before, after = (
        remeasure(first, folder, told(first, *rows)).measured[0].joints.pixels[:, 25]
        for rows in ((), (knee(first, 8.0),))
    )
    assert (after - before)[frame] == pytest.approx([8.0, 0.0], abs=1.5)
