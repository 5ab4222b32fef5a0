"""The command line: parses, calls, prints."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gc
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaitcheck.errors import GaitcheckError, UsageError
from gaitcheck.stopping import STOPPED, hear

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from gaitcheck.analysis.document import Analysis
    from gaitcheck.fleet.jobs import Outcome
    from gaitcheck.request import Style
    from gaitcheck.setup import Setup

app = typer.Typer(
    name="gaitcheck",
    help="A phone clip of treadmill running becomes a form report. Runs on this machine; nothing leaves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

file_option = functools.partial(typer.Option, readable=False)
file_argument = functools.partial(typer.Argument, readable=False)
"""Files, which are tried where they are read: what can't be read is told there, in a sentence."""

Out = Annotated[Path, file_option("--out", help="Folder for the results; new, empty, or an earlier analysis.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")]
Jobs = Annotated[int | None, typer.Option("--jobs", help="Processes; default: one a core.")]

IntakeFiles = Annotated[
    list[Path] | None, file_option("--intake", help="Answers, .toml; of several files a later one's answers count.")
]
View = Annotated[str, typer.Option("--view", help="auto, rear, front, left or right.")]
CaptureRate = Annotated[
    float | None, typer.Option("--capture-fps", help="The camera's recording rate, for slow motion.")
]
CameraRoll = Annotated[float | None, typer.Option("--camera-roll", help="Camera tilt, degrees, + clockwise for you.")]
Mirrored = Annotated[bool, typer.Option("--mirrored", help="The clip is mirrored (selfie camera).")]
Start = Annotated[float, typer.Option("--start", help="Begin here, seconds of the clip.")]
End = Annotated[float | None, typer.Option("--end", help="End here, seconds of the clip.")]

BrandFile = Annotated[Path | None, file_option("--brand", help="Your name, colour, contact and logo, .toml.")]
KeyFile = Annotated[
    Path | None, file_option("--pseudonyms", help="A key file, .json: names stay in it, results hold pseudonyms.")
]
BlurFaces = Annotated[bool, typer.Option("--blur-faces", help="Blur the runner's face in every output.")]
PaperSize = Annotated[str, typer.Option("--paper", help="a4 or letter.")]
ReportFor = Annotated[str, typer.Option("--for", help="Which part of the report: runner, clinician or both.")]
OtherReaders = Annotated[str | None, typer.Option("--for", help="runner, clinician or both; default: as before.")]
SharePicture = Annotated[
    bool, typer.Option("--share", help="Also a square picture and a short film for a message, without a face.")
]
Language = Annotated[str, typer.Option("--language", help="en or de.")]
OtherLanguage = Annotated[str | None, typer.Option("--language", help="en or de; default: as before.")]
OtherPaper = Annotated[str | None, typer.Option("--paper", help="a4 or letter; default: as before.")]

STAGES = {"pose": "Following the runner", "measure": "Measuring", "report": "Drawing the report"}


