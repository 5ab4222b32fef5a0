"""A visit measured again as somebody saw it: from its landmarks and films, with corrections by hand.

Corrections hold for what was analysed, not for what earlier corrections made of it: whatever is corrected, and whatever
is taken back, starts from there, so that taking all back gives the first numbers again.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis import document as doc
from gaitcheck.analysis.compose import Measured, judged_fields, measured_fields, measured_of_clip
from gaitcheck.analysis.kept import read_landmarks_of, write_all
from gaitcheck.analysis.mirror import MIRRORED
from gaitcheck.analysis.store import numbered
from gaitcheck.corrections import ByHand, Corrections, HowRead
from gaitcheck.describe import best, describe, tracks
from gaitcheck.errors import InputError
from gaitcheck.evidence import load_evidence
from gaitcheck.gait.sight.proxy_eyes import ProxyEyes
from gaitcheck.measure import Measurement, measure
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.quality import QualityNote
from gaitcheck.quality.notes import of_the_film
from gaitcheck.settings import DEFAULT, Settings
from gaitcheck.setup import Setup
from gaitcheck.uncertainty import Estimate
from gaitcheck.uncertainty.estimate import HAND
from gaitcheck.video import recut_proxy
from gaitcheck.views import view_named
from gaitcheck.views.front_or_back import exchange_sides

SAME = 0.002
"""A value is as it was if it moved by less than that share of half its interval: landmarks are kept in 32 bits."""

AS_FAST = 0.01
"""A film that plays within that of life's pace is no slow motion."""


@dataclass(frozen=True)
class Remeasured:
    """A visit as corrected."""

    analysis: doc.Analysis
    measured: list[Measured]

    def write(self, folder: Path) -> None:
        """Films and tables into a folder that holds those the visit was measured from; the document is not written.

        A film that is mirrored or timed otherwise is kept as it was analysed, so that nothing is coded twice.
        """
        for k, clip in enumerate(self.analysis.clips):
            shown, first = (folder / numbered(name, ".mp4", k) for name in ("proxy", "first"))
            if not first.exists() and clip.film_changed:
                shown.rename(first)
            elif first.exists() and not clip.film_changed:
                first.replace(shown)
            was = clip.as_analysed
            if was is not None and clip.film_changed:
                faster = clip.capture_fps / was.capture_fps
                recut_proxy(
                    shown, clip.looked_at_fps, factor=faster, mirror=clip.mirrored != was.mirrored, source=first
                )
        write_all(tracks(self.measured), folder)


def as_analysed(clip: doc.Clip) -> doc.AsAnalysed:
    """How a clip was read before anybody corrected it."""
    return clip.as_analysed or doc.AsAnalysed(
        view=clip.view,
        view_given=clip.view_given,
        camera_roll_deg=clip.camera_roll_deg if clip.camera_roll_source == "given" else None,
        mirrored=clip.mirrored,
        capture_fps=clip.capture_fps,
        slow_motion_source=clip.slow_motion_source,
        runner=clip.runner,
    )


def _first_landmarks(clip: doc.Clip, first: doc.AsAnalysed, kept: Landmarks) -> Landmarks:
    """Landmarks as they were analysed, from those that are kept."""
    landmarks = replace(kept, times_s=kept.times_s * (clip.capture_fps / first.capture_fps))
    if clip.mirrored != first.mirrored:
        landmarks = landmarks.mirrored()
    planes = {view_named(view).plane for view in (clip.view, first.view)}
    if planes == {"frontal"} and clip.view != first.view:
        landmarks = exchange_sides(landmarks, landmarks.tracked)
    return landmarks


@dataclass(frozen=True)
class _Read:
    """One clip read as corrected: its landmarks, how it is read, and whether in a mirror of what was analysed."""

    landmarks: Landmarks
    how: HowRead
    by_hand: ByHand
    mirrored: bool


