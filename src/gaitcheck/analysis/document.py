"""The schema of ``analysis.json``. Names are stable; no sentence stands in it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from gaitcheck.advice.causes import PossibleCause
from gaitcheck.advice.expectations import Context, Person
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake, Problem
from gaitcheck.advice.plan import Plan
from gaitcheck.advice.rating import Certainty, Position, Rating
from gaitcheck.advice.risk_picture import GroupPicture
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Age, Checked, Height, Mass, Sex, Speed, Words
from gaitcheck.corrections.definition import AnyCorrection
from gaitcheck.uncertainty.interval import Interval, interval_of

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 9

Side = Literal["left", "right", "both"]


class Athlete(Checked):
    """Who runs. Body height gives lengths in centimetres, sex and speed what is expected of the values."""

    name: Words = ""
    """As told; a pseudonym where a key file keeps names."""
    height_cm: Height = None
    """Body height, cm."""
    sex: Sex | None = None
    """F or M; some norms and expectations differ."""
    speed_kmh: Speed = None
    """Belt speed, km/h."""
    age: Age = None
    """Years."""
    mass_kg: Mass = None
    """Body mass, kg."""

    @property
    def person(self) -> Person:
        """What is expected of a runner depends on this."""
        return Person(
            age=self.age, sex=self.sex, height_cm=self.height_cm, mass_kg=self.mass_kg, speed_kmh=self.speed_kmh
        )


class AsAnalysed(Checked):
    """How a clip was read before anybody corrected it by hand."""

    view: str
    """Where the camera was found to stand."""
    view_given: bool
    """The view was told, not seen."""
    camera_roll_deg: float | None
    """Camera roll that was told; null where it was read."""
    mirrored: bool
    """The clip was told to be mirrored."""
    capture_fps: float
    """Frames/s the camera was taken to have."""
    slow_motion_source: Literal["none", "given", "tag", "seen"]
    """How slow motion was told."""
    runner: int
    """Who of several people was measured."""


class Clip(Checked):
    """One clip, and which part of it was measured.

    ``start_s`` and ``stop_s`` are the clip's own playback seconds; ``duration_s`` is the real time between them.
    ``runner`` of ``people`` is counted from the picture's left.
    """

    file: str
    """Name of the file, or what stands for it."""
    sha256: str
    """Fingerprint of the file's content."""
    size_bytes: int
    """Size of the file."""
    codec: str
    """How its pictures are coded."""
    width: int
    """Of the upright picture, px."""
    height: int
    """Of the upright picture, px."""
    fps: float
    """Frames/s at which it plays."""
    capture_fps: float
    """Frames/s the camera took; more than ``fps`` in slow motion."""
    duration_s: float
    """Real seconds between ``start_s`` and ``stop_s``."""
    frames: int
    """Frames that were measured."""
    view: str
    """Where the camera stood: rear, front, left or right."""
    view_confidence: float
    """How clearly the view was seen, 0 to 1; heuristic."""
    view_given: bool
    """The view was told, not seen."""
    oblique_deg: float
    """How far the camera was off the view, degrees."""
    model: str
    """Name of the pose model."""
    model_sha256: str
    """Fingerprint of the pose model."""
    detector: str
    """Plane that was measured: frontal or sagittal."""
    leg_length_px: float
    """Thigh and shank in the picture, px."""
    leg_length_cm: float | None
    """The same in cm, from body height; null where that was not told."""
    camera_roll_deg: float
    """How far the camera leaned to its right, degrees."""
    camera_roll_sd_deg: float
    """How surely that is known."""
    camera_roll_source: str
    """given, read (of motion and pictures), balance (of standing feet) or assumed_level."""
    legs_exchanged_frames: int
    """Frames in which the pose model had taken one leg for the other, put right."""
    sides_probability: float | None
    """How surely left is left, 0 to 1; null in documents from before it was worked out."""
    camera: str
    """Device named in the file."""
    slow_motion_source: Literal["none", "given", "tag", "seen"]
    """How slow motion was told: none, given, by a tag, or seen in the motion."""
    start_s: float
    """Where the measured part begins, the clip's own playback seconds."""
    stop_s: float
    """Where it ends."""
    mirrored: bool
    """The clip was told to be mirrored, and was turned back."""
    quarter_turns: int
    """Quarter turns that set the picture upright."""
    people: int
    """People who were followed."""
    runner: int
    """Which of them was measured, counted from the picture's left, from 1."""
    as_analysed: AsAnalysed | None = None
    """How it was read before it was corrected by hand; null where it was not."""

    @property
    def film_changed(self) -> bool:
        """Its film was mirrored or timed otherwise by hand; ``first.mp4`` is as it was analysed."""
        first = self.as_analysed
        return first is not None and (first.mirrored, first.capture_fps) != (self.mirrored, self.capture_fps)

    @property
    def looked_at_fps(self) -> float:
        """Frames that were measured in a second of life: of more than 60 a second only some are."""
        if self.frames < 2 or self.duration_s <= 0:
            return self.capture_fps
        return self.capture_fps / max(1, round(self.capture_fps * self.duration_s / self.frames))

    @property
    def slow_motion(self) -> float:
        """How many times slower than life it plays."""
        return self.capture_fps / self.fps

    def playback_s(self, real_s: float) -> float:
        """The clip's own playback seconds of an instant of the measured part."""
        return self.start_s + real_s * self.slow_motion


