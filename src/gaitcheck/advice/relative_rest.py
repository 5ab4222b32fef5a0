"""Relative rest: how far down the run-walk ladder to go, and what to cut first.

Every cap can only lower the rung, so more pain never raises it, and an unanswered question never
lifts it above where the harmless answer would put it.
"""

from __future__ import annotations

from gaitcheck.advice.intake import Intake
from gaitcheck.advice.running_week import OwnWeek
from gaitcheck.advice.signs import signs_beyond
from gaitcheck.advice.situation import Situation
from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence
from gaitcheck.evidence.schema import Ladder

SPIKE_ALLOWANCE = 1.10
"""Runs up to 10 % beyond the longest of 30 days carried no added hazard in Frandsen 2025."""


class RelativeRest(Checked):
    """The rung of the ladder, what put it there, what to cut first, what recovery lacks, the longest run, km.

    ``own_week`` is what the week is scaled from; None where kilometres were not told.
    """

    rung: int
    """Of the ladder, from 0."""
    rung_name: str
    """Its name."""
    reasons: tuple[str, ...]
    """Codes of what put it there."""
    cut_first: tuple[str, ...]
    """Codes of what to leave out first."""
    recover: tuple[str, ...]
    """Codes of what recovery lacks."""
    longest_run_km: float | None
    """Longest run allowed, km."""
    own_week: OwnWeek | None
    """What the week is scaled from; null where kilometres were not told."""
    sources: tuple[str, ...]
    """Where the rule comes from."""


def _up_to(table: tuple[tuple[int, int], ...], value: float) -> int:
    """The entry of the first row whose bound holds ``value``; the last row's beyond all."""
    return next((rung for bound, rung in table if value <= bound), table[-1][1])


def _from(table: tuple[tuple[int, int], ...], value: float) -> int | None:
    """The entry of the last row whose bound ``value`` reaches."""
    return next((rung for bound, rung in reversed(table) if value >= bound), None)


def _caps(intake: Intake, situation: Situation, ladder: Ladder) -> list[tuple[str, int]]:
    """Everything that limits the rung: (reason, highest rung)."""
    pain, caps = intake.pain, []
    if not situation.worst_week_told:
        caps.append(("pain_not_told", ladder.unknown))
    if situation.status == "painful":
        worst = situation.running if situation.running is not None else situation.worst or 0
        caps.append(("pain_in_running", _up_to(ladder.start_by_pain, worst)))
        if pain.settles_within_hour is False:
            caps.append(("not_settled", ladder.not_settled))
        if pain.next_morning == "worse":
            caps.append(("worse_next_morning", ladder.worse_morning))
        if pain.settles_within_hour is None or pain.next_morning is None:
            caps.append(("settling_not_told", ladder.unanswered))
        now = _from(ladder.by_pain_now, pain.now or 0)
        if now is not None:
            caps.append(("pain_now", now))
    off = _from(ladder.by_weeks_off, intake.training.weeks_off or 0)
    if off is not None:
        caps.append(("weeks_off", off))
    return caps


def _cut_first(intake: Intake, situation: Situation, beyond: set[str], evidence: Evidence) -> tuple[str, ...]:
    """What to leave out, the likeliest culprit first; what was not told is cut too."""
    if situation.status == "uninjured":
        return ()
    training, daily = intake.training, intake.daily
    asked: tuple[tuple[str, bool, bool], ...] = (
        (
            "speed",
            training.speed_work != "none",
            training.last_jump == "speed" or training.speed_work == "more_than_usual",
        ),
        ("downhill", training.hills != "none", training.last_jump == "hills" or training.hills == "more_than_usual"),
        ("long_run", True, training.last_jump == "distance"),
        ("sessions", training.last_jump == "sessions", True),
    )
    kneels = (daily.deep_squats_per_day or 0) > 0 or (daily.kneeling_hours or 0) > 0
    climbs = (daily.loaded_stairs_per_day or 0) > 0 or (intake.pain.stairs or 0) > evidence.pain_rule.running_highest
    asked += (
        ("squats_and_kneeling", kneels, bool(beyond & {"deep_squats", "kneeling"})),
        ("stairs", climbs, "loaded_stairs" in beyond),
    )
    return tuple(row[0] for row in sorted((row for row in asked if row[1]), key=lambda row: not row[2]))


def own_week(intake: Intake, speed_kmh: float | None) -> OwnWeek | None:
    """The runner's week as told, or None without kilometres."""
    told = intake.training
    return OwnWeek(km=told.km_per_week, runs=told.sessions_per_week, speed_kmh=speed_kmh) if told.km_per_week else None


def advise_rest(
    intake: Intake | None, situation: Situation, evidence: Evidence, speed_kmh: float | None = None
) -> RelativeRest:
    """The rung, the reasons that put it there, what to cut first, and the week it starts from."""
    answers, ladder = intake or Intake(), evidence.ladder
    top = len(ladder.rungs) - 1
    caps = _caps(answers, situation, ladder)
    beyond = signs_beyond(answers, evidence)
    rung = min((cap for _, cap in caps), default=top)
    longest = answers.training.longest_before_km
    sources = dict.fromkeys((*ladder.sources, *evidence.pain_rule.sources))
    if longest:
        sources |= dict.fromkeys(evidence.load_spike.sources)
    return RelativeRest(
        rung=rung,
        rung_name=ladder.rungs[rung].name,
        reasons=tuple(name for name, cap in caps if cap == rung and cap < top),
        cut_first=_cut_first(answers, situation, beyond, evidence),
        recover=tuple(name for name in ("no_rest_day", "short_sleep") if name in beyond),
        longest_run_km=SPIKE_ALLOWANCE * longest if longest else None,
        own_week=own_week(answers, speed_kmh),
        sources=tuple(sources),
    )
