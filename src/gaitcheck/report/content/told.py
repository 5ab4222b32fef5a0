"""Findings in words: what was seen, on which side, how sure, and what it may and may not mean."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.first_step import first_step
from gaitcheck.advice.rating import Rating, certainty_of, never_sure, usual
from gaitcheck.analysis.document import Analysis, FindingValue, MetricValue, RiskFactorValue
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Strength
from gaitcheck.quality import joints_fit
from gaitcheck.report.content.citations import Citations
from gaitcheck.report.content.numbers import Numbers
from gaitcheck.report.content.picture import ASKED_WEEKS, sign_text
from gaitcheck.wording import Wording


@dataclass(frozen=True)
class Told:
    """One finding in words."""

    title: str
    sentence: str
    number: str
    sure: str
    meaning: str
    rating: str
    side: str
    side_code: str
    lead: str
    likely: str
    sources: str


@dataclass(frozen=True)
class Good:
    """Good news: a risk factor that is not there, and how sure that is."""

    risk_factor: str
    sentence: str
    certainty: str


WEEKS_TOLD = 12
"""An older film's age is told in months."""
CONFIDENCES = ("none", "very low", "low", "moderate")


def _known(strength: Strength) -> str:
    """A strength as a confidence."""
    return {"high": "moderate", "heuristic": "very low"}.get(strength, strength)


