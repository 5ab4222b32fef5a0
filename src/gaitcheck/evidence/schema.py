"""What the evidence files hold. Numbers and codes only: the sentences are in wording/.

Everything a plan can say stands in one of these tables, and none of them exists without a source.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gaitcheck.checked import Checked

Strength = Literal["high", "moderate", "low", "very low", "heuristic"]
Confidence = Literal["moderate", "low", "very low"]
ReadHow = Literal["full text", "abstract", "part", "mirror", "second-hand", "page", "table", "none"]
Sex = Literal["F", "M"]
Urgency = Literal["emergency", "urgent", "soon"]
Band = Literal["low", "fair", "good", "not_rated"]
Move = Literal["up", "keep", "down", "pause"]


class Sourced(Checked):
    """Anything that must name where it comes from."""

    sources: tuple[str, ...] = Field(min_length=1)


class Source(Checked):
    """A source, how far it was read, and how strong it is. ``address`` is a DOI or a page."""

    authors: str
    year: int | None = None
    title: str
    journal: str = ""
    address: str = ""
    population: str = ""
    read: ReadHow
    strength: Strength

    @property
    def citation(self) -> str:
        """Authors, year, title, journal, address."""
        year = f" ({self.year})" if self.year else ""
        parts = (f"{self.authors}{year}", self.title, self.journal, self.address)
        return ". ".join(part.rstrip(".") for part in parts if part).replace("?.", "?")


class Limits(Checked):
    """Where typical ends. ``high`` limits bound from above, ``low`` from below; None: no such limit."""

    borderline_high: float | None = None
    concern_high: float | None = None
    borderline_low: float | None = None
    concern_low: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies within what is typical."""
        below = self.borderline_high is None or value <= self.borderline_high
        return below and (self.borderline_low is None or value >= self.borderline_low)


class Reference(Checked):
    """Mean and spread of a group, in the metric's unit, and the limits made from them."""

    mean: float | None = None
    sd: float | None = None
    limits: Limits


class Norm(Sourced):
    """The reference of one metric. ``by_sex`` replaces ``reference`` where the sex is known.

    ``below_expected``: where a value is expected of the runner, the low limit lies this much below it instead.
    ``cautions`` are codes; whom the values come from and how the limits follow stands in wording.
    ``smallest_detectable_difference`` is that of careful 2-D video, where one was found.
    """

    metric: str
    unit: str
    view: str
    confidence: Confidence
    smallest_detectable_difference: float | None = None
    below_expected: float | None = None
    cautions: tuple[str, ...] = ()
    reference: Reference
    by_sex: dict[Sex, Reference] = Field(default_factory=dict)

    def reference_for(self, sex: str | None) -> Reference:
        """The reference for a sex, F, M or unknown."""
        return {str(known): group for known, group in self.by_sex.items()}.get(sex or "", self.reference)

    def limits_for(self, sex: str | None, expected: float | None = None) -> Limits:
        """The limits for a sex, F, M or unknown, and for what is expected of this runner, if that is known."""
        limits = self.reference_for(sex).limits
        if self.below_expected is None or expected is None:
            return limits
        return limits.model_copy(update={"borderline_low": expected - self.below_expected})


class RiskFactorDefinition(Sourced):
    """A movement fault. ``leading`` metrics decide its rating (the worst counts); ``supporting`` ones go with it."""

    name: str
    order: int
    sides: Literal["each", "both"] = "each"
    leading: tuple[str, ...] = Field(min_length=1)
    supporting: tuple[str, ...] = ()


class Drill(Sourced):
    """A running cue. ``order`` ranks drills of one fault; ``step_rate`` gives the target as factors of the cadence.

    ``not_with`` names facts (codes) that rule it out; ``studied_in`` is the only sex it was studied in, so that
    for the other it comes after drills that were studied in both.
    """

    name: str
    risk_factors: tuple[str, ...] = ()
    order: int
    step_rate: tuple[float, float] | None = None
    not_with: tuple[str, ...] = ()
    studied_in: Sex | None = None
    strength: Strength


