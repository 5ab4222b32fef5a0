"""The plan in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gaitcheck.advice.exercise_therapy import OFFERED_DAYS, Prescribed
from gaitcheck.advice.first_step import TREATED
from gaitcheck.advice.intake import Pain
from gaitcheck.advice.plan import NO_TREATMENT, Plan
from gaitcheck.advice.relative_rest import RelativeRest
from gaitcheck.advice.retraining import RetrainingPlan, runs_enough
from gaitcheck.advice.running_week import OwnWeek, running_week
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Level
from gaitcheck.quality import joints_fit
from gaitcheck.report.content.citations import Citations
from gaitcheck.wording import Wording

QUICKER = "step_rate"
"""The drill that calves pay for."""
TOLD_ON_PAGE_ONE = ("long_pain", "other_leg")
"""Notes of a plan that stand with the headline and the action."""
MORE_AND_SHORTER = 5
"""Boxes a week on the highest rung, which speaks of five short runs."""
TREATED_OR_NOT_ASKED = (*TREATED, "not_told")
IN_THE_WEEK = ("long_run", "sessions", "downhill")
"""What a week worked out from the runner's own has cut already: it is flat, and every run has its length."""
DAILY = ("squats_and_kneeling", "stairs")
"""What is left out of the day rather than of running."""


@dataclass(frozen=True)
class ExerciseText:
    """One exercise in words."""

    name: str
    title: str
    how: str
    level: str
    variant: str
    dose: str
    why: str
    strength: str
    sources: str


@dataclass(frozen=True)
class OfferedText:
    """One exercise that may be taken or left."""

    name: str
    title: str
    how: str
    variant: str
    dose: str
    sources: str


@dataclass(frozen=True)
class CueText:
    """The running cue in words; ``programme`` is empty where it is an option."""

    name: str
    title: str
    cue: str
    how: str
    why: str
    target: str
    dose: str
    fade: str
    starts: str
    stop: str
    reserves: str
    strength: str
    sources: str


@dataclass(frozen=True)
class TreatmentText:
    """One other treatment."""

    stance: str
    sentence: str
    strength: str
    sources: str


@dataclass(frozen=True)
class OpenFlags:
    """Warning signs nobody answered, and how soon each of them wants a professional."""

    when: str
    signs: list[str]


@dataclass(frozen=True)
class Week:
    """One line of the table to tick: what each box of runs, cue sessions and exercise days says."""

    number: int
    runs: list[str]
    cue: list[str]
    exercises: list[str]


@dataclass(frozen=True)
class PlanText:
    """The whole plan. Empty texts and lists are left out by the templates."""

    opening: str
    situation: str
    before_you_start: str
    signs_later: str
    open_flags: list[OpenFlags]
    flags_asked: str
    load: list[str]
    load_sources: str
    pain_rule: str
    exercises: list[ExerciseText]
    exercise_rule: str
    offer: str
    offered: list[OfferedText]
    cue: CueText | None
    no_cue: str
    treatments: list[TreatmentText]
    recovery: str
    recovery_sources: str
    review: str
    statements: list[str]
    weeks: list[Week]


def span(bounds: tuple[int, int]) -> str:
    """``3-4``, or ``3`` where both ends are the same."""
    return f"{bounds[0]}-{bounds[1]}" if bounds[0] != bounds[1] else f"{bounds[0]}"


def dose_text(level: Level, wording: Wording, days: int | None = None) -> str:
    """Sets, repetitions or seconds, effort, rest and days of one level, or on so many ``days`` a week."""
    words = wording.plan["exercise"]
    amount = level.reps or level.hold_s
    assert amount is not None
    text = words["dose_reps" if level.reps else "dose_hold"].format(
        sets=level.sets, amount=span(amount), effort=span(level.effort), rest=level.rest_s,
        days=days or level.days_per_week,
    )  # fmt: skip
    return f"{text}, {words['tempo'].format(tempo=level.tempo)}" if level.tempo else text


