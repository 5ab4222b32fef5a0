"""What the runner tells: asked, checked answer by answer, never sent anywhere.

Every question may be skipped. An answer that can't be right is left out and named; a mistake among the
answers that guard safety (pain, warning signs, the runner's age) keeps the plan back until it is mended.
The questions are gaitcheck's own; they are no questionnaire and give no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from gaitcheck.checked import Age, Checked, Height, Mass, Sex, Speed, toml_of
from gaitcheck.errors import InputError, UsageError
from gaitcheck.evidence import Evidence

LARGEST_FILE_BYTES = 40_000
MOST_PROBLEMS = 20
LONGEST_NOTE = 2_000

Score = Annotated[int, Field(ge=0, le=10)]
Side = Literal["left", "right", "both"]
Place = Literal[
    "around_kneecap",
    "below_kneecap",
    "inner_knee",
    "outer_knee",
    "back_of_knee",
    "hip_or_groin",
    "shin",
    "calf_or_achilles",
    "foot",
    "somewhere_else",
]


class _Answers(Checked):
    model_config = ConfigDict(strict=True)


class You(_Answers):
    """Who runs. Sizes and speed given on the command line win."""

    age: Age = None
    sex: Sex | None = None
    height_cm: Height = None
    mass_kg: Mass = None
    speed_kmh: Speed = None


class Pain(_Answers):
    """Pain, 0-10, 0 being none."""

    worst_week: Score | None = None
    where: Place | None = None
    side: Side | None = None
    now: Score | None = None
    running: Score | None = None
    stairs: Score | None = None
    squatting: Score | None = None
    sitting: Score | None = None
    since_weeks: Annotated[float | None, Field(ge=0, le=5_200)] = None
    settles_within_hour: bool | None = None
    next_morning: Literal["better", "same", "worse"] | None = None
    began: Literal["slowly", "suddenly"] | None = None


class Training(_Answers):
    """The last six weeks."""

    sessions_per_week: Annotated[float | None, Field(ge=0, le=21)] = None
    km_per_week: Annotated[float | None, Field(ge=0, le=350)] = None
    longest_before_km: Annotated[float | None, Field(ge=0, le=250)] = None
    longest_lately_km: Annotated[float | None, Field(ge=0, le=250)] = None
    hills: Literal["none", "as_usual", "more_than_usual"] | None = None
    speed_work: Literal["none", "as_usual", "more_than_usual"] | None = None
    last_jump: Literal["none", "distance", "sessions", "speed", "hills"] | None = None
    jump_weeks_ago: Annotated[float | None, Field(ge=0, le=52)] = None
    weeks_off: Annotated[float | None, Field(ge=0, le=520)] = None


class Recovery(_Answers):
    """Between sessions."""

    rest_days_per_week: Annotated[float | None, Field(ge=0, le=7)] = None
    sleep_hours: Annotated[float | None, Field(ge=0, le=16)] = None


class Shoes(_Answers):
    """What is worn for running."""

    km: Annotated[float | None, Field(ge=0, le=10_000)] = None
    changed_lately: bool | None = None
    worn_or_very_flexible: bool | None = None


class Daily(_Answers):
    """A usual day."""

    deep_squats_per_day: Annotated[float | None, Field(ge=0, le=2_000)] = None
    kneeling_hours: Annotated[float | None, Field(ge=0, le=16)] = None
    loaded_stairs_per_day: Annotated[float | None, Field(ge=0, le=500)] = None
    told_tight_outer_thigh: bool | None = None
    told_tight_calf: bool | None = None


class Past(_Answers):
    """Earlier trouble."""

    knee_pain_before: bool | None = None
    bone_stress_injury: bool | None = None
    calf_or_achilles: bool | None = None
    back_trouble: bool | None = None


class Goals(_Answers):
    """What for."""

    goal: Literal["run_without_pain", "run_further", "run_faster", "keep_fit"] | None = None
    notes: Annotated[str | None, Field(max_length=LONGEST_NOTE)] = None


class Intake(_Answers):
    """All answers. ``red_flags``, ``trial`` and ``tests`` are keyed by the evidence's names; tests by side below that.

    ``trial`` tells of runs of a few minutes with a drill: did this way of running ease the pain by a point or more?
    """

    red_flags: dict[str, bool] = Field(default_factory=dict)
    """Warning signs by name: there or not."""
    you: You = You()
    """Who runs."""
    pain: Pain = Pain()
    """Pain, 0-10."""
    training: Training = Training()
    """The last six weeks."""
    recovery: Recovery = Recovery()
    """Between sessions."""
    shoes: Shoes = Shoes()
    """What is worn."""
    daily: Daily = Daily()
    """A usual day."""
    past: Past = Past()
    """Earlier trouble."""
    trial: dict[str, bool] = Field(default_factory=dict)
    """Drills by name: did a few minutes with it ease the pain by a point or more?"""
    goals: Goals = Goals()
    """What for."""
    tests: dict[str, dict[Side, float]] = Field(default_factory=dict)
    """Home tests by name and side."""

    def answer(self, path: str) -> Any:
        """The answer at ``table.key``, or None."""
        table, key = path.split(".", 1)
        return getattr(getattr(self, table), key)


class Problem(Checked):
    """An answer that was left out: where, a code, and what to say of it."""

    path: str
    """Table and key of the answer."""
    code: str
    """What is wrong."""
    parameters: dict[str, str]
    """Of its sentence."""
    guards_safety: bool
    """Safety rests on it, so the plan is held back."""


GUARDED = (
    "red_flags", "pain", "you.age", "past.bone_stress_injury", "training.jump_weeks_ago", "training.last_jump",
    "training.weeks_off",
)  # fmt: skip
"""Answers that safety rests on: a mistake among them keeps the plan back."""
HARMLESS_TABLES = ("tests", "trial", "shoes", "daily", "recovery", "goals")
"""Elsewhere a name we don't know may be a misspelt answer that safety rests on."""
NOTED_ONLY = ("shoes.km", "past.knee_pain_before", "goals.goal", "goals.notes")
"""Answers that no rule reads, for want of a source: a report hands them on, and says that nothing rests on them."""
TABLES: dict[str, type[_Answers]] = {
    name: field.annotation
    for name, field in Intake.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, _Answers)
}


