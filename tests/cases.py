"""Written runners: numbers and answers to a document, without a clip.

``python -m tests.cases`` writes docs/cases.md.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from gaitcheck.advice.intake import check_intake
from gaitcheck.analysis import document as doc
from gaitcheck.evidence import load_evidence
from gaitcheck.interview import as_toml
from gaitcheck.metrics import all_metrics
from gaitcheck.pipeline import advise_again
from gaitcheck.report.content import Content, Writer

FOLDER = Path(__file__).parent / "stories"
TARGET = Path(__file__).parents[1] / "docs" / "cases.md"
TODAY = dt.date(2026, 11, 2)
CLEAN = {
    "frontal_plane_projection_angle": (3.0, 3.0), "peak_frontal_plane_projection_angle": (3.5, 3.0),
    "contralateral_pelvic_drop": (3.0, 2.0), "hip_adduction": (8.0, 3.0), "foot_placement_offset": (0.045, 0.02),
    "crossover_fraction": (0.0, 0.08), "step_width": (0.09, 0.02), "knee_separation": (0.08, 0.02),
    "trunk_lateral_lean": (3.0, 1.5), "cadence": (168.0, 0.6), "contact_time": (252.0, 14.0),
    "flight_time": (105.0, 14.0), "duty_factor": (0.353, 0.02), "stride_time": (714.0, 3.0),
    "vertical_oscillation": (0.085, 0.01),
}  # fmt: skip
"""Value and half width of the interval of a runner in whom nothing stands out, seen from behind."""


def stories() -> dict[str, dict[str, Any]]:
    """Every story by its file's name."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def _metric(metric: Any, side: str, told: dict[tuple[str, str], tuple[float, float]], poor: bool) -> doc.MetricValue:
    found = told.get((metric.name, side), CLEAN.get(metric.name))
    reason = "too_few_strides" if poor and found else "wrong_plane" if found is None else None
    value, half = found if found and reason is None else (None, 0.0)
    share = metric.unit == "fraction"
    return doc.MetricValue(
        name=metric.name, side=side, unit=metric.unit, value=value, sd=None if value is None else half / 2,
        ci95_low=None if value is None else max(value - half, 0.0) if share else value - half,
        ci95_high=None if value is None else min(value + half, 1.0) if share else value + half,
        n_strides=2 if poor else 20, reason=reason, position="not_rated", certainty="none", probability=None, norm=None,
        source_keys=list(metric.source_keys), clip=None if value is None else 0, uncertainty={},
    )  # fmt: skip


def _clip() -> doc.Clip:
    return doc.Clip(
        file="rear.mp4", sha256="0" * 64, size_bytes=1, codec="h264", width=720, height=1280, fps=60.0,
        capture_fps=60.0, duration_s=14.0, frames=840, view="rear", view_confidence=1.0, view_given=False,
        oblique_deg=1.0, model="pose_full", model_sha256="0" * 64, detector="frontal", leg_length_px=380.0,
        leg_length_cm=None, camera_roll_deg=0.0, camera_roll_sd_deg=0.5, camera_roll_source="read",
        legs_exchanged_frames=0, sides_probability=0.998, camera="",
        slow_motion_source="none", start_s=0.0, stop_s=14.0, mirrored=False,
        quarter_turns=0, people=1, runner=1,
    )  # fmt: skip


def measured(story: dict[str, Any]) -> doc.Analysis:
    """A story's numbers as a document that nobody has given answers for yet."""
    told = {(m["name"], m["side"]): (m["value"], m["half"]) for m in story.get("measured", [])}
    metrics = [
        _metric(metric, side, told, story["poor_clip"])
        for metric in all_metrics()
        for side in (("both",) if metric.sides == "both" else ("left", "right"))
    ]
    empty = advise_again(_bare(metrics), *check_intake({}, load_evidence()), TODAY)
    return empty.model_copy(update={"intake": None})