def _bars(quiet: bool) -> tuple[Console, Progress]:
    """A console on stderr and bars on it, which show nothing where there is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, markup=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    return console, Progress(*columns, console=console, disable=hidden, transient=True)


class _ClipProgress:
    """Progress of one visit on stderr: stage, frames, time left; nothing where there is no terminal."""

    def __init__(self, quiet: bool) -> None:
        _, self._bars = _bars(quiet)
        self._task: Any = None
        self._stage = ""

    def __enter__(self) -> _ClipProgress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in STAGES:
            return
        if stage != self._stage:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._stage, self._task = stage, self._bars.add_task(STAGES[stage], total=max(total, 1))
        self._bars.update(self._task, completed=done, total=max(total, 1))


def _summary(analysis: Analysis, out: Path) -> dict[str, Any]:
    return {
        "out": str(out),
        "report": str(out / "report.pdf"),
        "clips": [{"file": c.file, "view": c.view} for c in analysis.clips],
        "findings": [
            {"risk_factor": f.risk_factor, "side": f.side, "position": f.position, "certainty": f.certainty}
            for f in analysis.findings
        ],
        "quality": [q.code for q in analysis.quality if q.severity != "info"],
    }


def _print(analysis: Analysis, out: Path, seconds: float) -> None:
    from rich.console import Console
    from rich.markup import escape

    from gaitcheck.report.content import Writer

    console = Console(highlight=False)
    content = Writer(analysis).write()
    console.print(f"[bold]{escape(content.headline)}[/bold]")
    if content.plan.opening:
        console.print(escape(content.plan.opening))
    for finding in content.findings:
        console.print(escape(f"  {finding.title}, {finding.side}: {finding.rating}. {finding.sure}"))
    for row in content.key_numbers:
        known = f"{content.labels['likely']} {row.likely}, {row.strides} {content.labels['steps']}"
        console.print(escape(f"  {row.title}, {row.side}: {row.said} ({known})"))
    mirrored = content.labels["mirror_command"] if content.check else ""
    for sentence in (*content.before_all, *content.first, " ".join(filter(None, (content.check, mirrored)))):
        console.print(escape(sentence))
    console.print(escape(f"Report: {out / 'report.pdf'}  ({seconds:.0f} s)"))


def _print_problems(analysis: Analysis) -> None:
    """Say on stderr which answers were left out."""
    from gaitcheck.wording import load_wording

    wording = load_wording()
    for problem in analysis.intake_problems:
        sentence = wording.problem(problem.code, problem.path, problem.parameters)
        typer.echo(wording.intake["text"]["left_out"].format(sentence=sentence), err=True)


def _run(request: Any, out: Path, quiet: bool, as_json: bool) -> None:
    from gaitcheck.pipeline import analyze as run

    started = time.monotonic()
    with _ClipProgress(quiet or as_json) as bar:
        analysis = run(request, out, progress=bar)
    _print_problems(analysis)
    if as_json:
        typer.echo(json.dumps(_summary(analysis, out), sort_keys=True))
    elif not quiet:
        _print(analysis, out, time.monotonic() - started)


OPTIONS = {
    "name": "--athlete",
    "camera_roll_deg": "--camera-roll",
    "start_s": "--start",
    "end_s": "--end",
    "readers": "--for",
}
"""Options that are not called as the fields they tell."""


def option(field: str) -> str:
    """The option that tells a field."""
    return OPTIONS.get(field, "--" + field.replace("_", "-"))


@contextlib.contextmanager
def _in_options() -> Iterator[None]:
    """What can't be right is told in the words of the command line."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        from gaitcheck.request import refusal

        raise refusal(error, option) from error


def _setup(
    view: str,
    capture_fps: float | None,
    camera_roll: float | None,
    mirrored: bool,
    start: float,
    end: float | None,
    model: str,
    runner: str | None = None,
) -> Setup:
    from gaitcheck.setup import Setup

    return Setup(
        view=view,
        capture_fps=capture_fps,
        camera_roll_deg=camera_roll,
        mirrored=mirrored,
        start_s=start,
        end_s=end,
        model=model,
        runner=runner,
    )


def _style(
    brand: Path | None,
    paper: str | None,
    readers: str | None = None,
    share: bool = False,
    language: str | None = None,
    blur_faces: bool = False,
) -> Style:
    from gaitcheck.request import Style

    look: dict[str, Any] = {"brand": brand, "paper": paper, "readers": readers}
    return Style(**look, share=share, language=language, blur_faces=blur_faces)