def rung_text(rung: int, evidence: Evidence, wording: Wording) -> str:
    """One step of the run-walk ladder in words, without its frame."""
    step = evidence.ladder.rungs[rung]
    km = "" if step.distance_km is None else f"{step.distance_km:g}"
    return str(wording.plan["rungs"][step.name].format(run=step.run_min, walk=step.walk_min, km=km))


def load_text(rung: int, evidence: Evidence, wording: Wording) -> str:
    """One step of the ladder as an instruction."""
    step, words = evidence.ladder.rungs[rung], wording.plan["load"]
    kind = "sentence_walk" if step.run_min == 0 else "sentence_own" if step.run_min is None else "sentence"
    return str(
        words[kind].format(
            rung=rung_text(rung, evidence, wording),
            effort=span(step.effort),
            sessions=evidence.ladder.sessions_per_week,
            running=evidence.pain_rule.running_highest,
        )
    )


def week_text(rung: int, own: OwnWeek | None, evidence: Evidence, wording: Wording) -> list[str]:
    """The week on one step: what is left of the runner's own, what keeps fit, what comes next.

    Without the runner's kilometres, only the step as it is.
    """
    if own is None:
        return [load_text(rung, evidence, wording)]
    words, step, top = wording.plan["own_week"], evidence.ladder.rungs[rung], len(evidence.ladder.rungs) - 1
    week = running_week(rung, own, evidence)
    kind = "walk" if step.run_min == 0 else "run_walk" if step.run_min else "top" if rung == top else "easy"
    shown = {
        "run": step.run_min, "walk": step.walk_min, "sessions": evidence.ladder.sessions_per_week,
        "runs": week.runs, "repeats": week.repeats, "minutes": week.minutes, "run_km": f"{week.run_km:.1f}",
        "km": f"{week.km:.0f}", "before": f"{week.before_km:.0f}", "cut": f"{100 * week.cut:.0f}",
        "easy": f"{week.easy_kmh:.1f}", "slower": f"{100 * evidence.ladder.own_week.slower:.0f}",
        "effort": step.effort[0], "running": evidence.pain_rule.running_highest,
    }  # fmt: skip
    lines = [words[kind].format(**shown)]
    if week.assumed and rung > 0:
        lines.append(words["assumed"].format(**shown))
    if rung < top:
        after = running_week(rung + 1, own, evidence)
        lines += [words["fit"], words["next"].format(km=f"{after.km:.0f}", percent=f"{100 * after.share:.0f}")]
    return lines


def _limits_of_pain(evidence: Evidence) -> dict[str, int]:
    """How much pain is acceptable, as the sentences about it name it."""
    rule = evidence.pain_rule
    return {
        "running": rule.running_highest,
        "above": rule.running_highest + 1,
        "minutes": rule.settled_within_min,
        "exercise": rule.exercise_highest,
    }


def pain_rule_text(evidence: Evidence, wording: Wording, rung: int) -> str:
    """How much pain is acceptable, in running or where that has to wait in walking."""
    walks = evidence.ladder.rungs[rung].run_min == 0
    return str(wording.plan["load"]["pain_rule_walk" if walks else "pain_rule"].format(**_limits_of_pain(evidence)))


def flags_text(names: Iterable[str], wording: Wording) -> str:
    """Warning signs as one list."""
    return "; ".join(wording.red_flags[name] for name in names)


def statement_text(name: str, wording: Wording, evidence: Evidence, cite: Citations) -> str:
    """A general claim with its sources."""
    return f"{wording.statements[name]} [{cite.of(evidence.statements[name].sources)}]"


def pain_told(pain: Pain, wording: Wording) -> str:
    """Pain as it was told: where, how strong, for how long."""
    words = wording.report["form_about"]
    parts = [
        wording.pain_place(pain.where, pain.side),
        words["worst"].format(score=pain.worst_week) if pain.worst_week is not None else "",
        words["running"].format(score=pain.running) if pain.running is not None else "",
        words["since"].format(weeks=f"{pain.since_weeks:g}") if pain.since_weeks is not None else "",
    ]
    return ", ".join(part for part in parts if part)