def _bare(metrics: list[doc.MetricValue]) -> doc.Analysis:
    """A document whose judged parts are still to be filled."""
    return doc.Analysis.model_construct(  # type: ignore[call-arg]
        schema_version=doc.SCHEMA_VERSION,
        athlete=doc.Athlete(name="", height_cm=None, sex=None, speed_kmh=None),
        visit=doc.Visit(filmed_on=None, shoes="", group="", note=""),
        clips=[_clip()],
        quality=[],
        metrics=metrics,
        intake=None,
        stances=[],
        curves=[],
        presentation=doc.Presentation(),
        provenance=doc.Provenance(
            gaitcheck="0", analysed_on=TODAY, error_model_version=2,
            settings={"smoothing_cutoff_hz": 12.0}, packages={}, work_sha256="",
        ),
    )  # fmt: skip


def visit(story: dict[str, Any]) -> doc.Analysis:
    """A story's document: its numbers with its answers."""
    intake, problems = check_intake(story["answers"], load_evidence())
    assert not problems, problems
    return advise_again(measured(story), intake, problems, TODAY)


def words(content: Content) -> list[str]:
    """Everything a report says about a runner, sentence by sentence, in the order of its pages."""
    plan, picture = content.plan, content.picture
    cue = plan.cue
    return [
        text
        for text in (
            content.headline, *content.before_all, content.action.sentence, plan.opening,
            *(f"{f.sentence} {f.number}. {f.sure}" for f in content.findings),
            content.undecided, plan.situation, *plan.load, plan.pain_rule if plan.load else "", plan.no_cue,
            *((" ".join(filter(None, (
                f"{cue.title}: {cue.cue}", cue.why, cue.how, cue.target, cue.dose, cue.fade, cue.starts, cue.stop,
                cue.reserves, f"({cue.strength}) [{cue.sources}]"))),) if cue else ()),
            *(f"{e.title}, {e.level.lower()}: {e.variant} {e.dose}; {e.why} ({e.strength}) [{e.sources}]"
              for e in plan.exercises),
            plan.offer, plan.recovery, plan.review,
            *(f"{g.title}: {g.level}. {' '.join(g.lines)}" for g in picture.groups), *picture.causes,
            *picture.context, *picture.history, *plan.statements,
            *(f"{t.stance}: {t.sentence}" for t in plan.treatments),
            *(f.meaning for f in content.findings), *content.references,
        )
        if text
    ]  # fmt: skip


def _case(name: str, story: dict[str, Any]) -> list[str]:
    content = Writer(visit(story)).write()
    answers = {k: v for k, v in story["answers"].items() if k != "red_flags"}
    raised = [k for k, v in story["answers"]["red_flags"].items() if v]
    asked = bool(story["answers"]["red_flags"])
    shown = words(content)
    first_reference = len(shown) - len(content.references)
    spread = [
        f"- {m['name'].replace('_', ' ')}, {m['side']}: {m['value']:g} ± {m['half']:g}"
        for m in story.get("measured", [])
    ]
    return [
        f"## {int(name[:2])}. {story['title']}", "", story["story"].strip(), "",
        "Measured: " + ("fewer than three usable steps." if story["poor_clip"] else "nothing beyond its limits."
                        if not spread else "as below (angles in degrees, lengths in leg lengths); the rest typical."),
        *(["", *spread] if spread else []), "",
        f"Warning signs: {', '.join(raised) if raised else 'asked, none' if asked else 'not asked'}.", "",
        "```toml", as_toml(answers).strip(), "```", "", "The report says:", "",
        *(f"- {line}" for line in shown[:first_reference]), "", f"**Why.** {story['why'].strip()}", "",
    ]  # fmt: skip


def document() -> str:
    """docs/cases.md."""
    lines = [
        "# Written runners",
        "",
        "Written runners, their answers, and what gaitcheck says to each, as `python -m tests.cases` made it. The",
        "numbers are those of the story, not of a clip; everything from there on is the program. Bracketed numbers are",
        "sources in each report's own list; [evidence.md](evidence.md) holds them all. `tests/test_stories.py` checks",
        "every plan.",
        "",
    ]
    for name, story in stories().items():
        lines += _case(name, story)
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