class Findings:
    """Findings of one analysis, in words."""

    def __init__(
        self, analysis: Analysis, wording: Wording, evidence: Evidence, numbers: Numbers, cite: Citations
    ) -> None:
        self._analysis, self._wording, self._evidence = analysis, wording, evidence
        self._numbers, self._cite = numbers, cite

    def _lead(self, finding: FindingValue) -> MetricValue | None:
        """The leading metric that speaks loudest for a finding."""
        found = []
        for name in self._evidence.risk_factors[finding.risk_factor].leading:
            metric = self._analysis.metric(name, finding.side) or self._analysis.metric(name, "both")
            if metric is not None and metric.value is not None:
                found.append(metric)
        return max(found, key=lambda m: m.rating.order, default=None)

    def told(self, finding: FindingValue) -> Told:
        """One finding in words, with its number and how sure it is."""
        table, words = self._wording.risk_factors[finding.risk_factor], self._wording.words
        number = sure = likely = name = ""
        lead = self._lead(finding)
        # What no study saw is not told as sure: the picture comes first.
        certainty = "likely" if lead is not None and self._numbers.far_beyond(lead) else finding.certainty
        if lead is not None:
            row = self._numbers.row(lead)
            likely, name = row.likely, lead.name
            number = f"{row.title}: {row.said}"
            sure = self._wording.report["report"]["how_sure"].format(
                title=self._wording.short_title(lead.name),
                confidence=words[finding.confidence],
                n=row.strides,
                likely=row.likely,
            )
        return Told(
            title=table["title"],
            sentence=table[f"{finding.position}_{certainty}"].format(side=words[finding.side]),
            number=number,
            sure=sure,
            meaning=table["meaning"],
            rating=self._wording.rating(finding.rating),
            side=words[finding.side],
            side_code=finding.side,
            lead=name,
            likely=likely,
            sources=self._cite.of(self._evidence.risk_factors[finding.risk_factor].sources),
        )

    def headline(self, found: list[Told]) -> str:
        """The first line a runner reads."""
        report = self._wording.report["report"]
        if self._analysis.situation.flags:
            return str(self._wording.plan["withheld"]["red_flags_title"])
        if "long_pain" in self._analysis.plan.notes:
            return str(report["examine_headline"])
        cause = self._cause()
        if cause:
            return cause
        less = report["less_load"].get(first_step(self._analysis.plan, self._evidence).kind)
        if self._analysis.plan.review.film_old:
            kind = "old_headline" if less is None else "old_headline_painful"
            return str(report[kind].format(age=self._age(), less=less))
        if less is not None and "other_leg" in self._analysis.plan.notes:
            return f"{less}."
        if found:
            return found[0].sentence
        ratings = {f.position for f in self._analysis.risk_factors}
        if not joints_fit(note.code for note in self._analysis.quality):
            return str(report["nothing_reliable"])
        if ratings == {"not_rated"}:
            measured = any(m.value is not None and m.norm for m in self._analysis.metrics)
            return str(report["adult_norms" if measured else "nothing_measurable"])
        if "cant_tell" in ratings:
            return str(report["nothing_decided"])
        painful = self._analysis.plan.situation == "painful"
        return str(report["nothing_found_painful" if painful else "nothing_found"])

    def _age(self) -> str:
        """How old the film is, in weeks, or in months of thirty days."""
        analysis, report = self._analysis, self._wording.report["report"]
        assert analysis.visit.filmed_on is not None
        days = (analysis.plan.made_on - analysis.visit.filmed_on).days
        kind, length = ("old_weeks", 7) if days < WEEKS_TOLD * 7 else ("old_months", 30.44)
        return str(report[kind].format(n=int(days / length)))

    def _cause(self) -> str:
        """What the answers told where it speaks more strongly than the form does, in one sentence, or nothing."""
        groups = self._analysis.risk_picture
        form = max((CONFIDENCES.index(g.confidence) for g in groups if g.name == "form" and g.speaks), default=0)
        told = [g for g in groups if g.name != "form" and g.speaks and CONFIDENCES.index(g.confidence) > form]
        intake = self._analysis.intake
        if intake is not None and (intake.pain.since_weeks or 0) > ASKED_WEEKS:
            # What went up in the last weeks can't have begun an older pain.
            told = [g for g in told if g.name != "training"]
        if not told:
            return ""
        strongest = max(told, key=lambda g: CONFIDENCES.index(g.confidence))
        said = max(strongest.speaks, key=lambda item: CONFIDENCES.index(_known(item.strength)))
        return f"{sign_text(said, self._wording).split('. ')[0].rstrip('.')}."

    def good(self) -> list[Good]:
        """What was measured and likely lies within the usual range, of both sides together where it holds for both."""
        found: dict[str, list[tuple[RiskFactorValue, Rating]]] = {}
        for factor in self._analysis.risk_factors:
            if factor.position == "typical" and factor.name not in self._doubtful():
                usual = [self._usual(metric) for metric in self._leading(factor)]
                if usual and all(rating.position == "typical" for rating in usual):
                    least = min(usual, key=lambda rating: rating.order)
                    found.setdefault(factor.name, []).append((factor, least))
        told = []
        for name, sides in found.items():
            words, surest = self._wording.risk_factors[name], min((r for _, r in sides), key=lambda r: r.order)
            factor = sides[0][0]
            whole = len(sides) == 2 or factor.side == "both"
            sentence = words["good_both" if whole else "good"].format(side=self._wording.words[factor.side])
            told.append(Good(name, sentence, self._wording.words[surest.certainty]))
        return told

    def _leading(self, factor: RiskFactorValue) -> list[MetricValue]:
        """The leading values of a risk factor that were measured and have a norm."""
        found = [
            self._analysis.metric(name, factor.side) or self._analysis.metric(name, "both")
            for name in self._evidence.risk_factors[factor.name].leading
        ]
        return [m for m in found if m is not None and m.value is not None and m.name in self._evidence.norms]

    def _usual(self, metric: MetricValue) -> Rating:
        """How surely a value lies within its first limits: to be unlikely of concern is not yet good news."""
        limits = self._evidence.norms[metric.name].limits_for(
            self._analysis.athlete.sex, self._analysis.context.of(metric.name)
        )
        if metric.unit == "fraction":
            # What a share counts is judged by its own value; the share itself is hardly ever known better.
            return Rating(position="typical" if limits.holds(metric.value or 0.0) else "cant_tell", certainty="sure")
        assert metric.interval is not None
        within = usual(*metric.interval, limits)
        certainty = certainty_of(within)
        if certainty == "none":
            return Rating(position="cant_tell")
        rating = Rating(position="typical", certainty=certainty, probability=within)
        return never_sure(rating) if metric.untested else rating

    def _doubtful(self) -> set[str]:
        """Risk factors of the step rate where two clips of the visit contradict each other."""
        apart = any(note.code == "clips_differ" for note in self._analysis.quality)
        return {name for name, f in self._evidence.risk_factors.items() if apart and "cadence" in f.leading}

    def undecided(self) -> str:
        """Risk factors that can't be told, and whether their intervals or their pictures are why; or nothing."""
        words, report = self._wording.words, self._wording.report["report"]
        sides: dict[str, dict[str, list[str]]] = {"undecided": {}, "not_judged": {}}
        for factor in self._analysis.risk_factors:
            if factor.position == "cant_tell":
                off = any(metric.off_the_limbs for metric in self._leading(factor))
                sides["not_judged" if off else "undecided"].setdefault(factor.name, []).append(words[factor.side])
        told = []
        for kind, own in sides.items():
            names = [f"{self._wording.named_inside('risk_factors', n)} ({', '.join(s)})" for n, s in own.items()]
            told += [report[kind].format(names="; ".join(names))] if names else []
        return " ".join([*told, self._also()]).strip()

    def _also(self) -> str:
        """Single measures of concern that decide no risk factor; a peak is told with its mid-stance value."""
        told = self._evidence.leading
        names = [
            f"{self._wording.title_inside(m.name)} ({self._wording.words[m.side]})"
            for m in self._analysis.metrics
            if m.position == "clearly_outside" and m.name not in told and not m.name.startswith("peak_")
        ]
        return self._wording.report["report"]["also"].format(names="; ".join(names)) if names else ""
