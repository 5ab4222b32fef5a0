"""Every stage, in order, for one athlete's clips: the one file that names them all."""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gaitcheck.advice.intake import Intake, Problem, read_intakes
from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis import document as doc
from gaitcheck.analysis.compose import Filmed, Measured, Source, compose, estimates_of, judged_fields
from gaitcheck.analysis.kept import results_kind, write_all
from gaitcheck.analysis.kept.exchange import mirror_landmarks, mirror_strides
from gaitcheck.analysis.mirror import mirrored
from gaitcheck.analysis.review import REVIEW, Review, read_review
from gaitcheck.analysis.store import check_target, load, numbered, staging, telling
from gaitcheck.correct import remeasure
from gaitcheck.corrections import CORRECTIONS, Correction, Corrections, read_corrections
from gaitcheck.corrections.runner import RunnerCorrection
from gaitcheck.describe import best, describe, tracks
from gaitcheck.errors import RunnerError, UsageError
from gaitcheck.evidence import load_evidence
from gaitcheck.gait.sight.proxy_eyes import ProxyEyes
from gaitcheck.measure import measure
from gaitcheck.pose.facing import upright_deg
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.pose.models import model_path
from gaitcheck.pose.segments import track
from gaitcheck.quality import (
    clip_apart,
    damaged,
    file_notes,
    require_runner,
    require_times,
    take_notes,
)
from gaitcheck.report import parts, require_parts, write_report
from gaitcheck.report.brand import brand_of, read_brand
from gaitcheck.report.pictures.faces import blur_proxy
from gaitcheck.request import Request, Style, work_sha256
from gaitcheck.settings import DEFAULT, Settings
from gaitcheck.takes import Chosen, Take, choose_runner, choose_take
from gaitcheck.uncertainty.agreement import disagreement
from gaitcheck.video import ClipInfo, Film, Frame, ProxyWriter, Tally, decode, probe, recut_proxy
from gaitcheck.wording import load_wording

Progress = Callable[[str, int, int], None]


def look_of(style: Style, before: doc.Presentation | None = None) -> doc.Presentation:
    """The look of a report, checked before any work is done; what is not told now is as it was ``before``.

    Raises
    ------
    UsageError
        If there is no such language, or the brand's file is not there.
    InputError
        If the brand's file can't be used.
    """
    if style.language is not None:
        load_wording(style.language)
    paper = "us-letter" if style.paper == "letter" else style.paper
    asked = {"paper": paper, "readers": style.readers, "language": style.language}
    told: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    told |= {name: True for name in ("share", "blur_faces") if getattr(style, name)}
    if style.brand is not None:
        brand = read_brand(style.brand)
        told |= {"brand_name": brand.name, "brand_contact": brand.contact, "brand_colour": brand.colour}
        told["brand_logo"] = None if brand.logo is None else base64.b64encode(brand.logo).decode("ascii")
    return (before or doc.Presentation()).model_copy(update=told)


@dataclass(frozen=True)
class _Followed:
    """A clip's people in playback time, and what became of its pictures. ``quarter_turns`` set them upright."""

    people: list[Landmarks]
    film: Film
    tally: Tally
    quarter_turns: int


def _load_ahead() -> None:
    """Load what measuring and reporting need; a second that is free while workers start."""
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401
    import scipy.optimize
    import scipy.signal  # noqa: F401
    import typst  # noqa: F401


