"""Findings in words: what was seen, on which side, how sure, and what it may and may not mean."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.analysis.document import Analysis, FindingValue, MetricValue
from gaitcheck.evidence import Evidence
from gaitcheck.report.content.citations import Citations
from gaitcheck.report.content.numbers import Numbers
from gaitcheck.report.content.plan import lowered
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
    rating_code: str
    side: str
    side_code: str
    lead: str
    likely: str
    sources: str


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
        if lead is not None:
            row = self._numbers.row(lead)
            likely, name = row.likely, lead.name
            number = f"{row.title}: {row.said}"
            sure = self._wording.report["report"]["how_sure"].format(
                confidence=words[finding.confidence],
                n=row.strides,
                likely=row.likely,
            )
        return Told(
            title=table["title"],
            sentence=table[f"{finding.position}_{finding.certainty}"].format(side=words[finding.side]),
            number=number,
            sure=sure,
            meaning=table["meaning"],
            rating=self._wording.rating(finding.rating),
            rating_code=finding.position,
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
        if found:
            return found[0].sentence
        ratings = {f.position for f in self._analysis.risk_factors}
        if ratings == {"not_rated"}:
            measured = any(m.value is not None and m.norm for m in self._analysis.metrics)
            return str(report["adult_norms" if measured else "nothing_measurable"])
        if "cant_tell" in ratings:
            return str(report["nothing_decided"])
        painful = self._analysis.plan.situation == "painful"
        return str(report["nothing_found_painful" if painful else "nothing_found"])

    def undecided(self) -> str:
        """Risk factors whose interval spans a limit, in one sentence, or nothing."""
        words = self._wording.words
        sides: dict[str, list[str]] = {}
        for factor in self._analysis.risk_factors:
            if factor.position == "cant_tell":
                sides.setdefault(factor.name, []).append(words[factor.side])
        also = self._also()
        names = [f"{lowered(self._wording.named('risk_factors', n))} ({', '.join(s)})" for n, s in sides.items()]
        text = self._wording.report["report"]["undecided"].format(names="; ".join(names)) if names else ""
        return f"{text} {also}".strip()

    def _also(self) -> str:
        """Single measures of concern that decide no risk factor; a peak is told with its mid-stance value."""
        told = self._evidence.leading
        names = [
            f"{lowered(self._wording.title(m.name))} ({self._wording.words[m.side]})"
            for m in self._analysis.metrics
            if m.position == "clearly_outside" and m.name not in told and not m.name.startswith("peak_")
        ]
        return self._wording.report["report"]["also"].format(names="; ".join(names)) if names else ""
