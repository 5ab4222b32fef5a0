"""A week of running that starts from the runner's own: fewer kilometres, more and shorter runs, walks between."""

from __future__ import annotations

from math import ceil

from gaitcheck.checked import Checked
from gaitcheck.evidence import Evidence


class OwnWeek(Checked):
    """How the runner runs now: kilometres and runs a week, and the speed of the clip; None: not told."""

    km: float
    """A week, km."""
    runs: float | None
    """A week."""
    speed_kmh: float | None
    """Of the clip, km/h."""


class RunningWeek(Checked):
    """One week on a rung.

    ``share`` of ``before_km`` stays. A run has ``run_km``, walks included, takes about ``minutes`` and holds
    ``repeats`` of running and walking (None: no walks). ``easy_kmh`` is the pace that minutes assume; ``assumed`` says
    that the runner's own speed was not known.
    """

    before_km: float
    km: float
    share: float
    runs: int
    run_km: float
    repeats: int | None
    minutes: int
    easy_kmh: float
    assumed: bool

    @property
    def cut(self) -> float:
        """The share of the week that is left out."""
        return 1.0 - self.share


def running_week(rung: int, own: OwnWeek, evidence: Evidence) -> RunningWeek:
    """The week on a rung of the ladder; on the lowest, where all is walking, no kilometre of running stays.

    No run is longer than the runner's own usually are.
    """
    ladder, rule = evidence.ladder, evidence.ladder.own_week
    step, top = ladder.rungs[rung], rung == len(ladder.rungs) - 1
    km = step.week_share * own.km
    usual = max(round(own.runs), 1) if own.runs else ladder.sessions_per_week
    easy = max(usual, min(usual + rule.more_easy_runs, rule.most_easy_runs))
    runs = easy if top else min(usual + rule.more_runs, rule.most_runs)
    no_longer = ceil(step.week_share * usual)
    runs = max(min(max(runs, no_longer), int(km / rule.shortest_run_km)), 1)
    easy_kmh = (1.0 - rule.slower) * (own.speed_kmh or rule.usual_kmh)
    cycle_km = ((step.run_min or 0) * easy_kmh + step.walk_min * rule.walk_kmh) / 60.0
    walks = step.run_min is not None and step.walk_min > 0
    repeats = max(round(km / runs / cycle_km), 1) if walks else None
    cycle_min = (step.run_min or 0) + step.walk_min
    return RunningWeek(
        before_km=own.km,
        km=km,
        share=step.week_share,
        runs=runs,
        run_km=km / runs,
        repeats=repeats,
        minutes=repeats * cycle_min if repeats is not None else round(60.0 * km / runs / easy_kmh),
        easy_kmh=easy_kmh,
        assumed=own.speed_kmh is None,
    )
