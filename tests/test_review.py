"""Sign-off: the coach's words are marked as hers, survive a re-run, and never touch a number."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.review import Edit, Review, Strike, numbers_in, read_review, reviewed
from gaitcheck.board.sign_off import SignOff, sign_off
from gaitcheck.errors import InputError, UsageError
from gaitcheck.pipeline import report_again
from gaitcheck.report.write import content_of
from tests import cases

TODAY = dt.date(2026, 11, 24)
VALGUS = "02_valgus_only"


def _review(**changes: object) -> Review:
    return Review.model_validate({"by": "Sam", "date": TODAY, **changes})


@pytest.fixture
def results(rear_results: tuple[Path, Analysis], tmp_path: Path) -> Path:
    """A copy of the rear sample's results."""
    shutil.copytree(rear_results[0], tmp_path / "results")
    return tmp_path / "results"


def _pdf(folder: Path) -> str:
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(folder / "report.pdf").pages).split())


def test_note_strike_and_edit_appear_as_the_coach_s(results: Path) -> None:
    before = (results / "analysis.json").read_bytes()
    analysis = load(results)
    first = analysis.findings[0]
    _, content = content_of(analysis, None)
    sentence = content.findings[1].sentence
    sign_off(
        results,
        SignOff(
            "Sam <i>", "Looks well.\nSee you = soon", (f"{first.risk_factor}:{first.side}=old injury",),
            ((sentence, "Look here first, together."),),
        ),
        TODAY,
    )  # fmt: skip
    assert (results / "analysis.json").read_bytes() == before
    text, page = _pdf(results), (results / "report.html").read_text(encoding="utf-8")
    told = ("Reviewed by Sam <i> on 2026-11-24", "Looks well.", "old injury", "first, together. (words of Sam <i>)")
    assert [words for words in told if words not in text] == []
    assert "<i>" not in page.replace("&lt;i&gt;", "") and "Look here first, together." in page
    review = read_review(results)
    left = {(f.risk_factor, f.side) for f in reviewed(analysis, review).findings}
    assert (first.risk_factor, first.side) not in left
    rows = [content_of(analysis, x)[1].rows for x in (None, review)]
    shown = [[(r.name, r.side, r.shown, r.interval, r.rating) for r in own] for own in rows]
    assert shown[0] == shown[1]


def test_a_sign_off_survives_another_report_and_adds_to_itself(results: Path) -> None:
    sign_off(results, SignOff("Sam", "First."), TODAY)
    report_again(results)
    assert "First." in _pdf(results)
    finding = load(results).findings[0]
    sign_off(results, SignOff("Kim", None, (f"{finding.risk_factor}:{finding.side}",)), TODAY)
    review = read_review(results)
    assert review is not None and (review.by, review.note, len(review.strike)) == ("Kim", "First.", 1)


def test_it_survives_a_new_analysis(rear_results: tuple[Path, Analysis], results: Path, tmp_path: Path) -> None:
    from gaitcheck.pipeline import analyze
    from gaitcheck.request import Request
    from gaitcheck.samples import sample_clip
    from gaitcheck.setup import Setup

    sign_off(results, SignOff("Sam", "Kept over a new analysis."), TODAY)
    setup = Setup(camera_roll_deg=0.0, end_s=4.0)
    analyze(Request(clips=(sample_clip("rear_valgus_crossover"),), setup=setup), results)
    assert read_review(results) is not None and "Kept over a new analysis." in _pdf(results)


def test_with_everything_struck_the_headline_says_so() -> None:
    analysis = cases.visit(cases.stories()[VALGUS])
    strikes = tuple(Strike(finding=f.risk_factor, side=f.side) for f in analysis.findings)
    _, content = content_of(analysis, _review(strike=strikes))
    assert not content.findings and "set its findings aside" in content.headline
    assert content.plan.cue is None or content.plan.cue.name != "mirror_knees_apart"


def test_a_warning_sign_can_t_be_signed_away() -> None:
    story = next(s for s in cases.stories() if cases.visit(cases.stories()[s]).situation.flags)
    analysis = cases.visit(cases.stories()[story])
    _, plain = content_of(analysis, None)
    edits = tuple(
        Edit(sentence=s, instead="All is well.") for s in (plain.plan.opening, plain.stop) if not numbers_in(s)
    )
    _, content = content_of(analysis, _review(edit=edits))
    assert content.plan.opening == plain.plan.opening and content.stop == plain.stop
    assert content.signed is not None and len(content.signed.unused) == len(edits)


def test_numbers_can_t_be_edited(tmp_path: Path) -> None:
    (tmp_path / "review.toml").write_text(
        'by = "Sam"\ndate = 2026-11-24\n[[edit]]\nsentence = "Run 20 minutes."\ninstead = "Run 40 minutes."\n'
    )
    with pytest.raises(InputError, match="other numbers"):
        read_review(tmp_path)


HEAD = 'by = "x"\ndate = 2026-11-24\n'


BROKEN = [
    "by = 3",
    "by = 'x'",
    "[",
    "\x00",
    "by = " + "[" * 5000,
    "by = " + "9" * 5000,
    f"{HEAD}value = 3",
    f'{HEAD}[[strike]]\nfinding = "a"\nside = "up"',
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_review_that_can_t_be_read_is_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.toml").write_text(text)
    with pytest.raises(InputError, match=r"review\.toml"):
        read_review(tmp_path)


LETTERS = st.characters(exclude_characters="\r", exclude_categories=("Cs",))
TEXT = st.text(LETTERS, min_size=1, max_size=60)


@given(TEXT, TEXT, TEXT)
def test_every_text_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, by: str, note: str, sentence: str
) -> None:
    folder = tmp_path_factory.mktemp("review")
    review = _review(by=by, note=note, edit=[{"sentence": sentence, "instead": sentence}])
    (folder / "review.toml").write_text(review.to_toml(), encoding="utf-8", newline="")
    assert read_review(folder) == review


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (SignOff("Sam"), "Say something"),
        (SignOff("S" * 130, "x"), "Too long"),
        (SignOff("Sam", "x" * 5000), "Too long"),
        (SignOff("Sam", edit=(("", ""),)), "Too long"),
        (SignOff("Sam", strike=("knee_valgus",)), "write it like"),
        (SignOff("Sam", strike=("moonwalk:left",)), "no finding of this visit"),
        (SignOff("Sam", edit=(("No such sentence.", "x"),)), "no sentence of this report"),
        (SignOff("Sam", edit=(("Run 3 km.", "Run 4 km."),)), "other numbers"),
    ],
)
def test_what_can_t_be_signed_is_refused_and_nothing_written(results: Path, said: SignOff, words: str) -> None:
    report = (results / "report.pdf").read_bytes()
    with pytest.raises(UsageError, match=words):
        sign_off(results, said, TODAY)
    assert not (results / "review.toml").exists() and (results / "report.pdf").read_bytes() == report


def test_the_command_signs(results: Path) -> None:
    command = [sys.executable, "-m", "gaitcheck.cli", "sign-off", str(results), "--by", "Sam", "--note", "Well run."]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "Signed off" in done.stdout
    assert json.loads((results / "analysis.json").read_text())["athlete"]["name"].startswith("=Ann")