def _follow(
    clip: ClipInfo, request: Request, proxy_path: Path, progress: Progress, quarter_turns: int = 0
) -> _Followed:
    """One pass over a clip: everybody is followed, the proxy is written; a clip that lies is turned and read again."""
    done = 0
    film, tally = Film(), Tally()

    def tracked(frames: int) -> None:
        nonlocal done
        done += frames
        progress("pose", done, clip.frame_count // clip.every)

    with ProxyWriter(proxy_path, clip.looked_at_fps) as proxy:

        def frames() -> Iterator[Frame]:
            first: float | None = None
            for frame in decode(
                clip,
                start_s=request.setup.start_s,
                end_s=request.setup.end_s,
                mirrored=request.setup.mirrored,
                quarter_turns=quarter_turns,
                tally=tally,
            ):
                first = frame.time_s if first is None else first
                proxy.write(frame.image, frame.time_s - first)
                film.add(frame)
                yield frame

        people = track(
            frames(), model_path(request.setup.model), jobs=request.jobs or os.cpu_count() or 1, on_frames=tracked
        )
    turns = round(upright_deg(people[0].pixels) / 90) % 4 if people[0].tracked.any() else 0
    if turns and not quarter_turns:
        return _follow(clip, request, proxy_path, progress, turns)
    return _Followed(people, film, tally, quarter_turns)


def _choose(followed: _Followed, clip: ClipInfo, request: Request, settings: Settings) -> Chosen:
    """The runner of a clip and the take that shows her; what is wrong with the picture is said first."""

    def look(person: Landmarks) -> Take:
        try:
            return choose_take(
                person,
                followed.film.changes,
                followed.film.broken_off,
                name=clip.name,
                fps=clip.fps,
                tagged_fps=clip.tagged_fps,
                given=request.setup.capture_fps is not None,
            )
        except RunnerError:
            require_runner(person, clip.name, settings)
            raise

    return choose_runner(followed.people, request.setup.runner, look)


def _timed(clip: ClipInfo, take: Take) -> ClipInfo:
    """The clip with what the motion told of its time scale."""
    if clip.slow_motion_source == "given" or take.scale.factor == 1.0:
        return clip
    factor = take.scale.factor
    return replace(
        clip,
        slow_motion=factor,
        capture_fps=factor * clip.fps,
        slow_motion_source="tag" if take.scale.source == "tag" else "seen",
    )


def measure_clip(
    clip: ClipInfo, request: Request, folder: Path, number: int, settings: Settings, progress: Progress
) -> tuple[Filmed, Measured]:
    """Measure one clip; its proxy is written to ``folder`` in the same pass.

    Raises
    ------
    ClipError
        If a damaged file leaves too little to measure.
    RunnerError
        If nobody in it can be measured.
    """
    proxy_path = folder / numbered("proxy", ".mp4", number)
    followed = _follow(clip, request, proxy_path, progress)
    progress("measure", 0, 1)
    whole = request.setup.end_s is None
    require_times(clip, followed.tally, whole=whole)
    try:
        chosen = _choose(followed, clip, request, settings)
        clip, take = _timed(clip, chosen.take), chosen.take
        landmarks = chosen.landmarks.part(take.start_s, take.stop_s, take.scale.factor)
        require_runner(landmarks, clip.name, settings)
        eyes = ProxyEyes(proxy_path, chosen.landmarks.first_row(take.start_s), landmarks)
        reading = measure(
            landmarks, request.setup, height_cm=request.athlete.height_cm, eyes=eyes, name=clip.name, settings=settings
        )
    except RunnerError as error:
        raise damaged(clip, followed.tally, whole=whole) or error from None
    if not take.whole or take.scale.factor != 1.0:
        recut_proxy(
            proxy_path,
            clip.looked_at_fps,
            start_s=take.start_s,
            stop_s=take.stop_s,
            factor=take.scale.factor,
        )
    if request.style.blur_faces:
        everybody = [person.part(take.start_s, take.stop_s, take.scale.factor) for person in followed.people]
        blur_proxy(proxy_path, everybody, clip.looked_at_fps)
    notes = [
        *file_notes(clip, followed.tally, whole=whole),
        *take_notes(
            clip, chosen, followed.quarter_turns, mirrored=request.setup.mirrored, start_s=request.setup.start_s
        ),
    ]
    playback = clip.slow_motion / take.scale.factor
    source = Source(
        start_s=request.setup.start_s + playback * take.start_s,
        stop_s=request.setup.start_s + playback * take.stop_s,
        mirrored=request.setup.mirrored,
        quarter_turns=followed.quarter_turns,
        people=chosen.people,
        runner=chosen.number,
    )
    return Filmed(clip, source), describe(reading, model_path(request.setup.model).stem, notes, settings)


def _athlete(told: doc.Athlete, intake: Intake | None) -> doc.Athlete:
    """Who runs: the call's own values win over the answers'."""
    answered = (intake or Intake()).you.model_dump()
    return told.model_copy(update={name: value for name, value in answered.items() if getattr(told, name) is None})


def _visit(told: doc.Visit, clips: list[ClipInfo]) -> doc.Visit:
    """The day is what the call says, else the earliest any clip says."""
    days = [clip.filmed_on for clip in clips if clip.filmed_on is not None]
    return told.model_copy(update={"filmed_on": told.filmed_on or min(days, default=None)})


def advise_again(analysis: doc.Analysis, intake: Intake, problems: list[Problem], today: dt.date) -> doc.Analysis:
    """The same measurements with other answers: everything that judging makes is made anew.

    Lengths stay as they were measured; a body height told only now does not turn them into centimetres. A warning
    sign told before stays until it is answered with false.
    """
    you, known = intake.you, analysis.athlete
    if analysis.intake is not None:
        told = {name: True for name, there in analysis.intake.red_flags.items() if there}
        intake = intake.model_copy(update={"red_flags": {**told, **intake.red_flags}})
    athlete = known.model_copy(
        update={
            "age": you.age,
            "mass_kg": you.mass_kg,
            "sex": you.sex or known.sex,
            "height_cm": you.height_cm or known.height_cm,
            "speed_kmh": you.speed_kmh or known.speed_kmh,
        }
    )
    judged = judge_visit(
        estimates_of(analysis.metrics), intake, problems, athlete.person, load_evidence(), today,
        filmed_on=analysis.visit.filmed_on,
    )  # fmt: skip
    return analysis.model_copy(update={"athlete": athlete, **judged_fields(judged)})


def _as_corrected(request: Request, told: tuple[Correction, ...]) -> Request:
    """What is asked of one clip, where somebody said who of several people is meant."""
    who = [one.after for one in told if isinstance(one, RunnerCorrection)]
    if not who:
        return request
    return request.model_copy(update={"setup": request.setup.model_copy(update={"runner": str(who[-1])})})


def analyze(
    request: Request, out: Path, *, progress: Progress = lambda *_: None, settings: Settings = DEFAULT
) -> doc.Analysis:
    """Analyse one athlete's clips into a results folder; what was corrected by hand there on these clips is kept.

    Raises
    ------
    UsageError
        If ``out`` holds something else, or an option names what is not there.
    InputError
        If a clip can't be analysed or the results can't be written; nothing is left behind.
    """
    check_target(out)
    clips = [probe(path, request.setup.capture_fps) for path in request.clips]
    evidence, look = load_evidence(), look_of(request.style)
    read_review(out)
    corrections = read_corrections(out)
    corrections.require_clips((clip.sha256 for clip in clips), out / CORRECTIONS)
    intake, problems = read_intakes(request.intake, evidence)
    athlete = _athlete(request.athlete, intake)
    visit = _visit(request.visit, clips)
    work = work_sha256(request, [clip.sha256 for clip in clips], settings, brand_of(look))
    if request.shown_as:
        clips = [replace(clip, name=name) for clip, name in zip(clips, request.shown_as, strict=True)]
    measuring = request.model_copy(update={"athlete": athlete})
    threading.Thread(target=_load_ahead, daemon=True).start()
    with staging(out, results_kind()) as folder:
        measured: list[Measured] = []
        films: list[Filmed] = []
        for clip in clips:
            asked = _as_corrected(measuring, corrections.of(clip.sha256))
            film, one = measure_clip(clip, asked, folder, len(measured), settings, progress)
            differs = disagreement(measured[0].estimates, one.estimates) if measured else None
            if differs is None:
                measured.append(one)
                films.append(film)
            else:
                (folder / numbered("proxy", ".mp4", len(measured))).unlink()
                measured[0].notes.append(clip_apart(clip.name, **vars(differs)))
        judged = judge_visit(
            best(measured), intake, problems, athlete.person, evidence, dt.date.today(), filmed_on=visit.filmed_on
        )
        analysis = compose(
            athlete, visit, films, measured, model_path(request.setup.model), judged, settings, work, look
        )
        write_all(tracks(measured), folder)
        if corrections.correction:
            remeasured = remeasure(analysis, folder, corrections, settings)
            remeasured.write(folder)
            analysis = remeasured.analysis
        progress("report", 0, 1)
        write_report(analysis, folder, progress, read_review(out))
        (folder / "analysis.json").write_text(analysis.to_json(), encoding="utf-8")
    progress("done", 1, 1)
    return analysis


def _exchange_sides(analysis: doc.Analysis, folder: Path) -> doc.Analysis:
    """The other side's names for everything in a folder that holds a copy of its parts."""
    mirror_landmarks(folder / "landmarks.parquet", [clip.width for clip in analysis.clips])
    mirror_strides(folder / "strides.csv")
    for k, clip in enumerate(analysis.clips):
        recut_proxy(folder / numbered("proxy", ".mp4", k), clip.looked_at_fps, mirror=True)
    return mirrored(analysis, dt.date.today())


def report_again(
    folder: Path,
    intake_files: Sequence[Path] = (),
    *,
    style: Style = Style(),
    mirror: bool = False,
    signed: Review | None = None,
) -> doc.Analysis:
    """Draw the report of a results folder anew, with other answers or another look if they are given.

    Parameters
    ----------
    mirror
        The clips are mirrored after all (or are not): exchange left and right of everything.
    signed
        A sign-off from now on, kept with the report that shows it, or neither.

    Raises
    ------
    UsageError
        If sides are to be exchanged under a sign-off, which names sides, or after a camera's tilt was given.
    InputError
        If the folder or the answers can't be read; the folder is left as it was.
    """
    analysis, review = load(folder), signed or read_review(folder)
    analysis = analysis.model_copy(update={"presentation": look_of(style, analysis.presentation)})
    intake, problems = read_intakes(intake_files, load_evidence())
    if intake is not None:
        analysis = advise_again(analysis, intake, problems, dt.date.today())
    require_parts(analysis, folder)
    if mirror and analysis.corrections:
        raise UsageError(
            f"{folder} was corrected by hand; say that its clip is mirrored as one more correction, with gaitcheck "
            "correct."
        )
    if mirror and review is not None:
        raise UsageError(f"{folder} is signed off; delete its review.toml first, then exchange the sides.")
    if mirror and any(clip.camera_roll_source == "given" and clip.camera_roll_deg for clip in analysis.clips):
        raise UsageError(
            f"{folder} was measured with a given --camera-roll, which leans the other way in a mirror; run gaitcheck "
            "analyze again with --mirrored."
        )
    with staging(folder, results_kind()) as new:
        for name in parts(analysis):
            shutil.copy2(folder / name, new / name)
        if mirror:
            analysis = _exchange_sides(analysis, new)
        if signed is not None:
            (new / REVIEW).write_text(signed.to_toml(), encoding="utf-8", newline="\n")
        with telling(folder):
            write_report(analysis, new, review=review)
        (new / "analysis.json").write_text(analysis.to_json(), encoding="utf-8")
    return analysis


def held_corrections(folder: Path, analysis: doc.Analysis) -> Corrections:
    """Corrections of a results folder: its file's, which somebody may have edited, else those its document holds.

    Raises
    ------
    InputError
        If the file can't be read.
    """
    if (folder / CORRECTIONS).is_file():
        return read_corrections(folder)
    return Corrections(correction=tuple(analysis.corrections))


def read_before(analysis: doc.Analysis) -> dict[str, dict[str, Any]]:
    """How each clip is read now, by its fingerprint and by the kind of correction that would say it otherwise."""
    return {
        clip.sha256: {
            "view": clip.view,
            "mirrored": clip.mirrored,
            "slow_motion": clip.slow_motion,
            "runner": clip.runner,
            "level": clip.camera_roll_deg,
            "sides": clip.mirrored,
        }
        for clip in analysis.clips
    }


def correct_again(folder: Path, corrections: Corrections) -> doc.Analysis:
    """Measure a results folder's clips again as corrected by hand, and draw its report anew.

    Parameters
    ----------
    corrections
        All that hold from now on; they replace earlier ones. None give the first numbers again.

    Raises
    ------
    UsageError
        If the folder is signed off: the sign-off is of other numbers.
    InputError
        If a correction is of another clip, names what is not there, or nothing can be measured any more; the folder is
        left as it was.
    """
    analysis = load(folder)
    if read_review(folder) is not None:
        raise UsageError(f"{folder} is signed off; delete its review.toml first, then correct.")
    require_parts(analysis, folder)
    remeasured = remeasure(analysis, folder, corrections)
    with staging(folder, results_kind()) as new:
        for name in parts(analysis):
            shutil.copy2(folder / name, new / name)
        remeasured.write(new)
        with telling(folder):
            write_report(remeasured.analysis, new)
        (new / CORRECTIONS).write_text(corrections.to_toml(), encoding="utf-8")
        (new / "analysis.json").write_text(remeasured.analysis.to_json(), encoding="utf-8")
    return remeasured.analysis