class Presentation(Checked):
    """How the report was asked to look; ``brand_logo`` is a PNG in base64."""

    paper: Literal["a4", "us-letter"] = "a4"
    """Size of the PDF's pages."""
    readers: Literal["runner", "clinician", "both"] = "both"
    """Whose part of the report is drawn."""
    share: bool = False
    """A picture and a film to share were made."""
    language: str = "en"
    """Of the report."""
    blur_faces: bool = False
    """Faces are blurred in every kept file."""
    brand_name: str = ""
    """Whose report it is."""
    brand_contact: str = ""
    """How to reach them."""
    brand_colour: str = ""
    """``#rrggbb``; empty for gaitcheck's own."""
    brand_logo: str | None = None
    """A PNG in base64."""


class Visit(Checked):
    """When the clips were filmed, if that is known, and what the roster or the call says of the visit."""

    filmed_on: dt.date | None = None
    """The day; null where neither call nor clip tells it."""
    shoes: Words = ""
    """Worn in the clip, as told."""
    group: Words = ""
    """Of the roster."""
    note: Words = ""
    """Of the roster."""


class Quality(Checked):
    code: str
    """Which note; its sentence is in ``wording/``."""
    severity: Literal["info", "warning", "blocking"]
    """info, warning or blocking."""
    parameters: dict[str, float | str]
    """Numbers and names of the sentence."""
    clip: int
    """Number of the clip, from 0."""


class _Rated(Checked):
    """Where something lies against its norm, how surely, and the probability behind that; see ``advice.rating``."""

    position: Position
    """typical, slightly_outside, clearly_outside, cant_tell or not_rated."""
    certainty: Certainty
    """sure, likely or none."""
    probability: float | None
    """Probability behind ``position``; null where nothing is said."""

    @property
    def rating(self) -> Rating:
        return Rating(position=self.position, certainty=self.certainty, probability=self.probability)


class MetricValue(_Rated):
    name: str
    """Of the metric."""
    side: Side
    """left, right or both."""
    unit: str
    """deg, leg_length, ms, s, per_min or fraction."""
    value: float | None
    """Mean over the steps that count, bias of the error model taken off; null with a ``reason``."""
    sd: float | None
    """Spread between steps."""
    ci95_low: float | None
    """Lower end of the 95 % interval, which holds steps, camera, contacts and landmarks."""
    ci95_high: float | None
    """Upper end."""
    n_strides: int
    """Steps that the mean rests on."""
    reason: str | None
    """Code why there is no value."""
    norm: str | None
    """Norm it is rated by; null where it has none."""
    source_keys: list[str]
    """Sources of definition and norm."""
    clip: int | None
    """Number of the clip it comes from."""
    uncertainty: dict[str, float]
    """Systematic sds by cause, in the metric's unit."""
    untested: bool = False
    """Pictures stranger than any that intervals were held against: nothing is said as sure."""
    off_the_limbs: bool = False
    """Angles don't lie on the limbs in the picture: nothing is said."""
    validated: bool = True
    """Its errors were held against truth; if not, it is rated by nothing."""
    corrected: bool = False
    """A correction by hand changed it."""
    value_before: float | None = None
    """Its value before any correction; null where it had none, or nothing was corrected."""

    @property
    def interval(self) -> Interval | None:
        """The value with its interval, where there is one."""
        return interval_of(self.value, self.ci95_low, self.ci95_high)


class Symmetry(Checked):
    """Left less right of a two-sided metric, with the interval of the difference."""

    name: str
    """Of the metric."""
    unit: str
    """Its unit."""
    difference: float
    """Left less right."""
    ci95_low: float
    """Lower end of its 95 % interval."""
    ci95_high: float
    """Upper end."""
    clear: bool
    """The interval holds no zero."""
    clip: int
    """Number of the clip both sides come from."""


class RiskFactorValue(_Rated):
    name: str
    """Of the risk factor."""
    side: Side
    """left, right or both."""
    confidence: Literal["moderate", "low", "very low", "none"]
    """How good the studies behind it are."""
    evidence: list[str]
    """Sources."""
    explanation: str
    """Code of its sentence."""


class FindingValue(_Rated):
    priority: int
    """From 1, the most important."""
    risk_factor: str
    """What is outside."""
    side: Side
    """left, right or both."""
    confidence: Literal["moderate", "low", "very low", "none"]
    """How good the studies behind it are."""
    drills: list[str]
    """Drills that may change it, by name."""