def questions() -> Iterator[tuple[str, str, FieldInfo]]:
    """Every fixed question as (table, key, field), in the order they are asked."""
    for table, model in TABLES.items():
        for key, field in model.model_fields.items():
            yield table, key, field


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = field.annotation
    return TypeAdapter(Annotated[kind, field], config=ConfigDict(strict=True, allow_inf_nan=False))


def _short(value: object, longest: int = 40) -> str:
    """A value in one short printable line: no line breaks, no escape codes, no marks that turn the text around."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _problem(path: str, code: str, **parameters: object) -> Problem:
    guarded = any(path == g or path.startswith(g + ".") for g in GUARDED)
    if code in ("unknown", "not_a_table", "more"):
        guarded = guarded or path.split(".")[0] not in HARMLESS_TABLES
    return Problem(
        path=_short(path, 80),
        code=code,
        parameters={k: _short(v, 400) if k == "choices" else _short(v) for k, v in parameters.items()},
        guards_safety=guarded,
    )


def _why(path: str, value: object, error: ValidationError) -> Problem:
    first = next((e for e in error.errors() if e["type"] != "none_required"), error.errors()[0])
    context = first.get("ctx", {})
    match first["type"]:
        case "greater_than_equal":
            return _problem(path, "too_small", value=value, limit=f"{context['ge']:g}")
        case "less_than_equal":
            return _problem(path, "too_large", value=value, limit=f"{context['le']:g}")
        case "string_too_long":
            return _problem(path, "too_long", length=len(str(value)), limit=context["max_length"])
        case "literal_error":
            return _problem(path, "not_a_choice", value=value, choices=_choices(context["expected"]))
        case "bool_type":
            return _problem(path, "not_yes_or_no", value=value)
        case "string_type":
            return _problem(path, "not_text", value=value)
        case _:
            return _problem(path, "not_a_number", value=value)


def _choices(expected: object) -> str:
    """Full list of choices; kept whole by being short names."""
    return str(expected).replace("'", "").replace(" or ", ", ")


def check_answer(table: str, key: str, value: object) -> Any:
    """A single answer to a fixed question, checked.

    Raises
    ------
    ValidationError
        If it can't be right.
    """
    return _adapter(TABLES[table].model_fields[key]).validate_python(value)


def _table(name: str, given: object, problems: list[Problem]) -> _Answers:
    model = TABLES[name]
    if not isinstance(given, dict):
        problems.append(_problem(name, "not_a_table", value=given))
        return model()
    good = {}
    for key, value in given.items():
        path = f"{name}.{key}"
        if key not in model.model_fields:
            problems.append(_problem(path, "unknown"))
            continue
        try:
            good[key] = check_answer(name, key, value)
        except ValidationError as error:
            problems.append(_why(path, value, error))
    return model(**good)


def _red_flags(given: object, evidence: Evidence, problems: list[Problem]) -> dict[str, bool]:
    if not isinstance(given, dict):
        problems.append(_problem("red_flags", "not_a_table", value=given))
        return {}
    good = {}
    for key, value in given.items():
        if key not in evidence.red_flags or not evidence.red_flags[key].asked:
            problems.append(_problem(f"red_flags.{key}", "unknown"))
        elif not isinstance(value, bool):
            problems.append(_problem(f"red_flags.{key}", "not_yes_or_no", value=value))
        else:
            good[key] = value
    return good


def _trials(given: object, evidence: Evidence, problems: list[Problem]) -> dict[str, bool]:
    if not isinstance(given, dict):
        problems.append(_problem("trial", "not_a_table", value=given))
        return {}
    for key, value in given.items():
        if key not in evidence.drills:
            problems.append(_problem(f"trial.{key}", "unknown"))
        elif not isinstance(value, bool):
            problems.append(_problem(f"trial.{key}", "not_yes_or_no", value=value))
    return {key: value for key, value in given.items() if key in evidence.drills and isinstance(value, bool)}


def check_test_result(name: str, side: str, value: object, evidence: Evidence) -> Problem | None:
    """What is wrong with one home test's result, or None."""
    path = f"tests.{name}.{side}"
    test = evidence.home_tests[name]
    if side not in (("both",) if test.sides == "both" else ("left", "right")):
        return _problem(path, "unknown")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _problem(path, "not_a_number", value=value)
    if not value >= test.lowest:
        return _problem(path, "too_small", value=value, limit=f"{test.lowest:g}")
    if not value <= test.highest:
        return _problem(path, "too_large", value=value, limit=f"{test.highest:g}")
    return None


