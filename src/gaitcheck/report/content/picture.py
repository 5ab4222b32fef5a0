"""The risk picture, possible causes, home tests and what is usual, in words."""

from __future__ import annotations

from dataclasses import dataclass

from gaitcheck.advice.causes import PossibleCause
from gaitcheck.advice.intake import NOTED_ONLY, questions
from gaitcheck.advice.rating import Rating
from gaitcheck.advice.risk_picture import GroupPicture, Speaks
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence
from gaitcheck.report.content.citations import Citations
from gaitcheck.wording import Wording
from gaitcheck.wording.loader import decimals, filled

ASKED_WEEKS = 6
"""How far back the questions about training reach."""
DIGITS = {"percent": 0, "hazard": 2, "low": 2, "high": 2}
"""Digits after the point of a sign's parameters; others are printed as given."""


@dataclass(frozen=True)
class GroupText:
    """One group of causes."""

    name: str
    title: str
    level: str
    level_code: str
    confidence: str
    lines: list[str]
    missing: str


@dataclass(frozen=True)
class TestText:
    """One home test's result."""

    title: str
    side: str
    value: str
    band: str
    band_code: str
    limits: str
    sources: str


@dataclass(frozen=True)
class PictureText:
    """Groups, causes, tests, what is usual, answers left out."""

    groups: list[GroupText]
    hint: str
    causes: list[str]
    tests: list[TestText]
    context: list[str]
    history: list[str]
    problems: list[str]


def sign_text(item: Speaks, wording: Wording) -> str:
    """An answer or a test that speaks for a group, in words."""
    shown = {k: f"{v:.{DIGITS[k]}f}" if k in DIGITS and isinstance(v, float) else v for k, v in item.parameters.items()}
    return filled(wording.signs[item.code], shown)