@app.command()
def demo(
    out: Out = Path("demo-report"),
    sample: Annotated[str, typer.Option(help="Which packaged sample: rear or side.")] = "rear",
    jobs: Jobs = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Turn a packaged sample clip into a report."""
    from gaitcheck.doctor import install_command, mend_system

    missing = mend_system()
    if missing:
        raise UsageError(f"System libraries are missing; as root, run: {install_command(missing)}")
    from gaitcheck.analysis.document import Athlete
    from gaitcheck.request import Request
    from gaitcheck.samples import sample_clip
    from gaitcheck.setup import Setup

    names = {"rear": "rear_valgus_crossover", "side": "left_overstriding"}
    if sample not in names:
        raise UsageError(f"There is no sample {sample!r}; use rear or side.")
    with _in_options():
        request = Request(
            clips=(sample_clip(names[sample]),),
            athlete=Athlete(name="Sample runner", height_cm=171.0),
            setup=Setup(camera_roll_deg=0.0),
            jobs=jobs,
        )
    _run(request, out, quiet, as_json)


@app.command()
def analyze(
    clips: Annotated[list[Path], file_argument(help="One athlete's clips of one visit, say rear and side.")],
    out: Out,
    athlete: Annotated[str, typer.Option(help="Name in the report.")] = "",
    height_cm: Annotated[float | None, typer.Option(help="Body height; gives lengths in centimetres.")] = None,
    sex: Annotated[str | None, typer.Option(help="F or M; some norms differ.")] = None,
    speed_kmh: Annotated[float | None, typer.Option(help="Belt speed.")] = None,
    view: View = "auto",
    capture_fps: CaptureRate = None,
    camera_roll: CameraRoll = None,
    mirrored: Mirrored = False,
    start: Start = 0.0,
    end: End = None,
    runner: Annotated[
        str | None, typer.Option(help="Who runs where there are several: left, right, or 1, 2, 3 from the left.")
    ] = None,
    model: Annotated[str, typer.Option(help="auto, lite, full, heavy or the path of a .task bundle.")] = "auto",
    intake: IntakeFiles = None,
    filmed_on: Annotated[str | None, typer.Option(help="The day, 2026-11-03; default: what the clip says.")] = None,
    shoes: Annotated[str, typer.Option(help="Shoes worn, so that visits can be compared.")] = "",
    brand: BrandFile = None,
    paper: PaperSize = "a4",
    readers: ReportFor = "both",
    share: SharePicture = False,
    language: Language = "en",
    blur_faces: BlurFaces = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Analyse clips of one athlete into a results folder."""
    from gaitcheck.analysis.document import Athlete, Visit
    from gaitcheck.request import Request

    with _in_options():
        request = Request(
            clips=tuple(clips),
            athlete=Athlete(name=athlete, height_cm=height_cm, sex=sex, speed_kmh=speed_kmh),
            setup=_setup(view, capture_fps, camera_roll, mirrored, start, end, model, runner),
            style=_style(brand, paper, readers, share, language, blur_faces),
            visit=Visit(filmed_on=_day(filmed_on), shoes=shoes),
            intake=tuple(intake or ()),
            jobs=jobs,
        )
    _run(request, out, quiet, as_json)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--filmed-on {text}: write the day like 2026-11-03.") from error


class _BatchProgress:
    """Progress of a batch on stderr: every athlete under way and the whole; plain lines where there is no terminal."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._console, self._bars = _bars(quiet)
        self._tasks: dict[str, Any] = {}
        self._total: Any = None
        self._lock = threading.Lock()

    def __enter__(self) -> _BatchProgress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begins(self, total: int) -> None:
        self._total = self._bars.add_task("Athletes", total=total)

    def stage(self, athlete: str, stage: str, done: int, total: int) -> None:
        if stage not in STAGES:
            return
        with self._lock:
            if athlete not in self._tasks:
                self._tasks[athlete] = self._bars.add_task("", total=total)
            text = f"  {athlete}: {STAGES[stage]}"
            self._bars.update(self._tasks[athlete], description=text, completed=done, total=max(total, 1))

    def ended(self, outcome: Outcome) -> None:
        with self._lock:
            if outcome.athlete in self._tasks:
                self._bars.remove_task(self._tasks.pop(outcome.athlete))
            self._bars.advance(self._total)
        if not self._quiet and outcome.status != "kept":
            said = "done" if outcome.status == "done" else outcome.message
            self._console.print(f"{outcome.athlete}: {said}")


@app.command()
def batch(
    roster: Annotated[Path, file_argument(help="A folder of clips, or a .csv or .xlsx roster.")],
    out: Annotated[Path, file_option("--out", help="The club's folder: results of all athletes and the board.")],
    jobs: Jobs = None,
    scheduler: Annotated[str | None, typer.Option(help="A dask.distributed scheduler, tcp://host:8786.")] = None,
    send_clips: Annotated[str, typer.Option(help="To the cluster: auto, path or bytes.")] = "auto",
    pseudonyms: KeyFile = None,
    model: Annotated[str, typer.Option(help="auto, lite, full, heavy or the path of a .task bundle.")] = "auto",
    view: View = "auto",
    capture_fps: CaptureRate = None,
    camera_roll: CameraRoll = None,
    mirrored: Mirrored = False,
    start: Start = 0.0,
    end: End = None,
    brand: BrandFile = None,
    paper: PaperSize = "a4",
    readers: ReportFor = "both",
    language: Language = "en",
    share: SharePicture = False,
    blur_faces: BlurFaces = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Analyse many athletes and write the board; run it again after a stop, and only what is missing is done."""
    from gaitcheck.board.write import write_board
    from gaitcheck.fleet.batch import LocalRunner, Options, run_batch
    from gaitcheck.fleet.cluster import Cluster
    from gaitcheck.fleet.pseudonyms import open_key
    from gaitcheck.fleet.roster import read_roster

    if jobs is not None and not 1 <= jobs <= 256:
        raise UsageError(f"--jobs is {jobs}; it must lie between 1 and 256.")
    runner: Any = LocalRunner(jobs or os.cpu_count() or 1) if scheduler is None else Cluster(scheduler, out, send_clips)
    listed = read_roster(roster, out)
    key = open_key(pseudonyms, out) if pseudonyms is not None else None
    with _in_options():
        options = Options(
            setup=_setup(view, capture_fps, camera_roll, mirrored, start, end, model),
            style=_style(brand, paper, readers, share, language, blur_faces),
        )
    with _BatchProgress(quiet or as_json) as watch:
        ended = run_batch(listed, out, options, runner, watch, key)
    board = write_board(out, language=language)
    failures = [outcome for outcome in ended if outcome.status == "failed"]
    if as_json:
        told = {"board": str(board), "failed": [{"athlete": o.athlete, "message": o.message} for o in failures]}
        typer.echo(json.dumps({**told, "done": len(ended) - len(failures)}, sort_keys=True))
    elif not quiet:
        kept = sum(outcome.status == "kept" for outcome in ended)
        typer.echo(f"{len(ended) - len(failures)} of {len(ended)} visits analysed ({kept} were done before).")
        typer.echo(f"Board: {board}")
    for outcome in failures:
        typer.echo(f"gaitcheck: {outcome.athlete}: {outcome.message}", err=True)
    if failures:
        raise typer.Exit(4)


@app.command()
def board(
    club: Annotated[Path, file_argument(help="A folder that gaitcheck batch has written.")],
    group: Annotated[str | None, typer.Option(help="Only this group.")] = None,
    pseudonyms: KeyFile = None,
    out: Annotated[Path | None, file_option("--out", help="Another folder for the board.")] = None,
    language: Language = "en",
) -> None:
    """Write the board again, from the documents; with a key file, one with real names for yourself."""
    from gaitcheck.board.write import write_board
    from gaitcheck.fleet.pseudonyms import open_key
    from gaitcheck.wording import load_wording

    names = open_key(pseudonyms, club).names() if pseudonyms is not None else None
    if names is not None and (out is None or out.resolve().is_relative_to(club.resolve())):
        raise UsageError(load_wording().board["refused"]["inside"].format(path=club))
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(load_wording().board["refused"]["no_board"].format(path=out)) from error
    typer.echo(f"Board: {write_board(club, group, names, out, language)}")


@app.command()
def compare(
    old: Annotated[Path, file_argument(help="The earlier visit's results folder.")],
    new: Annotated[Path, file_argument(help="The later visit's results folder.")],
    out: Annotated[Path, file_option("--out", help="Folder for the page and the PDF.")] = Path("comparison"),
) -> None:
    """Say what really changed between two visits, what is within noise, and what can't be told."""
    from gaitcheck.progress.compare import compare_text, write_comparison
    from gaitcheck.wording import load_wording

    comparison = write_comparison(old, new, out)
    wording = load_wording(comparison.new.presentation.language)
    text = compare_text(comparison, [], wording)
    typer.echo(text.headline)
    for row in text.real:
        typer.echo(f"  {row.title}, {row.side}: {row.difference}, {row.verdict}")
    for warning in text.warnings:
        typer.echo(f"  {warning}", err=True)
    typer.echo(wording.compare["written"].format(path=out / "compare.html"))


@app.command()
def history(
    results: Annotated[Path, file_argument(help="A folder with one athlete's visits, or a club's.")],
    athlete: Annotated[str | None, typer.Option(help="Only this athlete.")] = None,
    out: Annotated[Path | None, file_option("--out", help="The PDF; default: in the athlete's folder.")] = None,
) -> None:
    """Write the progress report: trends, what the plan did meanwhile, what comes next."""
    from gaitcheck.board.histories import write_histories
    from gaitcheck.wording import load_wording

    for path in write_histories(results, athlete, out):
        typer.echo(load_wording().history["written"].format(path=path))


@app.command("sign-off")
def sign_off(
    results: Annotated[Path, file_argument(help="The visit's results folder.")],
    by: Annotated[str, typer.Option(help="Who signs.")],
    note: Annotated[str | None, typer.Option(help="Your note on the report.")] = None,
    strike: Annotated[list[str] | None, typer.Option(help="A finding to strike: knee_valgus:left=reason.")] = None,
    edit: Annotated[list[str] | None, typer.Option(help="A sentence of the report, word for word.")] = None,
    instead: Annotated[list[str] | None, typer.Option(help="What to say instead, one for each --edit.")] = None,
    brand: BrandFile = None,
    paper: OtherPaper = None,
) -> None:
    """Add your note, strike a finding or put a sentence into your words; numbers stay as measured."""
    from gaitcheck.board.sign_off import SignOff
    from gaitcheck.board.sign_off import sign_off as sign
    from gaitcheck.wording import load_wording

    if len(edit or ()) != len(instead or ()):
        raise UsageError("Give one --instead for each --edit.")
    edits = tuple(zip(edit or (), instead or (), strict=True))
    said = SignOff(by, note, tuple(strike or ()), edits)
    with _in_options():
        style = _style(brand, paper)
    path = sign(results, said, dt.date.today(), style)
    typer.echo(load_wording().review["done"].format(path=path))


@app.command()
def correct(
    results: Annotated[Path, file_argument(help="A folder that gaitcheck analyze has written.")],
    file: Annotated[Path | None, file_option("--file", help="Corrections by hand to add, .toml.")] = None,
    by: Annotated[str, typer.Option(help="Who corrects, where the file does not say.")] = "",
    undo: Annotated[int | None, typer.Option("--undo", help="Take the correction of this number back.")] = None,
) -> None:
    """Correct by hand what you see otherwise; without options, list what was corrected."""
    from gaitcheck.report.content.by_hand import correction_lines
    from gaitcheck.results import load
    from gaitcheck.wording import load_wording

    if file is not None and undo is not None:
        raise UsageError("Give --file or --undo, not both.")
    visit = load(results)
    visit = visit.correct(file, by=by) if file is not None else visit.take_back(undo) if undo is not None else visit
    wording = load_wording(visit.document.presentation.language)
    for number, line in enumerate(correction_lines(visit.document, wording), 1):
        typer.echo(f"{number}. {line}")
    if not visit.corrections:
        typer.echo(wording.report["by_hand"]["none"])
    if file is not None or undo is not None:
        typer.echo(f"Report: {results / 'report.pdf'}")


@app.command()
def export(
    results: Annotated[Path, file_argument(help="A folder that gaitcheck analyze has written.")],
    kinds: Annotated[str, typer.Option("--as", help="Formats, with commas: trc, mot, c3d, nc, csv, parquet.")],
    out: Annotated[Path, file_option("--out", help="Folder for the files.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over earlier files.")] = False,
) -> None:
    """Write a visit's joints, angles and contacts in formats that other programs open."""
    from gaitcheck.results import load

    for path in load(results).export([kind.strip() for kind in kinds.split(",")], out, replace=replace):
        typer.echo(path)


@app.command()
def archive(
    club: Annotated[Path, file_argument(help="A folder that gaitcheck batch has written.")],
    athlete: Annotated[str, typer.Argument(help="Whose data.")],
    out: Annotated[Path, file_option("--out", help="The archive, .zip.")],
    pseudonyms: KeyFile = None,
) -> None:
    """Take everything kept of one athlete along, in one archive."""
    from gaitcheck.board.privacy import archive_athlete
    from gaitcheck.fleet.pseudonyms import open_key

    key = open_key(pseudonyms, club) if pseudonyms is not None else None
    typer.echo(f"Archive: {archive_athlete(club, athlete, out, key)}")


@app.command()
def forget(
    club: Annotated[Path, file_argument(help="A folder that gaitcheck batch has written.")],
    athlete: Annotated[str, typer.Argument(help="Whose data.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; nothing can be brought back.")] = False,
    pseudonyms: KeyFile = None,
) -> None:
    """Delete everything kept of one athlete; the clips themselves stay where you keep them."""
    from gaitcheck.board.privacy import forget_athlete
    from gaitcheck.fleet.pseudonyms import open_key

    if not yes:
        raise UsageError(f"This deletes every result of {athlete} for good; say --yes to do it.")
    key = open_key(pseudonyms, club) if pseudonyms is not None else None
    count = forget_athlete(club, athlete, key)
    typer.echo(f"Deleted: {count} visits of {athlete}.")


@app.command()
def report(
    results: Annotated[Path, file_argument(help="A folder that gaitcheck analyze has written.")],
    intake: IntakeFiles = None,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The clip was mirrored after all (selfie camera): exchange the sides.")
    ] = False,
    brand: BrandFile = None,
    paper: OtherPaper = None,
    readers: OtherReaders = None,
    share: SharePicture = False,
    language: OtherLanguage = None,
) -> None:
    """Draw the report of a results folder again, with new answers, sides exchanged or another look if you say so."""
    from gaitcheck.pipeline import report_again

    with _in_options():
        style = _style(brand, paper, readers, share, language)
    made = report_again(results, tuple(intake or ()), style=style, mirror=mirrored)
    _print_problems(made)
    typer.echo(f"Report: {results / 'report.pdf'}")