def _tests(given: object, evidence: Evidence, problems: list[Problem]) -> dict[str, dict[Side, float]]:
    if not isinstance(given, dict):
        problems.append(_problem("tests", "not_a_table", value=given))
        return {}
    good: dict[str, dict[Side, float]] = {}
    for name, sides in given.items():
        if name not in evidence.home_tests:
            problems.append(_problem(f"tests.{name}", "unknown"))
            continue
        if not isinstance(sides, dict):
            problems.append(_problem(f"tests.{name}", "not_a_table", value=sides))
            continue
        for side, value in sides.items():
            fault = check_test_result(name, side, value, evidence)
            if fault is not None:
                problems.append(fault)
            else:
                good.setdefault(name, {})[side] = float(value)
    return good


def _contradictions(intake: Intake, problems: list[Problem]) -> Intake:
    """Answers that can't both be right: pain older than the runner."""
    age, weeks = intake.you.age, intake.pain.since_weeks
    if age is None or weeks is None or weeks / 52 <= age:
        return intake
    problems.append(_problem("pain.since_weeks", "longer_than_life", value=f"{weeks:g}", age=f"{age:g}"))
    return intake.model_copy(update={"pain": intake.pain.model_copy(update={"since_weeks": None})})


def check_intake(answers: dict[str, Any], evidence: Evidence) -> tuple[Intake, list[Problem]]:
    """The answers that can be right, and a problem for each that can't."""
    problems: list[Problem] = []
    good: dict[str, Any] = {}
    for name, given in answers.items():
        if name in TABLES:
            good[name] = _table(name, given, problems)
        elif name == "red_flags":
            good[name] = _red_flags(given, evidence, problems)
        elif name == "trial":
            good[name] = _trials(given, evidence, problems)
        elif name == "tests":
            good[name] = _tests(given, evidence, problems)
        else:
            problems.append(_problem(name, "unknown"))
    intake = _contradictions(Intake(**good), problems)
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        rest = _problem("answers", "more", count=more)
        problems = [*problems[:MOST_PROBLEMS], rest]
    return intake, problems


