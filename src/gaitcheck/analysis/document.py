"""The schema of ``analysis.json``. Names are stable; no sentence stands in it."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Literal

from gaitcheck.advice.causes import PossibleCause
from gaitcheck.advice.expectations import Context, Person
from gaitcheck.advice.home_tests import TestResult
from gaitcheck.advice.intake import Intake, Problem
from gaitcheck.advice.plan import Plan
from gaitcheck.advice.rating import Certainty, Position, Rating
from gaitcheck.advice.risk_picture import GroupPicture
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Age, Checked, Height, Mass, Sex, Speed, Words

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 8

Side = Literal["left", "right", "both"]


class Athlete(Checked):
    """Who runs. Body height gives lengths in centimetres, sex and speed what is expected of the values."""

    name: Words = ""
    height_cm: Height = None
    sex: Sex | None = None
    speed_kmh: Speed = None
    age: Age = None
    mass_kg: Mass = None

    @property
    def person(self) -> Person:
        """What is expected of a runner depends on this."""
        return Person(
            age=self.age, sex=self.sex, height_cm=self.height_cm, mass_kg=self.mass_kg, speed_kmh=self.speed_kmh
        )


class Clip(Checked):
    """One clip, and which part of it was measured.

    ``start_s`` and ``stop_s`` are the clip's own playback seconds; ``duration_s`` is the real time between them.
    ``runner`` of ``people`` is counted from the picture's left.
    """

    file: str
    sha256: str
    size_bytes: int
    codec: str
    width: int
    height: int
    fps: float
    capture_fps: float
    duration_s: float
    frames: int
    view: str
    view_confidence: float
    view_given: bool
    oblique_deg: float
    model: str
    model_sha256: str
    detector: str
    leg_length_px: float
    leg_length_cm: float | None
    camera_roll_deg: float
    camera_roll_sd_deg: float
    camera_roll_source: str
    legs_exchanged_frames: int
    sides_probability: float | None
    camera: str
    slow_motion_source: Literal["none", "given", "tag", "seen"]
    start_s: float
    stop_s: float
    mirrored: bool
    quarter_turns: int
    people: int
    runner: int


class Presentation(Checked):
    """How the report was asked to look; ``brand_logo`` is a PNG in base64."""

    paper: Literal["a4", "us-letter"] = "a4"
    readers: Literal["runner", "clinician", "both"] = "both"
    share: bool = False
    language: str = "en"
    blur_faces: bool = False
    brand_name: str = ""
    brand_contact: str = ""
    brand_colour: str = ""
    brand_logo: str | None = None


class Visit(Checked):
    """When the clips were filmed, if that is known, and what the roster or the call says of the visit."""

    filmed_on: dt.date | None = None
    shoes: Words = ""
    group: Words = ""
    note: Words = ""


class Quality(Checked):
    code: str
    severity: Literal["info", "warning", "blocking"]
    parameters: dict[str, float | str]
    clip: int


class _Rated(Checked):
    """Where something lies against its norm, how surely, and the probability behind that; see ``advice.rating``."""

    position: Position
    certainty: Certainty
    probability: float | None

    @property
    def rating(self) -> Rating:
        return Rating(position=self.position, certainty=self.certainty, probability=self.probability)


class MetricValue(_Rated):
    name: str
    side: Side
    unit: str
    value: float | None
    sd: float | None
    ci95_low: float | None
    ci95_high: float | None
    n_strides: int
    reason: str | None
    norm: str | None
    source_keys: list[str]
    clip: int | None
    uncertainty: dict[str, float]
    untested: bool = False
    off_the_limbs: bool = False
    validated: bool = True


class Symmetry(Checked):
    """Left less right of a two-sided metric, with the interval of the difference."""

    name: str
    unit: str
    difference: float
    ci95_low: float
    ci95_high: float
    clear: bool
    clip: int


class RiskFactorValue(_Rated):
    name: str
    side: Side
    confidence: Literal["moderate", "low", "very low", "none"]
    evidence: list[str]
    explanation: str


class FindingValue(_Rated):
    priority: int
    risk_factor: str
    side: Side
    confidence: Literal["moderate", "low", "very low", "none"]
    drills: list[str]


class StancePhase(Checked):
    """One stance of one clip, s."""

    clip: int
    number: int
    side: Literal["left", "right"]
    initial_contact_s: float
    toe_off_s: float


class CurveValue(Checked):
    """Mean and sd over stance, evenly from 0 to 100 %, of one side of one clip."""

    name: str
    metric: str
    side: Literal["left", "right"]
    unit: str
    mean: list[float]
    sd: list[float]
    n_strides: int
    clip: int


class Provenance(Checked):
    gaitcheck: str
    analysed_on: dt.date
    error_model_version: int
    settings: dict[str, float]
    packages: dict[str, str]
    work_sha256: str


FRAME_COLUMNS = (
    "metric", "side", "value", "low", "high", "unit", "position", "certainty", "validated", "n_strides", "clip",
)  # fmt: skip


class Analysis(Checked):
    """One athlete's visit. ``provenance.work_sha256`` stands for all that went in: equal work, equal numbers."""

    schema_version: int
    athlete: Athlete
    visit: Visit
    clips: list[Clip]
    quality: list[Quality]
    metrics: list[MetricValue]
    symmetry: list[Symmetry]
    risk_factors: list[RiskFactorValue]
    findings: list[FindingValue]
    intake: Intake | None
    intake_problems: list[Problem]
    situation: Situation
    home_tests: list[TestResult]
    context: Context
    causes: list[PossibleCause]
    risk_picture: list[GroupPicture]
    plan: Plan
    stances: list[StancePhase]
    curves: list[CurveValue]
    presentation: Presentation
    provenance: Provenance

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
