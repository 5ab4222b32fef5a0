"""The whole report in words: analysis and wording become sections with formatted numbers, once for PDF and HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gaitcheck.analysis.document import Analysis, Clip
from gaitcheck.evidence import Evidence, load_evidence
from gaitcheck.quality import SEVERE, leading_place
from gaitcheck.report.content.action import Action, films_first, first_action
from gaitcheck.report.content.bars import Bar, Bars
from gaitcheck.report.content.by_hand import correction_lines
from gaitcheck.report.content.citations import Citations
from gaitcheck.report.content.form import Form, make_form
from gaitcheck.report.content.numbers import (
    Missing,
    Numbers,
    Part,
    Row,
    Scale,
    assumed_leg_cm,
    key_numbers,
    scale_of,
)
from gaitcheck.report.content.picture import PictureText, PictureWriter
from gaitcheck.report.content.plan_text import PlanText, PlanWriter, statement_text
from gaitcheck.report.content.side_by_side import SideBySide, SidesRow
from gaitcheck.report.content.signed import Signed
from gaitcheck.report.content.told import Findings, Good, Told
from gaitcheck.uncertainty import load_error_model
from gaitcheck.wording import Wording, load_wording

MOST_FINDINGS = 3
STRANGE = "strange_pictures"


@dataclass(frozen=True)
class Content:
    """The whole report in words."""

    title: str
    athlete: str
    subtitle: str
    headline: str
    before_all: list[str]
    first: list[str]
    check: str
    findings: list[Told]
    good: list[Good]
    bars: list[Bar]
    action: Action
    sides: list[SidesRow]
    form: Form
    also: list[Told]
    undecided: str
    plan: PlanText
    picture: PictureText
    stop: str
    see: str
    key_numbers: list[Row]
    rows: list[Row]
    missing: list[Missing]
    sides_differ: str
    quality: list[str]
    references: list[str]
    method: str
    by_hand: list[str]
    limits: str
    sources: list[str]
    labels: dict[str, Any]
    headings: dict[str, str]
    poor: bool
    stills_rule: str
    parts: list[Part]
    guide: Guide
    words: dict[str, Any]
    signed: Signed | None = None


@dataclass(frozen=True)
class Guide:
    """How to film the next clip: what this clip lacked, then what always helps; ``first``: nothing comes before it."""

    heading: str
    behind: str
    beside: str
    first: bool
    mends: list[str]
    always: list[str]
    basis: str


class Writer:
    """Makes the content of one analysis."""

    def __init__(self, analysis: Analysis, wording: Wording | None = None, evidence: Evidence | None = None) -> None:
        self.analysis = analysis
        self.wording = wording or load_wording()
        self.evidence = evidence or load_evidence()

    def scale(self, unit: str, clip: Clip | None) -> Scale:
        """How a unit is printed for a clip."""
        return scale_of(unit, clip, self.wording)

    def subtitle(self) -> str:
        """When, from where, how long, how fast."""
        analysis, words = self.analysis, self.wording.report["subtitle"]
        analysed, filmed = analysis.provenance.analysed_on, analysis.visit.filmed_on
        parts = [words["analysed"].format(day=self.wording.day(analysed))]
        if filmed is not None:
            parts.insert(0, words["filmed"].format(day=self.wording.day(filmed)))
        for clip in analysis.clips:
            parts.append(
                words["clip"].format(view=self.wording.view(clip.view), seconds=clip.duration_s, fps=clip.capture_fps)
            )
        if analysis.athlete.speed_kmh is not None:
            parts.append(words["speed"].format(speed=analysis.athlete.speed_kmh))
        if analysis.athlete.height_cm is not None:
            parts.append(words["height"].format(height=analysis.athlete.height_cm))
        if analysis.visit.shoes:
            parts.append(words["shoes"].format(shoes=analysis.visit.shoes))
        return " · ".join(parts)

    def _method(self) -> str:
        analysis = self.analysis
        detectors = self.wording.report["detectors"]
        return str(
            self.wording.report["report"]["method_text"].format(
                model=", ".join(dict.fromkeys(c.model for c in analysis.clips)),
                cutoff=analysis.provenance.settings["smoothing_cutoff_hz"],
                detector=", ".join(dict.fromkeys(detectors[c.detector] for c in analysis.clips)),
                version=analysis.provenance.error_model_version,
                sides=self._sides_told(),
            )
        )

    def _sides_told(self) -> str:
        """How surely left is left, of the clip in which that is least sure."""
        words = self.wording.report["sides_told"]
        if any(one.tells_sides for one in self.analysis.corrections):
            return str(self.wording.report["by_hand"]["sides"])
        told = [clip.sides_probability for clip in self.analysis.clips if clip.sides_probability is not None]
        return str(words["known"].format(percent=f"{100 * min(told):.1f}") if told else words["unknown"])

    def _stills_rule(self) -> str:
        words = self.wording.report["figures"]
        planes = dict.fromkeys(clip.detector for clip in self.analysis.clips)
        return " ".join(words["caption_rule" if plane == "frontal" else "caption_rule_sagittal"] for plane in planes)

    def _first(self, numbers: Numbers) -> list[str]:
        """What must be known before anything else is read, in the order of its weight."""
        placed = [(leading_place(note.code), note) for note in self.analysis.quality]
        found = [note for place, note in sorted(((k, n) for k, n in placed if k is not None), key=lambda each: each[0])]
        strangest = max(
            (n for n in found if n.code == STRANGE), key=lambda n: float(n.parameters["times"]), default=None
        )
        kept = [note for note in found if note.code != STRANGE or note is strangest]
        told = [self.wording.note(note.code, note.parameters) for note in kept]
        return [*self._older_model(), *self._misses(), *told, *self._far_beyond(numbers)]

    def _older_model(self) -> list[str]:
        """That a document was measured by another error model than a new analysis would be."""
        own, now = self.analysis.provenance.error_model_version, load_error_model().version
        return [] if own == now else [self.wording.report["report"]["older_model"].format(own=own, now=now)]

    def _far_beyond(self, numbers: Numbers) -> list[str]:
        """Leading values so far beyond what studies saw that picture and clothes come before belief."""
        words = self.wording.report["report"]["far_beyond"]
        return [
            words.format(title=self.wording.title(m.name), side=self.wording.words[m.side])
            for m in self.analysis.metrics
            if m.name in self.evidence.leading and numbers.far_beyond(m)
        ]

    def _before_all(self, plan: PlanWriter) -> list[str]:
        """What stands below the first line: an old film, and what was told of pain."""
        filmed, severe = self.analysis.visit.filmed_on, [n for n in self.analysis.quality if n.code in SEVERE]
        alone = severe if len(self.analysis.clips) == 1 else []
        told = [*(self.wording.note(note.code, note.parameters) for note in alone), *plan.before_all()]
        if filmed is None or not self.analysis.plan.review.film_old:
            return told
        return [self.wording.report["report"]["old_film"].format(day=self.wording.day(filmed)), *told]

    def _misses(self) -> list[str]:
        """That the lines of one clip of several miss the legs; of an only clip that leads."""
        clips = self.analysis.clips
        if len(clips) == 1:
            return []
        notes = [note for note in self.analysis.quality if note.code in SEVERE]
        told = [(self.wording.clip_of(clips[n.clip].view), self.wording.note(n.code, n.parameters)) for n in notes]
        return [f"{clip[:1].upper()}{clip[1:]}: {text}" for clip, text in told]

    def _told_once(self, findings: list[Told]) -> list[Told]:
        """Findings in which what a risk factor may mean stands once, with the last that is told of it."""
        last = {told.title: k for k, told in enumerate(findings)}
        return [told if last[told.title] == k else replace(told, meaning="") for k, told in enumerate(findings)]

    def _assumed(self, leg_cm: float | None) -> str:
        """What centimetres stand for where the runner's height is not known."""
        measured = [m for m in self.analysis.metrics if m.value is not None and not m.off_the_limbs]
        lengths = any(m.unit == "leg_length" for m in measured)
        told = self.wording.report["report"]["assumed_leg"]
        return told.format(leg=f"{leg_cm:.0f}") if leg_cm is not None and lengths else ""

    def _stop(self) -> str:
        """What sends anybody to an emergency department."""
        flags = self.evidence.red_flags
        signs = [self.wording.red_flags[n] for n in self.evidence.asked_flags if flags[n].urgency == "emergency"]
        words = self.wording.report["report"]
        return str(words["stop"].format(at_once=words["stop_at_once"], signs="; ".join(signs)))

    def _see(self) -> str:
        """When else to see a professional; nothing where that is said first."""
        words, plan = self.wording.report["report"], self.analysis.plan
        if plan.situation == "withheld" or "long_pain" in plan.notes:
            return ""
        return str(words["see_too" if plan.situation == "painful" else "see_if"])

    def _width(self, bars: list[Bar]) -> str:
        """Why step width is not both feet's distances together, where it is shown beside them."""
        shown = any(bar.name == "step_width" for bar in bars)
        return str(self.wording.report["report"]["width_note"]) if shown else ""

    def _guide(self) -> Guide:
        table = self.wording.filming
        codes = dict.fromkeys(note.code for note in self.analysis.quality)
        return Guide(
            heading=table["heading"],
            behind=table["behind"],
            beside=table["beside"],
            first=films_first(self.analysis, self.evidence),
            mends=list(dict.fromkeys(table["by_note"][code] for code in codes if code in table["by_note"])),
            always=table["always"],
            basis=table["basis"],
        )

    def write(self) -> Content:
        """The whole report. Sources are numbered in the order of the pages."""
        analysis, report = self.analysis, self.wording.report["report"]
        cite = Citations(self.evidence, self.wording)
        parts = (analysis, self.wording, self.evidence)
        numbers = Numbers(*parts, cite)
        assumed = assumed_leg_cm(analysis)
        own = Numbers(*parts, cite, assumed)
        findings = Findings(*parts, own, cite)
        planner = PlanWriter(*parts, cite)
        plan = planner.write()
        found = [findings.told(finding) for finding in analysis.findings]
        headline = findings.headline(found)
        bars = Bars(*parts, own).write(tuple(told.lead for told in found[:MOST_FINDINGS] if told.lead))
        picture = PictureWriter(*parts, cite).write()
        poor = not any(m.value is not None and m.norm for m in analysis.metrics)
        first = self._first(numbers)
        notes = [self.wording.note(q.code, q.parameters) for q in analysis.quality]
        rows = [numbers.row(m) for m in analysis.metrics if m.value is not None]
        return Content(
            title=report["title"],
            athlete=analysis.athlete.name,
            subtitle=self.subtitle(),
            headline=headline,
            before_all=self._before_all(planner),
            first=[] if poor else first,
            check="" if all(m.value is None for m in analysis.metrics) else report["check_sides"],
            findings=self._told_once(found[:MOST_FINDINGS]),
            good=findings.good(),
            bars=bars,
            sides=SideBySide(analysis, self.wording, numbers, self.evidence).write(),
            form=make_form(bars, analysis, self.evidence, self.wording),
            action=first_action(analysis, self.evidence, self.wording),
            also=[told for told in found[:MOST_FINDINGS] if told.sentence != headline],
            undecided=" ".join(s for s in (findings.undecided(), self._assumed(assumed), self._width(bars)) if s),
            plan=plan,
            picture=picture,
            stop=self._stop(),
            see=self._see(),
            key_numbers=key_numbers(rows, {f.lead for f in found[:MOST_FINDINGS]}),
            rows=rows,
            missing=numbers.missing(),
            sides_differ=statement_text("sides_differ", self.wording, self.evidence, cite) if analysis.symmetry else "",
            quality=[note for note in notes if poor or note not in first],
            references=numbers.references(),
            method=self._method(),
            by_hand=[*correction_lines(analysis, self.wording), *numbers.by_hand()],
            limits=report["not_a_diagnosis"],
            sources=cite.listing(),
            labels={
                **report,
                "by_hand_heading": self.wording.report["by_hand"]["heading"],
                "by_hand_about": self.wording.report["by_hand"]["about"],
                "also_seen": report["seen_then" if analysis.plan.review.film_old else "also_seen"],
                "good": report["good_then" if analysis.plan.review.film_old else "good"],
                "stop_heading": report["stop_heading" if plan.pain_rule else "help_heading"],
            },
            headings=self.wording.plan["headings"],
            poor=poor,
            stills_rule=self._stills_rule(),
            parts=numbers.parts(),
            guide=self._guide(),
            words={**self.wording.report["figures"], **self.wording.plan["weeks"]},
        )
