"""What ``import gaitcheck`` offers: visits analysed, opened and compared, landmarks read."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitcheck.analysis import store
from gaitcheck.analysis.document import Analysis, Athlete, Clip, FindingValue, Visit
from gaitcheck.errors import InputError, UsageError
from gaitcheck.setup import Setup

if TYPE_CHECKING:
    import pandas as pd

    from gaitcheck.advice.plan import Plan
    from gaitcheck.corrections import Correction, Corrections
    from gaitcheck.exports import Export, Exported
    from gaitcheck.measure import Measurement
    from gaitcheck.pose.landmarks import Landmarks
    from gaitcheck.progress.change import Comparison
    from gaitcheck.request import Style


@dataclass(frozen=True)
class ClipResults:
    """One clip of a visit; its tables are read when they are asked for.

    Attributes
    ----------
    folder
        The visit's.
    number
        Of the clip in it, from 0.
    visit
        The visit's document.
    """

    folder: Path
    number: int
    visit: Analysis

    @property
    def document(self) -> Clip:
        """What the visit's document says of the clip."""
        return self.visit.clips[self.number]

    @property
    def landmarks(self) -> pd.DataFrame:
        """Every landmark of every frame; docs/data.md has a sentence for each column."""
        from gaitcheck.analysis.kept import read_landmark_table

        return read_landmark_table(self.folder, self.number)

    def measure(self) -> Measurement:
        """The clip measured again from its landmarks and film: the document's numbers, and all that led to them."""
        from gaitcheck.correct import measure_again
        from gaitcheck.corrections import Corrections

        return measure_again(self.visit, self.folder, self.number, Corrections(correction=self.visit.corrections))

    @property
    def steps(self) -> pd.DataFrame:
        """Every value of every step that its mean rests on; docs/data.md has a sentence for each column."""
        from gaitcheck.analysis.kept import read_steps

        table = read_steps(self.folder)
        return table[table["clip"] == self.number].reset_index(drop=True)

    @property
    def stances(self) -> pd.DataFrame:
        """One row a stance: ``number``, ``side``, ``initial_contact_s``, ``toe_off_s``."""
        import pandas as pd

        columns = ["number", "side", "initial_contact_s", "toe_off_s"]
        own = [stance for stance in self.visit.stances if stance.clip == self.number]
        return pd.DataFrame([stance.model_dump(include=set(columns)) for stance in own], columns=columns)

    @property
    def curves(self) -> pd.DataFrame:
        """Mean curves over stance: ``name``, ``metric``, ``side``, ``unit``, ``percent`` (0-100), ``mean``, ``sd``."""
        import pandas as pd

        columns = ["name", "metric", "side", "unit", "percent", "mean", "sd"]
        rows = [
            (curve.name, curve.metric, curve.side, curve.unit, 100 * k / (len(curve.mean) - 1), mean, sd)
            for curve in self.visit.curves
            if curve.clip == self.number
            for k, (mean, sd) in enumerate(zip(curve.mean, curve.sd, strict=True))
        ]
        return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True, repr=False)
