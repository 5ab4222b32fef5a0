"""A check-in in words: how it went, why, and the next two weeks, for the terminal and for one printed page."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gaitcheck.advice.checkin import HIGHEST_LEVEL, Checkin, Step
from gaitcheck.advice.plan import CHECKIN_WEEKS
from gaitcheck.advice.running_week import OwnWeek
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.report.content.localised import localised
from gaitcheck.report.content.plan_text import dose_text, flags_text, pain_rule_text, week_text
from gaitcheck.report.typesetting import TEMPLATES, typeset
from gaitcheck.wording import Wording, load_wording

MATTERS = 2
"""Least change of pain, of 10, that a runner notices (Crossley 2004)."""


@dataclass(frozen=True)
class CheckinText:
    """One check-in. ``outcome``, ``flags`` and ``cue`` may be empty."""

    title: str
    flags: str
    outcome: str
    reason: str
    running: list[str]
    cue: str
    exercises: list[str]
    rule: str
    after: str

    def lines(self) -> list[str]:
        """Line by line, as the terminal shows it."""
        parts = [self.title, self.flags, self.outcome, self.reason, *self.running, self.cue, *self.exercises]
        return [line for line in (*parts, self.rule, self.after) if line]


class _Writer:
    """Words for one check-in; the reason of the load is told once, others only where they differ."""

    def __init__(self, checkin: Checkin, own: OwnWeek | None, evidence: Evidence, wording: Wording) -> None:
        self._checkin, self._own, self._evidence, self._wording = checkin, own, evidence, wording
        self._text, self._rules, self._moves = (wording.checkin[name] for name in ("text", "rules", "moves"))
        self._main = next(step.rule for step in checkin.steps if step.what == "load")

    def outcome(self) -> str:
        """How pain has changed, in one line."""
        before, now = self._checkin.pain_before, self._checkin.report.pain
        if before is None or now is None:
            return ""
        kind = "same" if now == before else "better" if now < before else "worse"
        small = kind != "same" and abs(now - before) < MATTERS
        shown = {"before": before, "now": now, "days": self._checkin.days}
        return str(self._text[f"{kind}_a_little" if small else kind].format(**shown))

    def _because(self, step: Step) -> str:
        rule = self._rules[step.rule]
        return "" if step.rule == self._main else f" ({rule})"

    def _move(self, step: Step) -> str:
        return str(self._moves[step.move if step.after != step.before else "keep"])

    def running(self, step: Step) -> list[str]:
        """The week on the belt or the road."""
        if step.move == "pause":
            return [self._text["load_paused"]]
        first, *rest = week_text(step.after, self._own, self._evidence, self._wording)
        return [self._text["load"].format(move=self._move(step), week=first), *rest]

    def cue(self, step: Step) -> str:
        """The running cue's next sessions."""
        text, programme = self._text, self._evidence.retraining
        title = self._wording.named("drills", self._checkin.state.drill or "")
        if step.move == "pause":
            return str(text["cue_paused"].format(title=title))
        per_block = programme.sessions_per_week * CHECKIN_WEEKS
        own = programme.sessions[step.after * per_block : (step.after + 1) * per_block]
        if not own:
            return str(text["cue_done"].format(title=title))
        sessions = ", ".join(text["session"].format(minutes=s.minutes, feedback=f"{100 * s.feedback:.0f}") for s in own)
        return str(text["cue"].format(title=title, move=self._move(step), why=self._because(step), sessions=sessions))

    def exercise(self, step: Step) -> str:
        """One exercise at its level."""
        title = self._wording.named("exercises", step.what)
        if step.move == "pause":
            return str(self._text["paused"].format(title=title))
        variant = self._wording.exercises.get(step.what, {}).get("levels", [""] * HIGHEST_LEVEL)[step.after - 1]
        dose = dose_text(self._evidence.exercises[step.what].levels[step.after - 1], self._wording)
        return str(
            self._text["exercise"].format(
                title=title, move=self._move(step), level=step.after, why=self._because(step), variant=variant,
                dose=f"{dose[:1].upper()}{dose[1:]}",
            )
        )  # fmt: skip

    def write(self) -> CheckinText:
        """The whole check-in."""
        checkin, text = self._checkin, self._text
        by_kind = {step.what: step for step in checkin.steps}
        flags = ""
        if checkin.urgency is not None:
            urgency = self._wording.plan["urgency"][checkin.urgency]
            flags = text["flags"].format(urgency=urgency, flags=flags_text(checkin.flags, self._wording))
        rule_text = self._rules[self._main]
        return CheckinText(
            title=text["title"].format(number=checkin.number, date=self._wording.day(checkin.date)),
            flags=flags,
            outcome="" if flags else self.outcome(),
            reason="" if flags else text["reason"].format(rule=f"{rule_text[:1].upper()}{rule_text[1:]}"),
            running=self.running(by_kind["load"]),
            cue=self.cue(by_kind["retraining"]) if "retraining" in by_kind else "",
            exercises=[self.exercise(s) for name, s in by_kind.items() if name not in ("load", "retraining")],
            rule="" if flags else pain_rule_text(self._evidence, self._wording, self._checkin.state.rung),
            after=""
            if flags
            else f"{text['next'].format(date=self._wording.day(checkin.next_date))} {text['four_weeks']}",
        )


def checkin_text(analysis: Analysis, checkin: Checkin, evidence: Evidence, wording: Wording) -> CheckinText:
    """A check-in on an analysis's plan, in words."""
    rest = analysis.plan.relative_rest
    return localised(_Writer(checkin, None if rest is None else rest.own_week, evidence, wording).write(), wording)


def checkin_page(analysis: Analysis, checkin: Checkin) -> bytes:
    """One printed page of a check-in as PDF, with its sources."""
    wording, evidence = load_wording(analysis.presentation.language), load_evidence()
    data = {
        "language": wording.language,
        "athlete": analysis.athlete.name,
        **dataclasses.asdict(checkin_text(analysis, checkin, evidence, wording)),
        "headings": wording.checkin["headings"],
        "sources": [evidence.sources[key].citation for key in checkin.sources],
        "sources_heading": wording.report["report"]["sources"],
        "limits": wording.report["report"]["not_a_diagnosis"],
    }
    with tempfile.TemporaryDirectory(prefix="gaitcheck-checkin-") as folder:
        return typeset(TEMPLATES / "checkin.typ", data, Path(folder))