class PlanWriter:
    """Makes the plan's words for one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording, evidence: Evidence, cite: Citations) -> None:
        self._analysis, self._wording, self._evidence, self._cite = analysis, wording, evidence, cite
        self._words = wording.plan

    def opening(self) -> str:
        """Why drills and loads are kept back, or nothing."""
        situation, words = self._analysis.situation, self._words["withheld"]
        texts = []
        if situation.flags and situation.urgency is not None:
            flags = flags_text((flag.name for flag in situation.flags), self._wording)
            keys = [key for flag in situation.flags for key in self._evidence.red_flags[flag.name].sources]
            sentence = words["red_flags"].format(urgency=self._words["urgency"][situation.urgency], flags=flags)
            texts += [f"{sentence} [{self._cite.of(keys)}]", words["soften"]]
        if situation.unreadable:
            texts.append(words["answers_unreadable"])
        if situation.elsewhere and self._analysis.intake is not None:
            place = self._wording.intake["choices"][self._analysis.intake.pain.where]
            texts.append(words["pain_elsewhere"].format(place=place))
        if any(flag.name == "child_with_pain" for flag in situation.flags):
            texts.append(words["child"])
        return " ".join(texts)

    def _before_you_start(self, plan: Plan) -> str:
        if plan.situation not in TREATED_OR_NOT_ASKED or self._analysis.situation.all_flags_answered:
            return ""
        return str(self._words["situation"]["before_you_start"])

    def _signs_later(self, plan: Plan) -> str:
        """What heads the warning signs where none is open: they are to be watched for."""
        watched = plan.situation in TREATED and self._analysis.situation.all_flags_answered
        return str(self._words["situation"]["signs_later"]) if watched else ""

    def _flags_asked(self, plan: Plan) -> str:
        """That every warning sign was asked about, where something is advised on it."""
        if plan.situation not in TREATED or not self._analysis.situation.all_flags_answered:
            return ""
        return str(self._words["situation"]["flags_asked"].format(n=len(self._evidence.asked_flags)))

    def _open_flags(self, plan: Plan) -> list[OpenFlags]:
        """Warning signs to rule out, or to watch for where all were answered, the most urgent first."""
        if plan.situation not in TREATED_OR_NOT_ASKED:
            return []
        asked = self._before_you_start(plan) and self._analysis.intake is not None
        answered = self._analysis.intake.red_flags if asked and self._analysis.intake is not None else {}
        found: dict[str, list[str]] = {urgency: [] for urgency in self._words["urgency"]}
        for name in self._evidence.asked_flags:
            if name not in answered:
                found[self._evidence.red_flags[name].urgency].append(self._wording.red_flags[name])
        return [OpenFlags(f"{self._words['urgency'][u]}:", signs) for u, signs in found.items() if signs]

    def _load(self, rest: RelativeRest, plan: Plan) -> list[str]:
        words, lines = self._words["load"], []
        ladder = self._evidence.ladder
        if plan.situation == "uninjured" and rest.rung == len(ladder.rungs) - 1:
            lines.append(f"{self._words['rungs']['uninjured']}.")
        else:
            lines += week_text(rest.rung, rest.own_week, self._evidence, self._wording)
            if ladder.rungs[rest.rung].run_min != 0:
                lines.insert(
                    1,
                    words["down"].format(walk=ladder.rungs[0].walk_min, **_limits_of_pain(self._evidence)),
                )
            if rest.reasons:
                situation = self._analysis.situation
                hurts = situation.running if situation.running is not None else situation.worst
                reasons = "; ".join(self._words["load_reasons"][name].format(score=hurts) for name in rest.reasons)
                lines.append(self._words["load_reasons"]["because"].format(reasons=reasons))
            if rest.own_week is None and rest.rung < len(ladder.rungs) - 1:
                kind = "climb_at_checkin" if plan.review.checkin_date else "climb"
                lines.append(words[kind].format(each=ladder.each_at_least))
        walks = ladder.rungs[rest.rung].run_min == 0
        own = rest.own_week is not None and rest.rung < len(ladder.rungs) - 1
        cut = [name for name in rest.cut_first if name in DAILY or not (walks or (own and name in IN_THE_WEEK))]
        if cut:
            lines.append(words["cut"].format(things=self._wording.listed(self._words["cut"][name] for name in cut)))
            lines.append(words["back"])
        lines += [self._words["recover"][name] for name in rest.recover]
        if rest.longest_run_km is not None and plan.situation == "uninjured" and rest.rung == len(ladder.rungs) - 1:
            lines.append(words["longest"].format(km=f"{rest.longest_run_km:.0f}"))
        return lines

    def before_all(self) -> list[str]:
        """What stands before everything else: what hurts, on which side, since when, and what follows at once."""
        analysis, notes = self._analysis, self._words["notes"]
        plan, situation = analysis.plan, analysis.situation
        if plan.situation == "withheld" or situation.status != "painful" or analysis.intake is None:
            return []
        told = [notes["told"].format(pain=pain_told(analysis.intake.pain, self._wording))]
        if analysis.intake.pain.side is None:
            told.append(notes["side_open"])
        told += [notes[name] for name in ("other_leg",) if name in plan.notes]
        if analysis.findings and "other_leg" not in plan.notes:
            told.append(notes["form_open"])
        return told

    def _offered(self, chosen: Prescribed) -> OfferedText:
        """One exercise to take or leave."""
        told, level = self.exercise(chosen), self._evidence.exercises[chosen.name].levels[chosen.level - 1]
        dose = dose_text(level, self._wording, OFFERED_DAYS)
        return OfferedText(told.name, told.title, told.how, told.variant, dose, told.sources)

    def exercise(self, chosen: Prescribed) -> ExerciseText:
        """One exercise at its level."""
        exercise, words = self._evidence.exercises[chosen.name], self._words["exercise"]
        text = self._wording.exercises.get(chosen.name, {})
        past = None if self._analysis.intake is None else self._analysis.intake.past
        calf = exercise.group == "calf" and past is not None and past.calf_or_achilles
        variant = text.get("levels", ["", "", ""])[chosen.level - 1]
        why = "; ".join(part for part in (words[chosen.chosen], words[chosen.limited_by]) if part)
        return ExerciseText(
            name=chosen.name,
            title=self._wording.named("exercises", chosen.name),
            how=text.get("how", ""),
            level=words["level"].format(level=chosen.level),
            variant=f"{variant} {words['calf']}" if calf else variant,
            dose=dose_text(exercise.levels[chosen.level - 1], self._wording),
            why=why,
            strength=self._wording.words[exercise.strength],
            sources=self._cite.of(exercise.sources),
        )

    def _why_cue(self, cue: RetrainingPlan) -> str:
        if cue.chosen_by == "trial":
            return str(self._words["retraining"]["by_trial"])
        finding = self._wording.named_inside("risk_factors", cue.risk_factor or "")
        side = self._wording.words[cue.side]
        return str(self._words["retraining"]["by_finding"].format(finding=f"{finding}, {side}"))

    def cue(self, cue: RetrainingPlan) -> CueText:
        """The running cue with its programme."""
        words, programme = self._words["retraining"], self._evidence.retraining
        drill, text = self._evidence.drills[cue.drill], self._wording.drills.get(cue.drill, {})
        minutes = [s.minutes for s in programme.sessions]
        target = ""
        if cue.target_per_min is not None:
            now = self._analysis.metric("cadence", "both")
            assert now is not None and now.value is not None
            target = words["target"].format(
                now=f"{now.value:.0f}", low=f"{cue.target_per_min[0]:.0f}", high=f"{cue.target_per_min[1]:.0f}"
            )
        reserves = self._wording.listed(self._wording.named_inside("drills", name) for name in cue.reserves)
        past = None if self._analysis.intake is None else self._analysis.intake.past
        calf = past is not None and past.calf_or_achilles and QUICKER in cue.reserves
        return CueText(
            name=cue.drill,
            title=self._wording.named("drills", cue.drill),
            cue=self._wording.quoted(text.get("cue", "")),
            how=text.get("how", ""),
            why=self._why_cue(cue),
            target=target,
            dose=words["dose"].format(
                sessions=len(minutes), weeks=programme.weeks, per_week=programme.sessions_per_week, first=minutes[0],
                last=minutes[-1],
            ),
            fade=words["fade"].format(feedback=text.get("feedback", "")),
            starts=words[self._starts(cue)],
            stop=text.get("stop", ""),
            reserves=" ".join(
                (words["reserves"].format(names=reserves), *([words["calf"]] if calf else []))
            )
            if reserves
            else "",
            strength=self._wording.words[drill.strength],
            sources=self._cite.of((*drill.sources, *programme.sources)),
        )  # fmt: skip

    def _starts(self, cue: RetrainingPlan) -> str:
        """What the cue waits for, if it does: minutes of running at a time, or less pain."""
        if cue.starts == "now":
            return "now"
        rest = self._analysis.plan.relative_rest
        waits = rest is not None and not runs_enough(rest.rung, self._evidence)
        return "later_runs" if waits else "later_pain"

    def _no_cue(self, plan: Plan) -> str:
        words = self._words["retraining"]
        if plan.situation == "withheld" or plan.retraining is not None:
            return ""
        if plan.situation in NO_TREATMENT:
            if not plan.options:
                return str(words["option_old" if plan.review.film_old else "option_none"])
            names = self._wording.listed(self._option(name) for name in plan.options)
            programme = self._evidence.retraining
            return str(
                words["option"].format(
                    names=names, minutes=programme.sessions[0].minutes, per_week=programme.sessions_per_week
                )
            )
        if plan.review.film_old and self._analysis.findings:
            return str(words["none_old"])
        if "other_leg" in plan.notes:
            return str(words["none_other_leg"])
        ratings = {f.position for f in self._analysis.risk_factors}
        kind = "none_unmeasured" if ratings == {"not_rated"} else "none_clean"
        return str(words["none_undecided" if "cant_tell" in ratings else kind])

    def _option(self, name: str) -> str:
        cited = self._cite.of(self._evidence.drills[name].sources)
        return f"{self._wording.named_inside('drills', name)} [{cited}]"

    def _situation(self, plan: Plan) -> str:
        if plan.situation == "withheld":
            return ""
        rest = plan.relative_rest
        walks = rest is not None and self._evidence.ladder.rungs[rest.rung].run_min == 0
        painful = "painful_walk" if walks else "painful_no_cue" if plan.retraining is None else "painful"
        kind = painful if plan.situation == "painful" else plan.situation
        notes = [self._words["notes"][name] for name in plan.notes if name not in TOLD_ON_PAGE_ONE]
        if "long_pain" in plan.notes:
            notes.append(self._words["situation"]["bridge"])
        return " ".join((self._words["situation"][kind], *notes))

    def _recovery(self, plan: Plan) -> str:
        if plan.recovery is None:
            return ""
        words, course = self._words["recovery"], plan.recovery
        sentence = words[course.severity].format(
            first=course.first_gain_weeks, low=course.low_weeks, high=course.high_weeks
        )
        return " ".join((sentence, words["longer"] if "long_pain" in plan.notes else words["see"]))

    def _review(self, plan: Plan) -> str:
        words = self._words["review"]
        if plan.situation == "withheld":
            return str(words["withheld"])
        unreliable = plan.situation in NO_TREATMENT and not joints_fit(note.code for note in self._analysis.quality)
        if plan.review.film_anew or unreliable:
            return str(words["anew"])
        metrics = ", ".join(dict.fromkeys(self._wording.short_title(name) for name in plan.review.metrics))
        kind = "film" if plan.review.checkin_date is None else "both"
        walks = plan.relative_rest is not None and self._evidence.ladder.rungs[plan.relative_rest.rung].run_min == 0
        kind = "both_walk" if walks and kind == "both" else f"{kind}_old" if plan.review.film_old else kind
        checkin, date = (self._wording.day(day, plan.made_on) for day in (plan.review.checkin_date, plan.review.date))
        again = words["again"].format(metrics=metrics) if metrics else ""
        return f"{words[kind].format(checkin=checkin, date=date)} {again}".rstrip()

    def write(self) -> PlanText:
        """The whole plan in words."""
        plan = self._analysis.plan
        rest = plan.relative_rest
        hurt = plan.situation in TREATED
        return PlanText(
            opening=self.opening(),
            situation=self._situation(plan),
            before_you_start=self._before_you_start(plan),
            signs_later=self._signs_later(plan),
            open_flags=self._open_flags(plan),
            flags_asked=self._flags_asked(plan),
            load=self._load(rest, plan) if rest else [],
            load_sources=self._cite.of(rest.sources) if rest else "",
            pain_rule=pain_rule_text(self._evidence, self._wording, rest.rung)
            if rest and (hurt or rest.reasons)
            else "",
            exercises=[self.exercise(one) for one in plan.exercises],
            exercise_rule=self._words["exercise"]["rule"].format(**_limits_of_pain(self._evidence))
            if plan.exercises
            else "",
            offer=self._words["exercise"]["offer"].format(days=OFFERED_DAYS) if plan.offer else "",
            offered=[self._offered(one) for one in plan.offer],
            cue=self.cue(plan.retraining) if plan.retraining else None,
            no_cue=self._no_cue(plan),
            treatments=[self._treatment(name) for name in plan.treatments],
            recovery=self._recovery(plan),
            recovery_sources=self._cite.of(self._evidence.time_course.sources) if plan.recovery else "",
            review=self._review(plan),
            weeks=self._weeks(plan),
            statements=[statement_text(n, self._wording, self._evidence, self._cite) for n in plan.statements],
        )

    def _weeks(self, plan: Plan) -> list[Week]:
        """Four weeks to tick; what comes after a check-in is left to it."""
        if plan.relative_rest is None or plan.situation == "uninjured":
            return []
        rest = plan.relative_rest
        words, programme = self._words["weeks"], self._evidence.retraining
        top = rest.rung == len(self._evidence.ladder.rungs) - 1
        runs = MORE_AND_SHORTER if top else self._evidence.ladder.sessions_per_week
        if rest.own_week is not None and rest.rung > 0:
            runs = running_week(rest.rung, rest.own_week, self._evidence).runs
        per_week, starts = programme.sessions_per_week, plan.retraining is not None and plan.retraining.starts == "now"
        days = max(
            (self._evidence.exercises[e.name].levels[e.level - 1].days_per_week for e in plan.exercises), default=0
        )
        found = []
        for k in range(programme.weeks):
            own = programme.sessions[k * per_week : (k + 1) * per_week] if starts else ()
            cue = [words["minutes"].format(minutes=s.minutes, feedback=f"{100 * s.feedback:.0f}") for s in own]
            found.append(Week(k + 1, [""] * runs, cue, [""] * min(days, MORE_AND_SHORTER)))
        return found

    def _treatment(self, name: str) -> TreatmentText:
        treatment = self._evidence.treatments[name]
        return TreatmentText(
            stance=self._words["stance"][treatment.stance],
            sentence=self._wording.treatments[name],
            strength=self._wording.words[treatment.strength],
            sources=self._cite.of(treatment.sources),
        )
