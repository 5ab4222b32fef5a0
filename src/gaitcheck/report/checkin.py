"""A check-in in words, for the terminal and for one printed page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gaitcheck.advice.checkin import HIGHEST_LEVEL, Checkin, Step
from gaitcheck.advice.plan import CHECKIN_WEEKS
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.report.content.plan import dose_text, flags_text, load_text
from gaitcheck.report.typesetting import TEMPLATES, typeset
from gaitcheck.wording import Wording, load_wording


def _load(step: Step, evidence: Evidence, wording: Wording) -> str:
    text, rule = wording.checkin["text"], wording.checkin["rules"][step.rule]
    if step.move == "pause":
        return str(text["load_paused"].format(rule=rule))
    kind = "load" if step.after != step.before else "load_stays"
    rung = load_text(step.after, evidence, wording).rstrip(".")
    return str(text[kind].format(move=wording.checkin["moves"][step.move], rule=rule, rung=rung))


def _cue(step: Step, drill: str, evidence: Evidence, wording: Wording) -> str:
    text, programme = wording.checkin["text"], evidence.retraining
    title, rule = wording.named("drills", drill), wording.checkin["rules"][step.rule]
    if step.move == "pause":
        return str(text["cue_paused"].format(title=title, rule=rule))
    per_block = programme.sessions_per_week * CHECKIN_WEEKS
    own = programme.sessions[step.after * per_block : (step.after + 1) * per_block]
    if not own:
        return str(text["cue_done"].format(title=title))
    move = step.move if step.after != step.before else "keep"
    return str(
        text["cue"].format(
            title=title,
            move=wording.checkin["moves"][move],
            rule=rule,
            first=step.after * per_block + 1,
            last=step.after * per_block + len(own),
            minutes=", ".join(str(s.minutes) for s in own),
            feedback=", ".join(f"{100 * s.feedback:.0f}" for s in own),
        )
    )


def _exercise(step: Step, evidence: Evidence, wording: Wording) -> str:
    text, rule = wording.checkin["text"], wording.checkin["rules"][step.rule]
    title = wording.named("exercises", step.what)
    if step.move == "pause":
        return str(text["paused"].format(title=title, rule=rule))
    if step.move == "up" and step.after == step.before:
        return str(text["at_top"].format(title=title, rule=rule))
    if step.move == "down" and step.after == step.before:
        return str(text["at_bottom"].format(title=title, rule=rule))
    line = text["exercise"].format(title=title, move=wording.checkin["moves"][step.move], level=step.after, rule=rule)
    variant = wording.exercises.get(step.what, {}).get("levels", [""] * HIGHEST_LEVEL)[step.after - 1]
    dose = dose_text(evidence.exercises[step.what].levels[step.after - 1], wording)
    return f"{line} {variant} {dose[:1].upper()}{dose[1:]}."


def checkin_lines(checkin: Checkin, evidence: Evidence, wording: Wording) -> list[str]:
    """Title, warning first, then load, cue, every exercise, and when to check in again."""
    text = wording.checkin["text"]
    lines = [text["title"].format(number=checkin.number, date=checkin.date)]
    if checkin.urgency is not None:
        flags = flags_text(checkin.flags, wording)
        lines.append(text["flags"].format(urgency=wording.plan["urgency"][checkin.urgency], flags=flags))
    for step in sorted(checkin.steps, key=lambda s: {"load": 0, "retraining": 1}.get(s.what, 2)):
        if step.what == "load":
            lines.append(_load(step, evidence, wording))
        elif step.what == "retraining":
            lines.append(_cue(step, checkin.state.drill or "", evidence, wording))
        else:
            lines.append(_exercise(step, evidence, wording))
    rule = evidence.pain_rule
    if checkin.urgency is None:
        lines.append(
            wording.plan["load"]["pain_rule"].format(
                running=rule.running_highest, minutes=rule.settled_within_min, exercise=rule.exercise_highest
            )
        )
        lines.append(f"{text['next'].format(date=checkin.next_date)} {text['four_weeks']}")
    lines.append(text["steady"])
    return lines


def checkin_page(analysis: Analysis, checkin: Checkin) -> bytes:
    """One printed page of a check-in as PDF, with its sources."""
    wording, evidence = load_wording(), load_evidence()
    sources = [evidence.sources[key].citation for key in checkin.sources]
    data = {
        "athlete": analysis.athlete.name,
        "lines": checkin_lines(checkin, evidence, wording),
        "sources": sources,
        "sources_heading": wording.report["report"]["sources"],
        "limits": wording.report["report"]["not_a_diagnosis"],
        "urgent": checkin.urgency is not None,
    }
    with tempfile.TemporaryDirectory(prefix="gaitcheck-checkin-") as folder:
        return typeset(TEMPLATES / "checkin.typ", data, Path(folder))