class Level(Checked):
    """One level of an exercise: sets of repetitions or holds. Effort of 10; tempo up-hold-down in s."""

    sets: int = Field(ge=1, le=6)
    reps: tuple[int, int] | None = None
    hold_s: tuple[int, int] | None = None
    effort: tuple[int, int]
    tempo: str = ""
    rest_s: int
    days_per_week: int = Field(ge=1, le=7)

    @model_validator(mode="after")
    def _one_kind(self) -> Level:
        if (self.reps is None) == (self.hold_s is None):
            raise ValueError("a level has either reps or hold_s")
        return self


class Exercise(Sourced):
    """A strength or control exercise with three levels; the lowest ``order`` of a group is the usual choice."""

    name: str
    group: Literal["core", "hip", "thigh", "calf", "balance"]
    order: int
    bends_knee: bool = False
    for_tests: tuple[str, ...] = ()
    strength: Strength
    levels: tuple[Level, Level, Level]


class TestBands(Checked):
    """From where a result is low or good, for one sex and age range. Between the two it is fair."""

    sex: Sex | None = None
    age_from: int = 18
    age_to: int = 120
    low_below: float | None = None
    good_from: float | None = None
    low_from: float | None = None
    good_to: float | None = None


class HomeTest(Sourced):
    """A safe test at home. ``side_difference`` is the gap between sides above which the lesser one counts as low."""

    name: str
    order: int
    unit: str
    lowest: float
    highest: float
    sides: Literal["each", "both"] = "each"
    side_difference: float | None = None
    bands: tuple[TestBands, ...] = ()
    strength: Strength
    derived: str = ""


class RedFlag(Sourced):
    """A sign that needs a professional. ``asked`` flags are questions; the others follow from answers."""

    name: str
    order: int
    urgency: Urgency
    asked: bool = True


class Cause(Sourced):
    """A possible cause of a form fault, told only where a finding and a test or an answer meet."""

    name: str
    order: int
    risk_factors: tuple[str, ...] = Field(min_length=1)
    tests: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    strength: Strength


class Sign(Sourced):
    """What speaks for one group of causes: an answer beyond a limit or of a kind, or a low home test."""

    name: str
    order: int
    group: Literal["training", "thigh_strength", "daily_load"]
    answer: str = ""
    test: str = ""
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()
    strength: Strength

    @model_validator(mode="after")
    def _one_ground(self) -> Sign:
        if bool(self.answer) == bool(self.test):
            raise ValueError("a sign rests on either an answer or a test")
        return self


class Treatment(Sourced):
    """Another treatment and what is known of it."""

    name: str
    order: int
    stance: Literal["first_choice", "by_need", "may_help_briefly", "uncertain", "not_recommended"]
    strength: Strength


class Statement(Sourced):
    """A general claim of the report."""

    name: str
    strength: Strength


class Term(Checked):
    """Coefficients of one regression: constant, woman, per year, per kg, per m, per km/h."""

    constant: float
    woman: float = 0.0
    age: float = 0.0
    mass: float = 0.0
    height: float = 0.0
    speed: float = 0.0


class Expectations(Sourced):
    """Time and bounce measures expected of a runner of some age, sex, size and speed; context, not a rating."""

    unit: dict[str, str]
    age: tuple[float, float]
    terms: dict[str, Term]


class PainRule(Sourced):
    """How much pain is acceptable, 0-10, and how fast it has to settle."""

    running_highest: int
    exercise_highest: int
    settled_within_min: int


class Rung(Checked):
    """One step of the run-walk ladder. ``run_min`` None: no break; 0: walking only.

    ``week_share`` is the share of the runner's own kilometres that stays on it.
    """

    name: str
    run_min: int | None = None
    walk_min: int
    distance_km: float | None = None
    effort: tuple[int, int]
    week_share: float