class PictureWriter:
    """Makes the picture's words for one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording, evidence: Evidence, cite: Citations) -> None:
        self._analysis, self._wording, self._evidence, self._cite = analysis, wording, evidence, cite
        self._words = wording.plan

    def _speaks(self, item: Speaks) -> str:
        if item.kind == "finding":
            rating = self._wording.rating(Rating.model_validate(item.parameters))
            text = f"{self._wording.named('risk_factors', item.code)}, {self._wording.words[item.side]}: {rating}."
        else:
            text = sign_text(item, self._wording)
            if item.side in ("left", "right"):
                text = f"{text.rstrip('.')} ({self._wording.words[item.side]})."
        return f"{text} [{self._cite.of(item.sources)}]"

    def _group(self, group: GroupPicture) -> GroupText:
        words = self._words["picture"]
        form = group.name == "form"
        levels = {**self._words["levels"], **(self._words["levels_form"] if form else {})}
        missing = ""
        if group.not_asked:
            names = [
                self._wording.named("risk_factors", n) if form else self._wording.question(n) for n in group.not_asked
            ]
            missing = words["missing_form" if form else "missing"].format(
                names="; ".join(name.rstrip("?") for name in names)
            )
        shown = "" if group.confidence == "none" else words["confidence"].format(
            confidence=self._wording.words[group.confidence]
        )  # fmt: skip
        return GroupText(
            name=group.name,
            title=self._words["groups"][group.name],
            level=levels[group.level],
            level_code=group.level,
            confidence=shown,
            lines=[self._speaks(item) for item in group.speaks] + self._older_pain(group),
            missing=missing,
        )

    def _older_pain(self, group: GroupPicture) -> list[str]:
        """That changes in training can't have begun a pain that is older than the weeks asked about."""
        intake = self._analysis.intake
        older = intake is not None and (intake.pain.since_weeks or 0) > ASKED_WEEKS
        if not older or group.name != "training" or not group.speaks:
            return []
        return [f"{self._words['picture']['older_pain']} [{self._cite.of(['heuristic'])}]"]

    def _cause(self, cause: PossibleCause) -> str:
        words = self._words["picture"]
        grounds = []
        if cause.tests:
            names = self._wording.listed(self._wording.named_inside("home_tests", n) for n in cause.tests)
            grounds.append(words["grounds_test"].format(names=names))
        if cause.answers:
            grounds.append(words["grounds_answer"])
        text = words["cause"].format(
            finding=self._wording.named("risk_factors", cause.risk_factor),
            side=self._wording.words[cause.side],
            cause=self._wording.causes[cause.name],
            grounds=", ".join(grounds) or words["grounds_habit"],
            strength=self._wording.words[cause.strength],
        )
        sources = self._evidence.causes[cause.name].sources
        return f"{text} [{self._cite.of(sources)}]"

    def _tests(self) -> list[TestText]:
        found = []
        for result in self._analysis.home_tests:
            unit = self._words["test_units"][result.unit]
            reason = self._words["band_reasons"].get(result.reason, "")
            band = self._words["bands"][result.band]
            limits = "" if result.low is None or result.good is None else f"{result.low:g} / {result.good:g}"
            found.append(
                TestText(
                    title=self._wording.named("home_tests", result.name),
                    side=self._wording.words[result.side],
                    value=f"{result.value:g} {unit}".rstrip(),
                    band=f"{band}: {reason}" if reason else band,
                    band_code=result.band,
                    limits=limits,
                    sources=self._cite.of(self._evidence.home_tests[result.name].sources),
                )
            )
        return found

    def _context(self) -> list[str]:
        words, context = self._words["context"], self._analysis.context
        if context.needs:
            names = self._wording.listed(self._words["context_needs"][name] for name in context.needs)
            return [words["needs"].format(names=names)]
        if context.outside_age:
            return [words["outside_age"]]
        lines = []
        for item in context.expected:
            unit, name = self._words["context_units"][item.unit], self._words["context_names"][item.name]
            measured = self._measured(item.name)
            kind = "line" if measured else "line_only"
            lines.append(words[kind].format(name=name, value=f"{item.value:.0f}", unit=unit, measured=measured))
        sources = self._cite.of(self._evidence.expectations.sources)
        return [*lines, f"{words['caveat']} [{sources}]"]

    def _history(self) -> list[str]:
        """Every answer given, beside its question; warning signs and home tests have places of their own."""
        if self._analysis.intake is None:
            return []
        choices, words = self._wording.intake["choices"], self._wording.words
        lines = []
        for table, key, _ in questions():
            value = self._analysis.intake.answer(f"{table}.{key}")
            if value is None:
                continue
            shown = words["yes" if value else "no"] if isinstance(value, bool) else choices.get(value, value)
            text = f"{shown:g}" if isinstance(shown, float | int) else str(shown)
            noted = self._words["picture"]["noted_only"] if f"{table}.{key}" in NOTED_ONLY else ""
            lines.append(f"{self._wording.question(f'{table}.{key}').rstrip('?')}: {text} {noted}".rstrip())
        for name, eased in self._analysis.intake.trial.items():
            lines.append(f"{self._wording.question(f'trial.{name}')}: {words['yes' if eased else 'no']}")
        return lines

    def _measured(self, name: str) -> str:
        """The measured value beside an expected one, with its interval, in the expected one's unit."""
        own = [self._analysis.metric(name, side) for side in ("both", "left", "right")]
        shown = []
        for metric in own:
            known = None if metric is None else metric.interval
            if metric is None or known is None:
                continue
            factor = self._factor(metric.unit, metric.clip)
            if factor is None:
                continue
            side = "" if metric.side == "both" else f"{self._wording.words[metric.side]} "
            half = factor * known.half
            digits = min(decimals(half), 1)
            shown.append(f"{side}{factor * known.value:.{digits}f} ± {half:.{digits}f}")
        return self._wording.listed(shown)

    def _factor(self, unit: str, clip: int | None) -> float | None:
        if unit == "fraction":
            return 100.0
        if unit != "leg_length":
            return 1.0
        leg_cm = None if clip is None else self._analysis.clips[clip].leg_length_cm
        return None if leg_cm is None else 10.0 * leg_cm

    def write(self) -> PictureText:
        """The whole picture in words."""
        asked = [g for g in self._analysis.risk_picture if g.name != "form"]
        hint = self._words["picture"]["tests_hint"] if any(g.not_asked for g in asked) else ""
        return PictureText(
            groups=[self._group(group) for group in self._analysis.risk_picture],
            hint=hint,
            causes=[self._cause(cause) for cause in self._analysis.causes],
            tests=self._tests(),
            context=self._context(),
            history=self._history(),
            problems=[self._wording.problem(p.code, p.path, p.parameters) for p in self._analysis.intake_problems],
        )