@app.command()
def intake(
    out: Annotated[Path, file_option("--out", help="Where the answers go, .toml.")] = Path("answers.toml"),
    replace: Annotated[bool, typer.Option("--replace", help="Write over an earlier file.")] = False,
    language: Language = "en",
) -> None:
    """Ask about pain, training, daily loads and home tests; every question may be skipped."""
    from gaitcheck.interview import interview_into
    from gaitcheck.wording import load_wording

    interview_into(out, input, typer.echo, replace=replace, language=language)
    typer.echo(load_wording(language).intake["text"]["written"].format(path=out))


@app.command("home-tests")
def home_tests(
    out: Annotated[Path, file_option("--out", help="The sheet, .pdf.")] = Path("home_tests.pdf"),
    replace: Annotated[bool, typer.Option("--replace", help="Write over an earlier file.")] = False,
    language: Language = "en",
) -> None:
    """Print the home tests, drawn and explained."""
    from gaitcheck.report.home_test_sheet import write_home_test_sheet

    write_home_test_sheet(out, replace=replace, language=language)
    typer.echo(f"Home tests: {out}")


@app.command()
def checkin(
    results: Annotated[Path, file_argument(help="The results folder whose plan you follow.")],
    pain: Annotated[list[str] | None, typer.Option(help="Worst pain of the two weeks, 0-10; NAME=3 for one.")] = None,
    done: Annotated[
        list[str] | None, typer.Option(help="Share of the sessions done, percent; NAME=50 for one.")
    ] = None,
    effort: Annotated[list[str] | None, typer.Option(help="How hard it felt, 0-10; NAME=4 for one exercise.")] = None,
    settled: Annotated[
        bool | None, typer.Option("--settled/--not-settled", help="Did pain settle within an hour?")
    ] = None,
    morning: Annotated[
        bool | None, typer.Option("--worse-next-morning/--fine-next-morning", help="Was it worse next morning?")
    ] = None,
    flag: Annotated[list[str] | None, typer.Option(help="A warning sign that is there now, by name.")] = None,
    cleared: Annotated[bool, typer.Option("--cleared", help="A professional says you may go on.")] = False,
) -> None:
    """Two weeks later: the plan moves up, stays or goes down by stated rules."""
    from gaitcheck.analysis import load
    from gaitcheck.evidence import load_evidence
    from gaitcheck.progress.checkins import CheckinAnswers, record
    from gaitcheck.report.checkin_sheet import checkin_text
    from gaitcheck.wording import load_wording

    told = CheckinAnswers(
        tuple(pain or ()), tuple(done or ()), tuple(effort or ()), settled, morning, tuple(flag or ()), cleared
    )
    made, analysis = record(results, told, dt.date.today()), load(results)
    wording = load_wording(analysis.presentation.language)
    for line in checkin_text(analysis, made, load_evidence(), wording).lines():
        typer.echo(line)
    typer.echo(f"Page: {results / f'checkin_{made.number}.pdf'}")


