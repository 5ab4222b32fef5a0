"""Changes between visits, and histories: real, within noise, or can't tell; never a change out of noise."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.analysis import Analysis
from gaitcheck.analysis.document import StancePhase
from gaitcheck.board.histories import write_histories
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.progress.change import Pair, compare_visits, judge_change
from gaitcheck.progress.checkins import CheckinAnswers, record
from gaitcheck.progress.compare import compare_text, contact_pairs, write_comparison
from gaitcheck.progress.history import pain_trend, read_visits
from gaitcheck.wording import load_wording
from tests import cases

EVIDENCE, WORDING = load_evidence(), load_wording()
FPPA, DROP = "frontal_plane_projection_angle", "contralateral_pelvic_drop"


def visit(**changes: Any) -> Analysis:
    """The written runner with a knee turning in, on a day of her own."""
    analysis = cases.visit(cases.stories()["02_valgus_only"])
    day = changes.pop("day", dt.date(2026, 10, 1))
    values: dict[tuple[str, str], tuple[float, float]] = changes.pop("values", {})
    metrics = []
    for m in analysis.metrics:
        if (m.name, m.side) in values:
            value, half = values[m.name, m.side]
            m = m.model_copy(update={"value": value, "ci95_low": value - half, "ci95_high": value + half})
        metrics.append(m)
    clip = analysis.clips[0].model_copy(update={"sha256": str(day), **changes.pop("clip", {})})
    about = analysis.visit.model_copy(update={"filmed_on": day, "shoes": changes.pop("shoes", "Pegasus")})
    who = analysis.athlete.model_copy(update={"name": "Ann", "speed_kmh": 10.0, **changes.pop("athlete", {})})
    update = {"metrics": metrics, "clips": [clip], "visit": about, "athlete": who, **changes}
    return analysis.model_copy(update=update)


LATER = dt.date(2026, 11, 1)


def verdicts(old: Analysis, new: Analysis) -> dict[tuple[str, str], str]:
    return {(c.metric, c.side): c.verdict for c in compare_visits(old, new, EVIDENCE).changes}


def test_the_interval_of_a_difference_is_closed_form() -> None:
    found = judge_change(Pair("cadence", (160.0, 157.0, 163.0), (170.0, 166.0, 174.0)), EVIDENCE)
    assert found.difference == 10.0 and found.own == pytest.approx(5.0)
    assert (found.low, found.high) == pytest.approx((5.0, 15.0))
    assert found.verdict == "real"


def test_chance_calls_a_change_in_one_of_twenty() -> None:
    rng = np.random.default_rng(1)
    half = 1.96
    calls = [
        judge_change(Pair("cadence", (a, a - half, a + half), (b, b - half, b + half)), EVIDENCE).verdict
        for a, b in rng.normal(160.0, 1.0, (4000, 2))
    ]
    assert 0.04 < calls.count("real") / len(calls) < 0.06


@given(*(st.floats(-50, 50) for _ in range(2)), *(st.floats(0, 20) for _ in range(4)))
def test_swapping_the_visits_turns_the_sign_and_no_verdict(
    a: float, b: float, al: float, ah: float, bl: float, bh: float
) -> None:
    there = judge_change(Pair(DROP, (a, a - al, a + ah), (b, b - bl, b + bh)), EVIDENCE)
    back = judge_change(Pair(DROP, (b, b - bl, b + bh), (a, a - al, a + ah)), EVIDENCE)
    assert back.difference == -there.difference and back.verdict == there.verdict
    assert back.low == pytest.approx(-there.high) and there.low <= there.difference <= there.high


def test_beyond_the_noise_but_below_what_2_d_video_detects_is_open() -> None:
    old = visit(values={(DROP, "left"): (6.0, 0.5)})
    new = visit(day=LATER, values={(DROP, "left"): (7.5, 0.5)})
    change = next(c for c in compare_visits(old, new, EVIDENCE).changes if (c.metric, c.side) == (DROP, "left"))
    assert change.verdict == "open" and change.reasons == ("below_literature",)


@pytest.mark.parametrize(("value", "way"), [(6.0, "toward"), (22.0, "away")])
def test_a_real_change_has_a_direction(value: float, way: str) -> None:
    old = visit(values={(FPPA, "right"): (14.0, 2.0)})
    new = visit(day=LATER, values={(FPPA, "right"): (value, 2.0)})
    found = compare_visits(old, new, EVIDENCE)
    assert [(c.metric, c.side, c.way) for c in found.of("real")] == [(FPPA, "right", way)]


@pytest.mark.parametrize(
    ("changes", "warned", "blocked"),
    [
        ({"clip": {"view": "front"}}, "view", "view"),
        ({"athlete": {"speed_kmh": 13.0}}, "speed", "speed"),
        ({"athlete": {"speed_kmh": None}}, "speed_unknown", None),
        ({"shoes": "Vaporfly"}, "shoes", None),
        ({"shoes": ""}, "shoes_unknown", None),
        ({"clip": {"camera": "Apple iPhone 12"}}, "camera", None),
        ({"clip": {"width": 1080, "height": 1920}}, "camera", None),
        ({"clip": {"oblique_deg": 14.0}}, "camera_place", None),
        ({"clip": {"sha256": "2026-10-01"}}, "same_clip", None),
        ({"day": dt.date(2026, 10, 1), "clip": {"sha256": "x"}}, "same_day", None),
        ({"day": dt.date(2026, 9, 1)}, "order", None),
        ({"athlete": {"name": "Ben"}}, "another_name", None),
        ({"clip": {"model_sha256": "x"}}, None, "model"),
    ],
)
def test_what_differs_besides_the_runner_is_told(
    changes: dict[str, Any], warned: str | None, blocked: str | None
) -> None:
    old = visit(values={(FPPA, "right"): (14.0, 2.0)})
    new = visit(**{"day": LATER, "values": {(FPPA, "right"): (3.0, 2.0)}, **changes})
    found = compare_visits(old, new, EVIDENCE)
    codes = [w.code for w in found.warnings]
    assert (warned in codes) if warned else True
    change = next(c for c in found.changes if (c.metric, c.side) == (FPPA, "right"))
    assert change.verdict == ("open" if blocked else "real")
    assert (blocked in change.reasons) if blocked else not change.reasons
    text = compare_text(found, [], WORDING)
    assert len(text.warnings) == len(codes) and "{" not in json.dumps(asdict(text)["warnings"])


def test_alike_visits_warn_of_nothing() -> None:
    assert not compare_visits(visit(), visit(day=LATER), EVIDENCE).warnings


def test_another_error_model_can_t_be_compared() -> None:
    new = visit(day=LATER)
    newer = new.model_copy(update={"provenance": new.provenance.model_copy(update={"error_model_version": 9})})
    found = compare_visits(visit(), newer, EVIDENCE)
    assert not found.of("real") and not found.of("noise")
    assert "error model" in compare_text(found, [], WORDING).headline


def _stances(*contacts: tuple[str, float]) -> list[StancePhase]:
    return [
        StancePhase(clip=0, number=k, side=side, initial_contact_s=t, toe_off_s=t + 0.2)  # type: ignore[arg-type]
        for k, (side, t) in enumerate(contacts)
    ]


def test_contacts_are_paired_foot_by_foot() -> None:
    old = _stances(("left", 0.1), ("right", 0.5), ("left", 0.9))
    new = _stances(("right", 0.0), ("left", 0.3), ("right", 0.6), ("left", 1.0), ("right", 1.3))
    assert contact_pairs(old, new) == ((0.1, 0.3), (0.5, 0.6), (0.9, 1.0))
    lost = _stances(("left", 0.3), ("left", 1.0), ("right", 1.3))
    assert contact_pairs(old, lost) == ((0.1, 0.3),)
    assert contact_pairs(old, []) == ()


def test_two_visits_become_a_page_and_a_pdf(rear_results: tuple[Path, Analysis], tmp_path: Path) -> None:
    folder, _ = rear_results
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    table = json.loads((other / "analysis.json").read_text())
    table["visit"]["filmed_on"] = "2026-01-01"
    (other / "checksums.txt").unlink()
    (other / "analysis.json").write_text(json.dumps(table))
    out = tmp_path / "out"
    write_comparison(other, folder, out)
    assert sorted(p.name for p in out.iterdir()) == ["compare.html", "compare.pdf", "new_1.mp4", "old_1.mp4"]
    page = (out / "compare.html").read_text()
    assert "<b>#let" not in page and "&lt;b&gt;#let" in page and "https://" not in page
    text = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(out / "compare.pdf").pages).split())
    assert "No value changed" in text and "1 January 2026" in text
    for metric in ("Cadence", "Pelvic drop"):
        assert metric in text and metric in page
    write_comparison(other, folder, out)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    with pytest.raises(UsageError, match="holds other files"):
        write_comparison(other, folder, tmp_path / "mine")


def _save(folder: Path, analysis: Analysis) -> None:
    folder.mkdir(parents=True)
    (folder / "analysis.json").write_text(analysis.to_json(), encoding="utf-8")


def test_a_history_tells_trends_events_and_what_comes_next(tmp_path: Path) -> None:
    for k, (month, value) in enumerate(((6, 15.0), (8, 11.0), (10, 6.0))):
        day = dt.date(2026, month, 1)
        _save(tmp_path / str(day), visit(day=day, values={(FPPA, "right"): (value, 2.0)}, shoes="AB"[k > 1]))
    record(tmp_path / "2026-06-01", CheckinAnswers(pain=("2",), done=("90",), effort=("3",)), dt.date(2026, 11, 16))
    (path,) = write_histories(tmp_path)
    assert path == tmp_path / "progress.pdf" and not (tmp_path / "gaitcheck_index.sqlite").exists()
    reader = pypdf.PdfReader(path)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(reader.pages) == 2
    for words in (
        "toward what is typical",
        "From here the plan's cue is: quicker steps",
        "Other shoes: B",
        "Check-in 1",
        "Film again on",
        "\N{MINUS SIGN}9.0",
    ):
        assert words in text, words


def test_pain_is_drawn_from_visits_and_check_ins_in_the_order_of_days(tmp_path: Path) -> None:
    days = (dt.date(2026, 6, 1), dt.date(2026, 10, 1))
    for day in days:
        _save(tmp_path / str(day), visit(day=day))
    first = [tmp_path / str(day) for day in days]
    told = visit().situation.in_running
    assert told is not None
    record(first[0], CheckinAnswers(pain=("1",), done=("90",), effort=("3",)), dt.date(2026, 6, 16))
    trend = pain_trend(read_visits(first), EVIDENCE, WORDING)
    assert trend is not None and trend.axis == (0, 10) and trend.high == EVIDENCE.pain_rule.running_highest
    assert [(p.day.month, p.value) for p in trend.points] == [(6, told), (6, 1), (10, told)]
    silent = visit().situation.model_copy(update={"running": None, "worst": None})
    _save(tmp_path / "silent", visit(situation=silent))
    assert pain_trend(read_visits([tmp_path / "silent", first[1]]), EVIDENCE, WORDING) is None


def test_thirty_visits_are_two_pages_still(tmp_path: Path) -> None:
    for k in range(30):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=30 * k)
        _save(tmp_path / f"{k:02d}", visit(day=day, shoes=str(k)))
    (path,) = write_histories(tmp_path)
    reader = pypdf.PdfReader(path)
    assert len(reader.pages) == 2 and "18 earlier visits" in reader.pages[1].extract_text()


def test_what_is_no_history_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no results"):
        write_histories(tmp_path)
    _save(tmp_path / "a", visit())
    with pytest.raises(InputError, match="only one visit"):
        write_histories(tmp_path)
    with pytest.raises(InputError, match="Ann"):
        write_histories(tmp_path, "Zoe")
    (tmp_path / "a" / "analysis.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        write_histories(tmp_path)


def test_what_both_visits_share_does_not_hide_a_change() -> None:
    """What is allowed for pictures of another kind is the same in both visits, and is taken off their difference."""
    whole = float(np.hypot(3.0, 1.96 * 2.0))

    def own(shared: float) -> float:
        visits = []
        for value, day in ((12.0, dt.date(2026, 10, 1)), (2.0, LATER)):
            one = visit(day=day, values={(DROP, "left"): (value, whole)})
            parts = {"uncertainty": {"other_pictures": shared}}
            metrics = [m.model_copy(update=parts) if m.name == DROP else m for m in one.metrics]
            visits.append(one.model_copy(update={"metrics": metrics}))
        found = compare_visits(visits[0], visits[1], EVIDENCE).changes
        change = next(c for c in found if (c.metric, c.side) == (DROP, "left"))
        assert change.difference is not None
        return change.difference.own

    assert own(2.0) == pytest.approx(np.hypot(3.0, 3.0))
    assert own(0.0) == pytest.approx(np.hypot(whole, whole))
