"""One page for a professional to fill in: what was measured is ticked, what a phone cannot see is left blank."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence
from gaitcheck.report.content.bars import Bar
from gaitcheck.report.content.plan_text import pain_told
from gaitcheck.wording import Wording


@dataclass(frozen=True)
class Ticked:
    """One side of one measure: whether it is at least likely outside what is typical; None where it can't be told."""

    outside: bool | None
    said: str


@dataclass(frozen=True)
class FormRow:
    """One measure with both sides, or one value for both."""

    title: str
    left: Ticked | None
    right: Ticked | None
    both: Ticked | None


@dataclass(frozen=True)
class Form:
    """The page's words; ``about`` says whose it is, where it hurts and what was asked."""

    heading: str
    intro: str
    about: list[str]
    header: list[str]
    within: str
    outside: str
    cant_tell: str
    left: str
    right: str
    seen: list[FormRow]
    blanks: list[str]
    lines: list[str]
    checks: list[str]
    signature: list[str]


OUTSIDE = {"clearly_outside": True, "slightly_outside": True, "typical": False}


def _pain(analysis: Analysis, wording: Wording) -> str:
    """Pain as it was told, in one line."""
    words, intake = wording.report["form_about"], analysis.intake
    if intake is None or intake.pain.worst_week is None:
        return str(words["pain_unknown"])
    if not intake.pain.worst_week:
        return str(words["no_pain"])
    return str(words["pain"]).format(told=pain_told(intake.pain, wording))


def _facts(analysis: Analysis, wording: Wording) -> list[str]:
    """Other answers that an examination begins with, in one line, if there are any."""
    words, intake = wording.report["form_about"], analysis.intake
    if intake is None:
        return []
    pain, km, shoes = intake.pain, intake.training.km_per_week, intake.shoes.km
    morning = wording.intake["choices"].get(pain.next_morning or "", pain.next_morning)
    told = [
        words["settles" if pain.settles_within_hour else "settles_not"] if pain.settles_within_hour is not None else "",
        words["morning"].format(answer=morning) if morning else "",
        words["stairs"].format(score=pain.stairs, squatting=pain.squatting)
        if pain.stairs is not None and pain.squatting is not None
        else "",
        words["week"].format(km=f"{km:g}") if km is not None else "",
        words["shoes"].format(km=f"{shoes:g}") if shoes is not None else "",
    ]
    return [words["facts"].format(told=", ".join(part for part in told if part))] if any(told) else []


def _flags(analysis: Analysis, evidence: Evidence, wording: Wording) -> str:
    """What was asked about warning signs, and what was answered."""
    words, situation = wording.report["form_about"], analysis.situation
    if situation.flags:
        return str(words["flags"]).format(names="; ".join(wording.red_flags[flag.name] for flag in situation.flags))
    asked = len(evidence.asked_flags)
    answered = 0 if analysis.intake is None else len(analysis.intake.red_flags)
    kind = "no_flags" if situation.all_flags_answered else "flags_open" if answered else "flags_unasked"
    return str(words[kind].format(n=answered, all=asked))


def make_form(bars: list[Bar], analysis: Analysis, evidence: Evidence, wording: Wording) -> Form:
    """The page for what the bars show."""
    words, seen = wording.report["form"], []
    for bar in bars:
        ticks = {s.side_code: Ticked(OUTSIDE.get(s.rating_code), s.compact) for s in bar.sides}
        seen.append(FormRow(bar.title, ticks.get("left"), ticks.get("right"), ticks.get("both")))
    about = [_pain(analysis, wording), *_facts(analysis, wording), _flags(analysis, evidence, wording)]
    return Form(seen=seen, about=about, cant_tell=wording.words["cant_tell"], **words)