class Results:
    """A visit's results folder, opened.

    Attributes
    ----------
    folder
        Where the report, tables and films are.
    document
        Everything that was found, as ``analysis.json`` says it.
    """

    folder: Path
    document: Analysis

    @property
    def clips(self) -> tuple[ClipResults, ...]:
        """The visit's clips."""
        return tuple(ClipResults(self.folder, k, self.document) for k in range(len(self.document.clips)))

    @property
    def findings(self) -> list[FindingValue]:
        """What is outside its typical range, most important first."""
        return self.document.findings

    @property
    def plan(self) -> Plan:
        """What to do, in what dose, and when to stop."""
        return self.document.plan

    def to_frame(self) -> pd.DataFrame:
        """Every measured value as a tidy table; see ``Analysis.to_frame``."""
        return self.document.to_frame()

    def export(self, kinds: str | Iterable[str], out: Path | str, *, replace: bool = False) -> list[Path]:
        """Write the clips in formats that other programs open.

        Parameters
        ----------
        kinds
            Names of ``exports()``: trc, mot, c3d, nc, csv, parquet; or one text of them, with commas.
        out
            A folder; made where it is missing.
        replace
            Write over files that are there.

        Raises
        ------
        UsageError
            If there is no such format, a file is there already, or an extra is missing.
        InputError
            If the results lack what they are made from.
        OutputError
            If a file can't be written.
        """
        from gaitcheck.exports import Exported, exports

        known = exports()
        chosen = list(dict.fromkeys(kinds.split(",") if isinstance(kinds, str) else kinds))
        for kind in chosen:
            if kind not in known:
                raise UsageError(f"There is no format {kind!r}; use {', '.join(known)}.")
        folder, files = Path(out), []
        clips = self.clips
        targets = {
            (kind, clip.number): folder / store.numbered(clip.document.view, known[kind].suffix, clip.number)
            for kind in chosen
            for clip in clips
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} can't be a folder ({error.strerror}); name another.") from error
        for target in targets.values():
            store.check_file_target(target, replace=replace)
        for clip in clips:
            exported = Exported(self.document, clip.number, clip.measure())
            for kind in chosen:
                target = targets[kind, clip.number]
                store.write_with(target, partial(_write, known[kind], exported))
                files.append(target)
        return files

    def save_pdf(self, target: Path | str) -> Path:
        """Copy the report.

        Raises
        ------
        InputError
            If the folder has no report.
        OutputError
            If it can't be written.
        """
        try:
            content = (self.folder / "report.pdf").read_bytes()
        except OSError as error:
            raise InputError(f"{self.folder} has no report.pdf; run gaitcheck report on it.") from error
        store.write_whole(Path(target), content)
        return Path(target)

    @property
    def corrections(self) -> list[Correction]:
        """What was corrected by hand, in order."""
        return list(self.document.corrections)

    def correct(self, corrections: Iterable[Mapping[str, Any] | Correction] | Path | str, *, by: str = "") -> Results:
        """Add corrections by hand; clips are measured again from landmarks and films, and the report is drawn anew.

        Parameters
        ----------
        corrections
            Tables like those of docs/correct.md, or a TOML file of them.
        by
            Who corrects, where they don't say so themselves.

        Raises
        ------
        UsageError
            If the visit is signed off.
        InputError
            If one can't be right or names what is not there; the folder is left as it was.
        """
        from gaitcheck.pipeline import correct_again

        return Results(self.folder, correct_again(self.folder, self._with(corrections, by)))

    def take_back(self, number: int) -> Results:
        """Take one correction back, counted from 1.

        Raises
        ------
        UsageError
            If there is none of that number, later ones rest on it, or the visit is signed off.
        """
        from gaitcheck.pipeline import correct_again, held_corrections

        return Results(
            self.folder, correct_again(self.folder, held_corrections(self.folder, self.document).without(number))
        )

    def _with(self, told: Iterable[Mapping[str, Any] | Correction] | Path | str, by: str) -> Corrections:
        """Corrections that hold already, and others after them."""
        from gaitcheck.corrections.file import completed, read_tables
        from gaitcheck.pipeline import held_corrections, read_before

        name = "corrections"
        if isinstance(told, (str, Path)):
            name, told = Path(told).name, read_tables(Path(told))
        rows = [one.model_dump() if not isinstance(one, Mapping) else one for one in told]
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        return completed(
            [*(one.model_dump() for one in held_corrections(self.folder, self.document).correction), *rows], by, now,
            [(clip.file, clip.sha256) for clip in self.document.clips], name, read_before(self.document),
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Results in {self.folder}: {self.document!r}>"

    def _repr_html_(self) -> str:
        """The report's first page in short, for notebooks."""
        from gaitcheck.report.content import Writer

        content = Writer(self.document).write()
        still = self.folder / store.LEADING_STILL
        picture = ""
        if still.is_file():
            data = base64.b64encode(still.read_bytes()).decode("ascii")
            picture = (
                f'<img src="data:image/svg+xml;base64,{data}" alt="" style="float:right;height:16em;margin-left:1em">'
            )
        rows = "".join(
            f"<tr><td>{escape(bar.title)}, {escape(side.side)}</td><td>{escape(side.said)}</td>"
            f"<td>{escape(content.labels['likely'])} {escape(side.likely)}</td>"
            f"<td>{escape(side.strides)} {escape(content.labels['steps'])}</td><td>{escape(side.rating)}</td></tr>"
            for bar in content.bars
            for side in bar.sides
        )
        action = content.action
        told = " ".join(part for part in (f"{action.label}:", action.number, action.unit, action.sentence) if part)
        return (
            f"<div>{picture}<h3>{escape(content.headline)}</h3><p>{escape(told)}</p><table>{rows}</table>"
            f"<p>{escape(content.limits)}</p></div>"
        )


def _write(export: Export, exported: Exported, path: Path) -> None:
    try:
        export.write(exported, path)
    except ImportError as error:
        raise UsageError(f"{export.name} needs the extra: pip install 'gaitcheck[{export.extra}]'.") from error


def load(folder: Path | str) -> Results:
    """Open a results folder.

    Raises
    ------
    InputError
        If its document is missing, damaged or of a version that can't be read.
    """
    return Results(Path(folder), store.load(folder))


def analyze(
    clips: Path | str | Iterable[Path | str],
    out: Path | str | None = None,
    *,
    athlete: Athlete | None = None,
    setup: Setup | None = None,
    style: Style | None = None,
    visit: Visit | None = None,
    intake: Path | str | Iterable[Path | str] = (),
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Results:
    """Analyse one athlete's clips of one visit.

    Parameters
    ----------
    clips, intake
        One path or several.
    out
        Folder for the results; without, one named after the first clip, in the working directory.
    progress
        Told the stage, what is done of it, and its whole.

    Raises
    ------
    UsageError
        If an option can't be right, or ``out`` holds something else.
    InputError
        If a clip can't be analysed or the results can't be written; nothing is left behind.
    """
    from pydantic import ValidationError

    from gaitcheck import pipeline
    from gaitcheck.request import Request, refusal

    told: dict[str, Any] = {"athlete": athlete, "setup": setup, "style": style, "visit": visit}
    told = {name: value for name, value in told.items() if value is not None}
    try:
        request = Request(clips=_paths(clips), intake=_paths(intake), jobs=jobs, **told)
    except ValidationError as error:
        raise refusal(error) from error
    folder = Path(out) if out is not None else Path(f"{request.clips[0].stem}-report")
    return Results(folder, pipeline.analyze(request, folder, progress=progress))


def _paths(told: Path | str | Iterable[Path | str]) -> tuple[Path, ...]:
    return (Path(told),) if isinstance(told, (str, Path)) else tuple(Path(one) for one in told)


def compare(before: Results | Analysis | Path | str, after: Results | Analysis | Path | str) -> Comparison:
    """What really changed between two visits, what is within noise, what can't be told; see ``progress.change``.

    Raises
    ------
    UsageError
        If the visits can't be compared.
    """
    from gaitcheck.progress.change import compare as compare_documents

    opened = [load(visit) if isinstance(visit, (str, Path)) else visit for visit in (before, after)]
    old, new = (visit.document if isinstance(visit, Results) else visit for visit in opened)
    return compare_documents(old, new)


def read_landmarks(
    source: Any,
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    clip: int = 0,
    person: int | None = None,
    y_up: bool | None = None,
) -> Landmarks:
    """Landmarks to measure, of our own or of another tracker.

    Parameters
    ----------
    source
        A results folder; or names and points ((T, 2) px, or (T, 3) with a confidence), a ``.trc`` file, a folder of
        OpenPose's JSON, or a dataset of ``movement`` or its ``.nc`` file. Hips, knees, ankles and shoulders of both
        sides are needed; without toes nothing is said of toe-off.
    fps
        Frames/s, where the source holds no times.
    size
        Width and height of the picture, px.
    clip
        Which of a results folder's.
    person
        Which of several.
    y_up
        Whether the source's second axis points up; by default it does in metres and not in pixels, and a TRC file in
        pixels has the runner's feet tell.

    Raises
    ------
    InputError
        If it can't be read, or a joint that is needed is missing.
    UsageError
        If times are missing and ``fps`` too.
    """
    source = Path(source) if isinstance(source, str) else source
    if isinstance(source, Path) and (source / store.DOCUMENT).is_file():
        source = load(source)
    if isinstance(source, Results):
        from gaitcheck.analysis.kept import read_landmarks_of

        return read_landmarks_of(source.folder, source.document, clip)
    import numpy as np

    from gaitcheck.pose.formats import read_tracks
    from gaitcheck.pose.keypoints import from_points, points_up

    tracks = read_tracks(source, person)
    frames = max((len(track) for track in tracks.points.values()), default=0)
    times = tracks.times_s
    if times is None:
        if fps is None:
            raise UsageError("These landmarks hold no times; give fps, the frames a second.")
        if not 1 <= fps <= 1000:
            raise UsageError(f"fps is {fps}; it must lie between 1 and 1000.")
        times = np.arange(frames) / fps
    up = tracks.y_up if y_up is None else y_up
    up = points_up(tracks.points) if up is None else up
    flip = np.array([1.0, -1.0, 1.0])
    points = {name: track * flip[: track.shape[-1]] for name, track in tracks.points.items()} if up else tracks.points
    return from_points(points, times, size=size)