def _read(analysis: doc.Analysis, folder: Path, number: int, corrections: Corrections) -> _Read:
    clip = analysis.clips[number]
    first = as_analysed(clip)
    by_hand = ByHand(corrections.of(clip.sha256), clip.start_s, 1.0, clip.fps)
    how = by_hand.how(
        HowRead(
            first.view if first.view_given else "auto",
            first.camera_roll_deg,
            None,
            first.mirrored,
            first.capture_fps,
            first.runner,
        )
    )
    for one in by_hand.corrections:
        if one.on_mirrored is not None and one.on_mirrored != how.mirrored:
            raise InputError(
                f"A correction ({one.what}) names a side of {clip.file} as it was {'' if one.on_mirrored else 'not '}"
                "mirrored, which is otherwise now, so it would be the other leg; take that correction back."
            )
    if how.runner != first.runner:
        raise InputError(
            f"Runner {how.runner} of {clip.file} must be followed anew: run gaitcheck analyze on the clip again, with "
            f"--runner {how.runner}."
        )
    by_hand = replace(by_hand, slow_motion=how.capture_fps / clip.fps, roll_sd_deg=how.camera_roll_sd_deg)
    landmarks = _first_landmarks(clip, first, read_landmarks_of(folder, analysis, number))
    landmarks = replace(landmarks, times_s=landmarks.times_s * (first.capture_fps / how.capture_fps))
    mirrored = how.mirrored != first.mirrored
    return _Read(landmarks.mirrored() if mirrored else landmarks, how, by_hand, mirrored)


def measure_again(
    analysis: doc.Analysis, folder: Path, number: int, corrections: Corrections, settings: Settings = DEFAULT
) -> Measurement:
    """One clip of a results folder measured again as corrected.

    Parameters
    ----------
    analysis
        The document as it is, corrected or not.
    folder
        Its results.
    number
        Of the clip, from 0.
    corrections
        All that hold.

    Raises
    ------
    InputError
        If a correction names what is not there, or the folder lacks what is measured from.
    RunnerError
        If nothing can be measured any more.
    """
    return _measured(analysis, folder, number, _read(analysis, folder, number, corrections), settings)


def _measured(analysis: doc.Analysis, folder: Path, number: int, read: _Read, settings: Settings) -> Measurement:
    film = "first" if analysis.clips[number].film_changed else "proxy"
    return measure(
        read.landmarks,
        Setup(view=read.how.view, camera_roll_deg=read.how.camera_roll_deg),
        height_cm=analysis.athlete.height_cm,
        eyes=ProxyEyes(folder / numbered(film, ".mp4", number), 0, read.landmarks, mirrored=read.mirrored),
        by_hand=read.by_hand,
        name=analysis.clips[number].file,
        settings=settings,
    )


def _remeasure(
    analysis: doc.Analysis, folder: Path, number: int, corrections: Corrections, settings: Settings
) -> tuple[doc.Clip, Measured]:
    """One clip as corrected, and what was measured of it."""
    clip, read = analysis.clips[number], _read(analysis, folder, number, corrections)
    how, first = read.how, as_analysed(clip)
    reading = _measured(analysis, folder, number, read, settings)
    one = describe(reading, clip.model, _film_notes(analysis, number, how, first), settings)
    source: Literal["none", "given", "tag", "seen"] = first.slow_motion_source
    if how.capture_fps != first.capture_fps:
        source = "given" if abs(how.capture_fps / clip.fps - 1.0) > AS_FAST else "none"
    there = {
        **measured_of_clip(one),
        "mirrored": how.mirrored,
        "capture_fps": how.capture_fps,
        "slow_motion_source": source,
        "runner": clip.runner if how.mirrored == clip.mirrored else clip.people - clip.runner + 1,
        "as_analysed": first if read.by_hand.corrections else None,
    }
    return clip.model_copy(update=there), one


