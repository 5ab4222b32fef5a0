"""A board's lines in words."""

from __future__ import annotations

from dataclasses import replace

from gaitcheck.board.content import Since
from gaitcheck.board.ranking import Tier, tier
from gaitcheck.board.summary import Value, VisitSummary, Worry
from gaitcheck.evidence import Evidence
from gaitcheck.metrics import all_metrics
from gaitcheck.motion.trajectories import OTHER_SIDE
from gaitcheck.quality import joints_fit, leading_place
from gaitcheck.report.content.numbers import Scale, scale_of, unit_alone, with_interval, with_unit
from gaitcheck.wording import Wording
from gaitcheck.wording.loader import decimals

MOST_ALSO = 3
LIKELY = 0.5
"""What is more likely within its range than beyond it is no reason to look; heuristic."""


class Phrases:
    """Board lines in words."""

    def __init__(self, wording: Wording, evidence: Evidence) -> None:
        self.wording, self.evidence, self.words = wording, evidence, wording.board["board"]
        self.units = {metric.name: metric.unit for metric in all_metrics()}

    def scale(self, unit: str) -> Scale:
        """Lengths as shares of leg length, so that athletes of all sizes share an axis."""
        return scale_of(unit, None, self.wording)

    def number(self, value: Value) -> str:
        return with_interval(value.value, value.low, value.high, self.scale(value.unit))

    def number_alone(self, value: Value) -> str:
        """A value below its bar, whose axis says what a share is of."""
        scale = self.scale(value.unit)
        return with_interval(value.value, value.low, value.high, replace(scale, unit=unit_alone(scale, self.wording)))

    def _sure(self, certainty: float) -> str:
        percent = 100 * certainty
        return str(self.words["more_than_99"]) if percent > 99 else f"{percent:.0f} %"

    def worry(self, worry: Worry, visit: VisitSummary) -> str:
        """One concern with its value, its limits and how sure."""
        value = next(v for v in visit.values if v.metric == worry.metric and v.side == worry.side)
        scale, limit = self.scale(value.unit), value.typical_high
        kind = "reason_high"
        if limit is None or (value.typical_low is not None and value.value < value.typical_low):
            kind, limit = "reason_low", value.typical_low
        return str(
            self.words[kind].format(
                title=self.wording.named("risk_factors", worry.risk_factor),
                side=self.wording.words[worry.side],
                metric=self.wording.title_inside(worry.metric),
                value=self.number(value),
                n=value.n_strides,
                limit=with_unit(f"{scale.factor * (limit or 0.0):z.1f}".removesuffix(".0"), scale.unit),
                sure=self._sure(worry.certainty),
            )
        )

    def flags(self, visit: VisitSummary) -> str:
        if visit.urgency is None:
            return ""
        names = "; ".join(self.wording.red_flags[name] for name in visit.flags)
        return str(
            self.words["flags"].format(
                urgency=self.wording.plan["urgency"][visit.urgency], names=self.wording.inside(names)
            )
        )

    def reason(self, visit: VisitSummary) -> str:
        kind = tier(visit, self.evidence)
        if kind is Tier.WARNING_SIGN:
            return self.flags(visit)
        if kind is Tier.LONG_PAIN:
            return str(self.words["long_pain"])
        if kind is Tier.PAIN:
            rule = self.evidence.pain_rule.running_highest
            return str(self.words["pain"].format(pain=visit.running_pain, rule=rule))
        if kind is Tier.UNRATED:
            return str(self.words["nothing_rated"])
        if visit.worries:
            told = self.worry(visit.worries[0], visit)
            return (
                told
                if visit.worries[0].certainty >= LIKELY
                else f"{self.words['closest'].format(told=told)} {self.rated(visit)}"
            )
        return f"{self.words['all_struck' if visit.struck else 'nothing_beyond']} {self.rated(visit)}"

    def action(self, visit: VisitSummary) -> str:
        """The first step in a few words; whoever has hurt for months is examined first."""
        step = self._step(visit)
        return f"{self.words['examine']}; {step}" if visit.examine else step

    def _step(self, visit: VisitSummary) -> str:
        if visit.first_step == "cue":
            return self.wording.drills[visit.drill].get("brief") or self.wording.named("drills", visit.drill)
        said = str(self.words["first_steps"][visit.first_step])
        if visit.first_step != "week" or visit.week_km is None:
            return said
        now, before = (f"{km:.0f}" for km in visit.week_km)
        return f"{said}: {self.words['week_km'].format(km=now, before=before)}"

    def pain(self, visit: VisitSummary) -> str:
        """How much it hurts, and where."""
        if visit.pain is None:
            return ""
        told = self.wording.pain_place(visit.pain_where, visit.pain_side)
        return str(self.words["pain_told"].format(pain=visit.pain)) + (f" ({told})" if told and visit.pain else "")

    def also(self, visit: VisitSummary) -> str:
        """The concerns that are not the reason."""
        first = 1 if tier(visit, self.evidence) is Tier.FORM else 0
        rest = [worry for worry in visit.worries[first:] if worry.certainty >= LIKELY][:MOST_ALSO]
        names = [f"{self.wording.named_inside('risk_factors', w.risk_factor)} ({self.wording.words[w.side]}, "
                 f"{self._sure(w.certainty)})" for w in rest]  # fmt: skip
        other_leg = visit.pain_side in ("left", "right") and all(w.side == OTHER_SIDE[visit.pain_side] for w in rest)
        return self.words["also_other_leg" if other_leg else "also"].format(names="; ".join(names)) if names else ""

    def change(self, since: Since) -> str:
        def told(rows: tuple[tuple[str, str, float, float], ...]) -> str:
            parts = []
            for name, side, difference, own in rows[:2]:
                scale = self.scale(self.units.get(name, ""))
                digits = min(decimals(scale.factor * own), 1)
                number = with_unit(
                    f"{scale.factor * difference:+.{digits}f} ± {scale.factor * own:.{digits}f}", scale.unit
                )
                parts.append(f"{self.wording.title_inside(name)}, {self.wording.words[side]}: {number}")
            more = len(rows) - 2
            return "; ".join(parts) + (self.words["and_more"].format(n=more) if more > 0 else "")

        text = self.words["changes"][since.kind]
        reasons = "; ".join(self.wording.compare["reasons"][code] for code in since.reasons[:2])
        told_of = {"away": told(since.away), "toward": told(since.toward)}
        line = text.format(day=self.wording.day(since.day), n=since.compared, reasons=reasons, **told_of)
        beware = [self.words["beware"][code] for code in since.beware if since.away or since.toward]
        return " ".join([line, *beware]).strip()

    def next(self, visit: VisitSummary) -> str:
        """When to check in and to film again."""
        kind = "next_both" if visit.checkin_on else "next_film"
        return str(
            self.words[kind].format(checkin=self.wording.day(visit.checkin_on), film=self.wording.day(visit.film_on))
        )

    def rated(self, visit: VisitSummary) -> str:
        """How much could be rated, from where."""
        count = sum(value.position != "not_rated" for value in visit.values)
        views = self.wording.listed(self.wording.view(view) for view in dict.fromkeys(visit.views))
        return str(self.words["rated"].format(n=count, views=views))

    def quality(self, visit: VisitSummary, only_first: bool = False) -> str:
        """What limits the clips; ``only_first``: what must be known before their numbers are looked at."""
        told = [q for q in visit.quality if not only_first or leading_place(q[0]) is not None or not joints_fit(q[:1])]
        return " ".join(self.wording.note(code, parameters) for code, parameters in told)