class OwnWeekRule(Checked):
    """How a runner's own week becomes one on the ladder.

    ``more_runs`` than usual, up to ``most_runs``, and on the highest rung ``more_easy_runs`` up to
    ``most_easy_runs``; none shorter than ``shortest_run_km``; ``slower`` by this share; ``usual_kmh`` where no speed is
    known, ``walk_kmh`` in the walks.
    """

    more_runs: int
    most_runs: int
    more_easy_runs: int
    most_easy_runs: int
    shortest_run_km: float
    slower: float
    usual_kmh: float
    walk_kmh: float


class Ladder(Sourced):
    """From walking to easy running.

    ``start_by_pain``: up to this pain in running, this rung. Highest rungs: ``not_settled`` if pain lasts beyond the
    hour, ``worse_morning``, ``unanswered`` if neither was told, ``unknown`` if pain was not asked at all;
    ``by_pain_now`` and ``by_weeks_off``: from this much on, this rung.
    """

    sessions_per_week: int
    each_at_least: int
    start_by_pain: tuple[tuple[int, int], ...]
    not_settled: int
    worse_morning: int
    unanswered: int
    unknown: int
    by_pain_now: tuple[tuple[int, int], ...]
    by_weeks_off: tuple[tuple[int, int], ...]
    own_week: OwnWeekRule
    rungs: tuple[Rung, ...]


class LoadSpike(Sourced):
    """Hazard of a single run beyond the longest of the past 30 days: (from, hazard, low, high)."""

    steps: tuple[tuple[float, float, float, float], ...]


class LandingKinds(Sourced):
    """Foot angles at contact, deg, that part landings: on the heel above one, on the forefoot below the other."""

    metric: str
    heel_above: float
    forefoot_below: float


class Session(Checked):
    """One retraining session: minutes with the cue, and the share of it with feedback."""

    minutes: int
    feedback: float


class Retraining(Sourced):
    """The retraining programme: sessions in order."""

    weeks: int
    sessions_per_week: int
    sessions: tuple[Session, ...]


class TimeCourse(Sourced):
    """How long it takes, weeks, by severity; ``worst_pain`` up to which a severity holds."""

    first_gain_weeks: int
    severities: tuple[tuple[str, int, int, int], ...]
    slow_after_weeks: int


class CheckinRule(Checked):
    """One row: it applies if every stated condition does. Conditions on what is unknown never hold, except missing."""

    name: str
    pain: tuple[int, int] | None = None
    done: tuple[int, int] | None = None
    effort: tuple[int, int] | None = None
    answer: (
        Literal["red_flag", "not_settled", "worse_next_morning", "too_soon", "sore_elsewhere", "something_missing"]
        | None
    ) = None
    exercise: Move
    retraining: Move
    load: Move


class CheckinRules(Sourced):
    """Rules in order; the first that applies decides. Before ``fewest_days`` nothing goes up."""

    strength: Strength
    fewest_days: int
    rules: tuple[CheckinRule, ...]


class Attention(Sourced):
    """Whom to look at first, and who stands out in a team.

    ``most`` caps a value's concern (0 at the borderline limit, 1 at the limit of concern); a norm without a limit of
    concern counts ``without_limit_of_concern`` of that, one sd between people in its place. ``weights`` go by the
    strength of the norm, ``trainable`` by that of the best drill for the risk factor. A value stands out from a team
    of ``fewest_for_outliers`` and more where it lies ``outlier_spreads`` robust standard deviations from the median
    and the near end of its interval ``outlier_surely_spreads``.
    """

    strength: Strength
    most: float
    without_limit_of_concern: float
    outlier_spreads: float
    outlier_surely_spreads: float
    fewest_for_outliers: int
    weights: dict[Confidence, float]
    trainable: dict[Strength | Literal["none"], float]
