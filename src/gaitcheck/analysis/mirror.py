"""A document with left and right exchanged: the clip turns out to be a selfie's, mirrored without a trace.

Nothing is measured anew. A mirrored runner differs from the measured one by the names of the sides alone: every value
is told on its own side's sign, so only the side, the view from beside and the camera's roll change.
"""

from __future__ import annotations

import datetime as dt

from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis import document as doc
from gaitcheck.analysis.compose import estimates_of, judged_fields
from gaitcheck.evidence import load_evidence
from gaitcheck.motion.trajectories import OTHER_SIDE

MIRRORED = "mirrored_as_told"
SIDED = ("metrics", "stances", "curves")


def _clip(clip: doc.Clip) -> doc.Clip:
    return clip.model_copy(
        update={
            "view": OTHER_SIDE.get(clip.view, clip.view),
            "mirrored": not clip.mirrored,
            "camera_roll_deg": -clip.camera_roll_deg,
            "runner": clip.people - clip.runner + 1,
        }
    )


def _note(note: doc.Quality, clips: list[doc.Clip]) -> doc.Quality:
    told = dict(note.parameters)
    if note.code.startswith("camera_roll") and isinstance(told.get("degrees"), float | int):
        told["degrees"] = -float(told["degrees"])
    if note.code == "several_people":
        told["number"] = clips[note.clip].runner
    if "view" in told:
        told["view"] = OTHER_SIDE.get(str(told["view"]), told["view"])
    return note.model_copy(update={"parameters": told})


def mirrored(analysis: doc.Analysis, today: dt.date) -> doc.Analysis:
    """The analysis of the same clips looked at in a mirror, judged anew from the same numbers and answers."""
    clips = [_clip(clip) for clip in analysis.clips]
    sided = {
        name: [item.model_copy(update={"side": OTHER_SIDE.get(item.side, item.side)}) for item in items]
        for name, items in ((name, getattr(analysis, name)) for name in SIDED)
    }
    notes = [_note(note, clips) for note in analysis.quality if note.code != MIRRORED]
    notes += [
        doc.Quality(code=MIRRORED, severity="info", parameters={}, clip=k)
        for k, clip in enumerate(clips)
        if clip.mirrored
    ]
    exchanged = analysis.model_copy(update={**sided, "clips": clips, "quality": notes})
    judged = judge_visit(
        estimates_of(exchanged.metrics),
        analysis.intake,
        analysis.intake_problems,
        analysis.athlete.person,
        load_evidence(),
        today,
        filmed_on=analysis.visit.filmed_on,
    )
    return exchanged.model_copy(update=judged_fields(judged))