def _film_notes(analysis: doc.Analysis, number: int, how: HowRead, first: doc.AsAnalysed) -> list[QualityNote]:
    """What was noted of the film, without what is told otherwise now."""
    clip = analysis.clips[number]
    notes = [
        QualityNote(note.code, note.severity, note.parameters)
        for note in analysis.quality
        if note.clip == number and of_the_film(note.code) and note.code != MIRRORED
    ]
    if how.capture_fps != clip.capture_fps or how.capture_fps != first.capture_fps:
        factor = how.capture_fps / clip.fps
        notes = [note for note in notes if not note.code.startswith("slow_motion")]
        if abs(factor - 1.0) > AS_FAST:
            code = "slow_motion_found" if first.slow_motion_source in ("tag", "seen") else "slow_motion_undone"
            found = how.capture_fps == first.capture_fps and code == "slow_motion_found"
            told: dict[str, float | str] = {"factor": round(factor, 2)}
            notes.append(QualityNote(code if found else "slow_motion_undone", "warning" if found else "info", told))
    if how.mirrored:
        notes.append(QualityNote(MIRRORED, "info"))
    return notes


def _marked(estimate: Estimate, before: doc.MetricValue | None, corrected: bool) -> Estimate:
    """An estimate that says what it was before anybody corrected anything, and whether that moved it.

    ``corrected``: the document has corrections, so that it tells the first value beside its own.
    """
    if before is None:
        return estimate
    first = before.value_before if corrected else before.value
    if first is None or estimate.value is None or estimate.interval is None:
        moved = first is not None or estimate.value is not None
    else:
        moved = abs(estimate.value - first) > SAME * estimate.interval.half
    moved = moved or HAND in estimate.parts
    return replace(estimate, corrected=moved, value_before=first)


def remeasure(
    analysis: doc.Analysis, folder: Path, corrections: Corrections, settings: Settings = DEFAULT
) -> Remeasured:
    """A visit as corrected; nothing is written.

    Parameters
    ----------
    analysis
        The document as it is, corrected or not.
    folder
        Its results.
    corrections
        All that hold from now on; none of them give the first numbers again.

    Raises
    ------
    InputError
        If a correction is of another clip, names what is not there, or the folder lacks what is measured from.
    RunnerError
        If nothing can be measured any more.
    """
    corrections.require_clips((clip.sha256 for clip in analysis.clips), folder)

    def one(number: int) -> tuple[doc.Clip, Measured]:
        return _remeasure(analysis, folder, number, corrections, settings)

    with ThreadPoolExecutor(max_workers=min(len(analysis.clips), 2)) as pool:
        found = list(pool.map(one, range(len(analysis.clips))))
    clips, measured = [clip for clip, _ in found], [one for _, one in found]
    before: dict[tuple[str, str], doc.MetricValue] = {(m.name, m.side): m for m in analysis.metrics}
    marked = [
        (_marked(estimate, before.get((estimate.metric, estimate.side)), bool(analysis.corrections)), clip)
        if corrections.correction
        else (estimate, clip)
        for estimate, clip in best(measured)
    ]
    if all(e.value is None for e, _ in marked) and any(m.value is not None for m in analysis.metrics):
        raise InputError("With this nothing can be measured any more; take the last correction back.")
    return Remeasured(_judged(analysis, clips, measured, marked, corrections), measured)


def _judged(
    analysis: doc.Analysis,
    clips: list[doc.Clip],
    measured: list[Measured],
    estimates: list[tuple[Estimate, int]],
    corrections: Corrections,
) -> doc.Analysis:
    """The document of what was measured again, judged by the same answers on the same day."""
    judged = judge_visit(
        estimates,
        analysis.intake,
        analysis.intake_problems,
        analysis.athlete.person,
        load_evidence(),
        analysis.plan.made_on,
        filmed_on=analysis.visit.filmed_on,
    )
    return analysis.model_copy(
        update={
            "clips": clips,
            "quality": [doc.Quality(**vars(note), clip=k) for k, one in enumerate(measured) for note in one.notes],
            **judged_fields(judged),
            **measured_fields(measured),
            "corrections": list(corrections.correction),
        }
    )