def read_intake(path: Path, evidence: Evidence) -> tuple[Intake, list[Problem]]:
    """Read answers from a TOML file.

    Raises
    ------
    UsageError
        If there is no such file.
    InputError
        If it is too large or can't be read as TOML, so that no answer can be trusted.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a file; name the answers file that gaitcheck intake has written.")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(f"{path.name} is larger than {LARGEST_FILE_BYTES // 1000} kB; answers need a page or two.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist; gaitcheck intake --out {path.name} asks and writes it.") from error
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror}); check its permissions.") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} can't be read as text; save it as UTF-8, or make it with gaitcheck intake."
        ) from error
    try:
        answers = toml_of(text)
    except ValueError as error:
        raise InputError(
            f"{path.name} can't be read ({_short(str(error))}); write numbers with the digits 0-9 and text in quotes, "
            "or make it anew with gaitcheck intake."
        ) from error
    if _depth(answers) > DEEPEST:
        raise InputError(f"{path.name} can't be read (tables within tables); make it anew with gaitcheck intake.")
    return check_intake(answers, evidence)


def _over(answers: Intake, newer: Intake) -> Intake:
    """Two sets of answers as one; what the newer one answers counts."""
    told = {name: newer.__dict__[name].model_dump(exclude_none=True) for name in TABLES}
    tables = {name: getattr(answers, name).model_copy(update=own) for name, own in told.items()}
    tests = {
        name: {**answers.tests.get(name, {}), **newer.tests.get(name, {})} for name in {**answers.tests, **newer.tests}
    }
    return Intake(
        **tables,
        red_flags={**answers.red_flags, **newer.red_flags},
        trial={**answers.trial, **newer.trial},
        tests=tests,
    )


def read_intakes(paths: Sequence[Path], evidence: Evidence) -> tuple[Intake | None, list[Problem]]:
    """Answers from several files, say those for all days and those of one day: a later file's answers count.

    Returns
    -------
    None where there is no file, and every problem of every file.

    Raises
    ------
    UsageError, InputError
        As ``read_intake``.
    """
    together: Intake | None = None
    problems: list[Problem] = []
    for path in paths:
        answers, faults = read_intake(path, evidence)
        together = answers if together is None else _contradictions(_over(together, answers), faults)
        problems += faults
    return together, problems


DEEPEST = 8


def _depth(value: object) -> int:
    """How deep tables and lists lie in one another; counted level by level, since recursion is what must not happen."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        level = [inner for outer in level for inner in _inside(outer)]
        depth += 1
    return depth


def _inside(value: object) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