class StancePhase(Checked):
    """One stance of one clip, s."""

    clip: int
    """Number of the clip, from 0."""
    number: int
    """Number of the step in its clip, from 0, both feet counted."""
    side: Literal["left", "right"]
    """Foot that stands."""
    initial_contact_s: float
    """When it meets the belt, s of the measured part."""
    toe_off_s: float
    """When it leaves the belt, s."""
    rejected: bool = False
    """A hand took it out of every mean."""


class CurveValue(Checked):
    """Mean and sd over stance, evenly from 0 to 100 %, of one side of one clip."""

    name: str
    """Of the curve."""
    metric: str
    """Value it belongs to."""
    side: Literal["left", "right"]
    """left or right."""
    unit: str
    """Of the metric."""
    mean: list[float]
    """From 0 to 100 % of stance, evenly."""
    sd: list[float]
    """Between steps, likewise."""
    n_strides: int
    """Steps it rests on."""
    clip: int
    """Number of the clip."""


class Provenance(Checked):
    gaitcheck: str
    """Version."""
    analysed_on: dt.date
    """The day it was measured."""
    error_model_version: int
    """Of the intervals."""
    settings: dict[str, float]
    """Constants of the measurement by name, in the units of ``settings.py``."""
    constants: dict[str, float] = Field(default_factory=dict)
    """Every other number that measuring rests on, by module and name; none in documents of earlier versions."""
    packages: dict[str, str]
    """Versions of what it was measured with."""
    work_sha256: str
    """Fingerprint of all that went in."""


FRAME_COLUMNS = (
    "metric", "side", "value", "low", "high", "unit", "position", "certainty", "validated", "n_strides", "clip",
)  # fmt: skip


class Analysis(Checked):
    """One athlete's visit. ``provenance.work_sha256`` stands for all that went in: equal work, equal numbers."""

    schema_version: int
    """Of this document; ``gaitcheck.load`` reads all earlier ones."""
    athlete: Athlete
    """Who ran."""
    visit: Visit
    """When, and what the roster says."""
    clips: list[Clip]
    """Clips that were measured, and which part."""
    quality: list[Quality]
    """What limits them."""
    metrics: list[MetricValue]
    """Every metric and side: a value with its interval and rating, or why there is none."""
    symmetry: list[Symmetry]
    """Left less right of two-sided metrics."""
    risk_factors: list[RiskFactorValue]
    """What the metrics say of every risk factor."""
    findings: list[FindingValue]
    """Risk factors outside, most important first."""
    intake: Intake | None
    """Answers; null where none were given."""
    intake_problems: list[Problem]
    """Answers that were left out, and why."""
    situation: Situation
    """Pain and warning signs."""
    home_tests: list[TestResult]
    """Results of home tests, and how they compare."""
    context: Context
    """What is expected of such a runner."""
    causes: list[PossibleCause]
    """What may stand behind findings."""
    risk_picture: list[GroupPicture]
    """Form, load, strength, daily life: what speaks for each."""
    plan: Plan
    """What to do."""
    stances: list[StancePhase]
    """Every contact."""
    curves: list[CurveValue]
    """Mean curves over stance."""
    presentation: Presentation
    """How the report looks."""
    provenance: Provenance
    """What it was made with."""
    corrections: list[AnyCorrection] = Field(default_factory=list)
    """What somebody saw otherwise and corrected by hand, in order; see ``corrections.toml``."""

    @property
    def day(self) -> dt.date:
        """When the runner was filmed, else when the clip was analysed."""
        return self.visit.filmed_on or self.provenance.analysed_on

    def metric(self, name: str, side: str) -> MetricValue | None:
        """The value of a metric on a side, if it is there."""
        return next((m for m in self.metrics if m.name == name and m.side == side), None)

    def to_frame(self) -> pd.DataFrame:
        """Every measured value as a tidy table.

        Returns
        -------
        DataFrame
            One row a metric and side that has a value: ``metric``, ``side``, ``value`` with its 95 % interval ``low``
            to ``high`` in ``unit``, ``position`` and ``certainty`` of its rating, ``validated`` (its errors were held
            against truth), ``n_strides``, and the number of its ``clip``.
        """
        import pandas as pd

        rows = [
            {
                "metric": m.name, "side": m.side, "value": m.value, "low": m.ci95_low, "high": m.ci95_high,
                "unit": m.unit, "position": m.position, "certainty": m.certainty, "validated": m.validated,
                "n_strides": m.n_strides, "clip": m.clip,
            }
            for m in self.metrics
            if m.value is not None
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(FRAME_COLUMNS))

    def __repr__(self) -> str:
        """Who, when, from where and how much was measured; the document itself is ``to_json``."""
        views = ", ".join(clip.view for clip in self.clips)
        measured = sum(m.value is not None for m in self.metrics)
        name = f"{self.athlete.name}, " if self.athlete.name else ""
        return f"<Analysis of {name}{self.day}: {views}, {measured} values>"

    def to_json(self) -> str:
        """The document as text: sorted keys, one trailing newline."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