@app.command()
def evidence(
    name: Annotated[str | None, typer.Argument(help="A metric, drill, exercise, test, rule or source.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of it, as Markdown.")] = False,
) -> None:
    """Say what stands behind a rating, a drill or a rule."""
    from gaitcheck.report.evidence_text import evidence_about, evidence_document, evidence_names

    typer.echo(
        evidence_document() if everything else evidence_names() if name is None else evidence_about(name), nl=False
    )
    if not everything:
        typer.echo()


@app.command()
def synth(
    out: Annotated[Path, file_argument(help="The clip to write, .mp4; its truth goes beside it.")],
    recipe: Annotated[
        Path | None, file_option(help="A TOML recipe; without one, a typical runner from behind.")
    ] = None,
    view: Annotated[str | None, typer.Option(help="rear, front, left or right.")] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    random: Annotated[
        int | None, typer.Option(help="Draw body, gait, clothes, room and camera at random from this seed.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Render a runner whose every number is known; docs/synthetic.md describes recipe and truth."""
    from dataclasses import replace

    try:
        from gaitcheck.synthetic.population import random_recipe
        from gaitcheck.synthetic.recipe import Recipe, check_recipe, read_recipe, render_clip
    except ImportError as error:
        raise UsageError("Rendering needs the extra: pip install 'gaitcheck[synthetic]'.") from error
    if out.suffix.lower() != ".mp4":
        raise UsageError(f"{out} must end in .mp4.")
    if recipe is not None and random is not None:
        raise UsageError("Give --recipe or --random, not both.")
    if random is not None:
        chosen = random_recipe(random, view=view or "rear")
    else:
        chosen = read_recipe(recipe) if recipe is not None else Recipe()
    if view is not None:
        chosen = replace(chosen, filming=replace(chosen.filming, view=view))
    if duration is not None:
        chosen = replace(chosen, duration_s=duration)
    total = round(check_recipe(chosen).duration_s * chosen.filming.fps)

    def on_frame(done: int) -> None:
        if not quiet and sys.stderr.isatty():
            sys.stderr.write(f"\r\033[KRendering: {done} of {total} frames")

    truth = render_clip(chosen, out, on_frame, folder=recipe.parent if recipe is not None else Path())
    if not quiet:
        typer.echo(f"Clip: {out}\nTruth: {truth}")


@app.command()
def serve(
    club: Annotated[Path, file_argument(help="The club's folder, or a new one: visits, films and the board.")] = Path(
        "gaitcheck-club"
    ),
    host: Annotated[str, typer.Option(help="Where to listen; beyond this machine a password is needed.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
    password: Annotated[
        str | None, typer.Option(help="What others in your network must know.", envvar="GAITCHECK_PASSWORD")
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or de; default: the browser's.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Open a page in your browser that does all of this without a terminal; nothing leaves this machine."""
    from gaitcheck.wording import load_wording

    try:
        from gaitcheck.app.server import Wanted
        from gaitcheck.app.server import serve as run
    except ImportError as error:
        raise UsageError("The page needs the extra: pip install 'gaitcheck[app]'.") from error
    if language is not None:
        load_wording(language)
    run(Wanted(club, host, port, password, language, browser), typer.echo)


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and what mends it."""
    from gaitcheck.doctor import examine

    checks = examine()
    for check in checks:
        remedy = f": {check.remedy}" if check.remedy else ""
        typer.echo(f"{'ok     ' if check.fine else 'MISSING'} {check.name}{remedy}")
    if not all(check.fine for check in checks):
        raise typer.Exit(3)


SELDOM = (50_000, 20, 20)
"""How seldom the collector looks for cycles: at its usual pace it takes 3 % of a command and finds next to nothing."""


def have_streams() -> None:
    """Open standard streams that were closed: else a file of ours would get their number, and what libraries say."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main() -> None:
    """Entry point: errors become one sentence and an exit code."""
    have_streams()
    gc.set_threshold(*SELDOM)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another code page, or a name that is no UTF-8: printed with replacement, never a crash.
            stream.reconfigure(errors="replace")
    hear()
    try:
        app()
    except SystemExit as ended:
        if ended.code == STOPPED:
            typer.echo("\ngaitcheck: stopped; nothing was left half-written.", err=True)
        raise
    except GaitcheckError as error:
        typer.echo(f"gaitcheck: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(
            f"gaitcheck: {where}{error.strerror or error}; nothing more was written; check permissions and free "
            "space, and run this again.",
            err=True,
        )
        raise SystemExit(3) from None
    except KeyboardInterrupt:
        typer.echo("\ngaitcheck: stopped; nothing was left half-written.", err=True)
        raise SystemExit(STOPPED) from None


if __name__ == "__main__":
    main()
