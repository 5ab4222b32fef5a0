"""Documents of older schemas read as today's: what was measured is kept, what was never asked is unknown.

Schema 1 had no answers, schema 2 an earlier form of plan and situation, and until schema 5 ratings said one thing where
there are two (``advice.rating``): all are judged anew from the same numbers. Schema 3 lacks the visit, schema 4 which
part of a clip was measured and how the report should look, schema 6 an offer to whom nothing hurts and the runner's
own week; in schema 7 trial runs had a field for every drill; schema 8 knew no corrections by hand.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import ValidationError

from gaitcheck.advice.intake import Intake, Problem
from gaitcheck.advice.judge import judge_visit
from gaitcheck.analysis.compose import estimates_of, judged_fields
from gaitcheck.analysis.document import SCHEMA_VERSION, Analysis, Athlete, MetricValue, Provenance, Visit
from gaitcheck.errors import InputError
from gaitcheck.evidence import load_evidence

OLDEST = 1
UNKNOWN_VISIT: dict[str, Any] = {"filmed_on": None, "shoes": "", "group": "", "note": ""}
WHOLE_CLIP: dict[str, Any] = {
    "start_s": 0.0, "mirrored": False, "quarter_turns": 0, "people": 1, "runner": 1,
}  # fmt: skip
WITH_VISIT, WITH_PARTS, WITH_PROBABILITY = 4, 5, 6
REFUSES_LOST_ANSWERS_BELOW = 3
KEPT = ("clips", "quality", "metrics", "stances", "curves")


def _with_visit(table: dict[str, Any]) -> dict[str, Any]:
    """What schema 4 added, as unknown."""
    return {
        **table,
        "visit": UNKNOWN_VISIT,
        "clips": [{**clip, "camera": ""} for clip in table["clips"]],
        "provenance": {**table["provenance"], "work_sha256": ""},
    }


def _whole_clip(clip: dict[str, Any]) -> dict[str, Any]:
    """A clip as it stood: its time scale was told by hand or by a tag, which nobody noted."""
    slow = clip["capture_fps"] / clip["fps"]
    source = "given" if abs(slow - 1.0) > 0.01 else "none"
    return {**clip, **WHOLE_CLIP, "stop_s": clip["duration_s"] * slow, "slow_motion_source": source}


def _with_parts(table: dict[str, Any]) -> dict[str, Any]:
    """What schema 5 added: until then a clip was measured from its beginning to its end, as it stood."""
    return {
        **table,
        "clips": [_whole_clip(clip) for clip in table["clips"]],
        "presentation": {},
    }


def _with_probability(table: dict[str, Any]) -> dict[str, Any]:
    """What schema 6 added of clips: how surely left is left, which nobody worked out until then."""
    return {**table, "clips": [{**clip, "sides_probability": None} for clip in table["clips"]]}


def _problems(table: dict[str, Any]) -> list[Problem]:
    """Which earlier answers could not be read."""
    return [Problem.model_validate(problem) for problem in table.get("intake_problems", [])]


def _answers(table: dict[str, Any]) -> Intake | None:
    """Earlier answers, whole; before schema 3 a lost one might be a warning sign."""
    if table.get("intake") is None:
        return None
    if table.get("intake_problems") and table["schema_version"] < REFUSES_LOST_ANSWERS_BELOW:
        raise InputError("Its answers were not all readable; run gaitcheck analyze again with --intake.")
    try:
        told = dict(table["intake"])
        told["trial"] = {name: eased for name, eased in (told.get("trial") or {}).items() if eased is not None}
        return Intake.model_validate(told)
    except ValidationError as error:
        raise InputError("Its answers can't be read any more; run gaitcheck analyze again with --intake.") from error


def _metric(table: dict[str, Any]) -> MetricValue:
    """A metric as it was measured; its rating is made anew."""
    measured = {name: value for name, value in table.items() if name != "rating"}
    return MetricValue.model_validate({**measured, "position": "not_rated", "certainty": "none", "probability": None})


def _judged_anew(table: dict[str, Any]) -> Analysis:
    """The measured part of an earlier document, judged by today's evidence as of its own day."""
    athlete = Athlete.model_validate(table["athlete"])
    provenance = Provenance.model_validate(table["provenance"])
    visit = Visit.model_validate(table["visit"])
    estimates = estimates_of([_metric(m) for m in table["metrics"]])
    judged = judge_visit(
        estimates,
        _answers(table),
        _problems(table),
        athlete.person,
        load_evidence(),
        provenance.analysed_on,
        filmed_on=visit.filmed_on,
    )
    return Analysis.model_validate(
        {
            **{name: table[name] for name in KEPT},
            "schema_version": SCHEMA_VERSION,
            "athlete": athlete,
            "visit": visit,
            "presentation": table["presentation"],
            "provenance": provenance,
            **judged_fields(judged),
        }
    )


def migrate(table: dict[str, Any]) -> Analysis:
    """A document of an earlier schema as one of today's.

    Raises
    ------
    InputError
        If its answers can't be carried over.
    ValidationError, KeyError, TypeError, AttributeError
        If it is no document of the schema it names.
    """
    schema = table["schema_version"]
    newer = _with_visit(table) if schema < WITH_VISIT else table
    newer = _with_parts(newer) if schema < WITH_PARTS else newer
    newer = _with_probability(newer) if schema < WITH_PROBABILITY else newer
    if isinstance(newer["provenance"].get("analysed_on"), str):
        day = newer["provenance"]["analysed_on"][:10]
        newer["provenance"]["analysed_on"] = dt.date.fromisoformat(day).isoformat()
    return _judged_anew(newer)
