"""Statistics of errors, and tables of them in Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clips import CONDITIONS, planted
from gaitcheck.advice.rating import Rating, rate
from gaitcheck.evidence import Limits, load_evidence
from gaitcheck.metrics import all_metrics
from score import Scores, Steps, Value

FloatArray = NDArray[np.float64]

VIEWS = ("rear", "front", "left", "right")
DECIDED = (
    "frontal_plane_projection_angle",
    "foot_placement_offset",
    "contralateral_pelvic_drop",
    "hip_adduction",
    "trunk_lateral_lean",
)
HURT = ("frontal_plane_projection_angle", "foot_placement_offset", "contralateral_pelvic_drop", "contact_time")
SCALE = {"leg_length": (100.0, "% of leg"), "fraction": (100.0, "%"), "deg": (1.0, "deg"), "ms": (1.0, "ms"),
         "per_min": (1.0, "/min"), "s": (1000.0, "ms")}  # fmt: skip


def agreement(truth: FloatArray, found: FloatArray) -> float:
    """ICC(2,1), absolute agreement of two raters (Shrout & Fleiss 1979; McGraw & Wong 1996)."""
    n = len(truth)
    if n < 3:
        return float("nan")
    both = np.stack([truth, found], axis=1)
    rows, columns, grand = both.mean(axis=1), both.mean(axis=0), both.mean()
    between_rows = 2 * np.sum((rows - grand) ** 2) / (n - 1)
    between_columns = n * np.sum((columns - grand) ** 2)
    rest = np.sum((both - rows[:, None] - columns + grand) ** 2) / (n - 1)
    return float((between_rows - rest) / (between_rows + rest + 2 * (between_columns - rest) / n))


def line(values: list[Value]) -> dict[str, float]:
    """n, bias, sd, MAE, limits of agreement, ICC, coverage, half width, raw MAE and raw r of some values."""
    truth, found, raw = (np.array([getattr(v, k) for v in values]) for k in ("truth", "value", "raw"))
    error = found - truth
    inside = np.array([v.low <= v.truth <= v.high for v in values])
    sd = float(error.std(ddof=1)) if len(error) > 1 else float("nan")
    return {
        "n": len(values),
        "bias": float(error.mean()),
        "sd": sd,
        "mae": float(np.abs(error).mean()),
        "low": float(error.mean() - 1.96 * sd),
        "high": float(error.mean() + 1.96 * sd),
        "icc": agreement(truth, found),
        "inside": float(inside.mean()),
        "half": float(np.median([(v.high - v.low) / 2 for v in values])),
        "raw_mae": float(np.nanmean(np.abs(raw - truth))) if np.isfinite(raw).any() else float("nan"),
        "raw_icc": agreement(truth[np.isfinite(raw)], raw[np.isfinite(raw)]),
    }


def _number(value: float, digits: int = 1, sign: bool = False) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:{'+' if sign else ''}.{digits}f}"


def population(scores: Scores, group: str, landing: bool = False) -> list[Value]:
    """Values of the random population of one group of bodies, or of its clips with feet that land as real ones do."""
    own = [v for v in scores.values if v.clip.startswith(f"{group}_") and v.clip.split("_")[-3] in VIEWS]
    own = [v for v in own if "condition" not in v.clip and "recorded" not in v.clip]
    return [v for v in own if ("_landing_" in v.clip) == landing]


def accuracy_table(values: list[Value]) -> list[str]:
    """One row for each metric and view; both side views stand together."""
    rows = [
        "| metric | view | n | bias | sd | MAE | limits of agreement | ICC | truth inside interval | "
        "± (median) | raw landmarks: MAE, ICC |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for metric in all_metrics():
        for name, views in (("rear", ("rear",)), ("front", ("front",)), ("side", ("left", "right"))):
            own = [v for v in values if v.metric == metric.name and v.view in views]
            if not own:
                continue
            k, unit = SCALE[own[0].unit]
            s = line(own)
            mark = " (withheld)" if own[0].withheld else ""
            raw = f"{_number(k * s['raw_mae'])}, {_number(s['raw_icc'], 2)}" if np.isfinite(s["raw_mae"]) else "-"
            rows.append(
                f"| {metric.name.replace('_', ' ')}, {unit}{mark} | {name} | {s['n']:.0f} | "
                f"{_number(k * s['bias'], sign=True)} | {_number(k * s['sd'])} | {_number(k * s['mae'])} | "
                f"{_number(k * s['low'], sign=True)} to {_number(k * s['high'], sign=True)} | {_number(s['icc'], 2)} | "
                f"{100 * s['inside']:.0f} % | {_number(k * s['half'])} | {raw} |"
            )
    return rows


def steps_table(steps: list[Steps]) -> list[str]:
    """Steps found and invented, errors of contacts, by view; a clip of which more are invented than found has its sides
    exchanged."""
    rows = [
        "| view | clips | sides exchanged | true steps | found | invented | initial contact: MAE (bias), ms | "
        "toe-off: MAE (bias), ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, views in (("rear", ("rear",)), ("front", ("front",)), ("side", ("left", "right"))):
        own = [s for s in steps if s.view in views]
        if not own:
            continue
        true, found = sum(s.true for s in own), sum(s.found for s in own)
        contact = 1000 * np.concatenate([s.initial_contact_s for s in own])
        toe = 1000 * np.concatenate([s.toe_off_s for s in own])
        rows.append(
            f"| {name} | {len(own)} | {sum(s.invented > s.found for s in own)} | {true} | {100 * found / true:.1f} % | "
            f"{100 * sum(s.invented for s in own) / true:.1f} % | "
            f"{np.abs(contact).mean():.1f} ({contact.mean():+.1f}) | "
            f"{np.abs(toe).mean():.1f} ({toe.mean():+.1f}) |"
        )
    return rows


@dataclass(frozen=True)
class Decision:
    """What is said of one value, and whether it is so: typical is short of the limit of concern, outside beyond the
    borderline limit. ``missed``: of concern, said to be typical. ``alarm``: within, said to lie outside."""

    said: Rating
    right: bool
    missed: bool
    alarm: bool


def decide(value: Value, limits: Limits) -> Decision:
    """Hold what is said of a value against the truth."""
    said = rate(value.value, value.low, value.high, limits)
    true = rate(value.truth, value.truth, value.truth, limits)
    concern = true.position == "clearly_outside"
    missed = said.position == "typical" and (
        concern if limits.concern_high is not None or limits.concern_low is not None else true.outside
    )
    alarm = said.outside and not true.outside
    return Decision(said, not missed and not alarm, missed, alarm)


def decisions_table(values: list[Value], metrics: Iterable[str] = DECIDED) -> list[str]:
    """How often something is said, how often it is right, by how sure it is said to be; rear views."""
    norms = load_evidence().norms
    rows = [
        "| metric | legs | can't tell | decided right | said sure (95 %): right | said likely (80 to 95 %): right | "
        "missed, of those of concern | false alarms, of those within |",
        "|---|---|---|---|---|---|---|---|",
    ]
    everything: list[tuple[Decision, Value, Limits]] = []
    for metric in metrics:
        limits = norms[metric].limits_for(None)
        own = [(decide(v, limits), v, limits) for v in values if v.metric == metric and v.view == "rear"]
        if own:
            rows.append(_decisions_row(metric.replace("_", " "), own))
            everything += own
    return [*rows, _decisions_row("all", everything)] if everything else rows


def _decisions_row(name: str, own: list[tuple[Decision, Value, Limits]]) -> str:
    def share(found: list[bool]) -> str:
        return f"{100 * sum(found) / len(found):.0f} % of {len(found)}" if found else "-"

    made = [d for d, _, _ in own]
    told = [d for d in made if d.said.position != "cant_tell"]
    true = [rate(v.truth, v.truth, v.truth, limits).position for _, v, limits in own]
    sick = [d.missed for d, t in zip(made, true, strict=True) if t == "clearly_outside"]
    well = [d.alarm for d, t in zip(made, true, strict=True) if t == "typical"]
    by = {c: [d.right for d in told if d.said.certainty == c] for c in ("sure", "likely")}
    return (
        f"| {name} | {len(own)} | {100 * (1 - len(told) / len(own)):.0f} % | {share([d.right for d in told])} | "
        f"{share(by['sure'])} | {share(by['likely'])} | {share(sick)} | {share(well)} |"
    )


def _of(values: Iterable[Value], metric: str) -> list[Value]:
    return [v for v in values if v.metric == metric]


def _maes(values: list[Value]) -> list[float]:
    """MAE of each quantity in HURT, in the table's units; NaN where there is none."""
    found = []
    for metric in HURT:
        own = _of(values, metric)
        found.append(SCALE[own[0].unit][0] * line(own)["mae"] if own else float("nan"))
    return found


def conditions_table(scores: Scores) -> tuple[list[str], list[tuple[str, float]]]:
    """One condition at a time against the same runners and camera without it; and how much each hurts.

    The harm is the mean, over the quantities, of the MAE gained in units of the population's MAE.
    """
    by_name: dict[str, list[Value]] = defaultdict(list)
    missed: dict[str, list[Steps]] = defaultdict(list)
    refused = {name for name in CONDITIONS if any(f"_condition_{name}_" in clip for clip in scores.failed)}
    for name in CONDITIONS:
        by_name[name] = [v for v in scores.values if f"_condition_{name}_" in v.clip]
        missed[name] = [s for s in scores.steps if f"_condition_{name}_" in s.clip]
    base = _maes(by_name["base"]) if by_name["base"] else []
    usual = _maes([v for v in population(scores, "held_out") if v.view == "rear"])
    rows = [
        "| condition | kind | FPPA, deg | foot offset, % of leg | pelvic drop, deg | contact time, ms | "
        "steps missed, invented | harm |",
        "|---|---|---|---|---|---|---|---|",
    ]
    harms = []
    for name, (kind, _) in CONDITIONS.items():
        own = by_name[name]
        if not own or not base:
            continue
        maes = _maes(own)
        harm = float(np.nanmean([(m - b) / u for m, b, u in zip(maes, base, usual, strict=True)]))
        harms.append((name, harm))
        lost = sum(s.true - s.found for s in missed[name])
        invented = sum(s.invented for s in missed[name])
        mark = " (one clip refused)" if name in refused else ""
        cells = " | ".join(_number(m) for m in maes)
        rows.append(f"| {name.replace('_', ' ')}{mark} | {kind} | {cells} | {lost}, {invented} | {harm:+.2f} |")
    return rows, sorted(harms, key=lambda pair: -pair[1])


def _sorted_into(recipe: dict[str, Any]) -> dict[str, str]:
    """The classes a clip of the population falls in."""
    look, film, room = recipe["look"], recipe["filming"], recipe["room"]

    def band(value: float, *edges: float) -> str:
        k = int(np.searchsorted(edges, value))
        names = [f"below {edges[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(edges))]
        return [*names, f"above {edges[-1]:g}"][k]

    return {
        "shorts fit": "loose" if look["shorts_fit"] > 0.2 else "tight",
        "shirt fit": "loose" if look["shirt_fit"] > 0.2 else "tight",
        "legs bare below": band(look["shorts_length"], 0.6, 1.1),
        "distance, m": band(film["distance_m"], 3.0, 4.0),
        "camera height, m": band(film["height_m"], 0.6, 1.1),
        "oblique, deg": band(abs(film["oblique_deg"]), 3.0, 6.0),
        "roll, deg": band(abs(film["roll_deg"]), 1.0, 2.0),
        "light": "dim" if film["exposure"] < 0.75 else "fair",
        "rails": "yes" if room["rails"] else "no",
        "speed, m/s": band(recipe["runner"]["speed_m_s"], 2.8, 3.8),
        "body": recipe["body"],
    }


def breakdown_table(values: list[Value], scores: Scores) -> list[str]:
    """MAE by body, look and camera, rear view."""
    rows = [
        "| class | clips | FPPA, deg | foot offset, % of leg | pelvic drop, deg | contact time, ms |",
        "|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for v in values:
        if v.view == "rear":
            for kind, name in _sorted_into(scores.recipes[v.clip]).items():
                groups[kind, name].append(v)
    for (kind, name), own in sorted(groups.items(), key=lambda item: (item[0][0] == "body", item[0])):
        clips = len({v.clip for v in own})
        rows.append(f"| {kind}: {name} | {clips} | {' | '.join(_number(m) for m in _maes(own))} |")
    return rows


def independence(scores: Scores) -> tuple[int, float]:
    """Over the population: number of clips, and the largest |r| between two different planted values of one leg."""
    apart = ("condition", "recorded", "realistic", "other", "landing")
    recipes = [r for name, r in scores.recipes.items() if not any(kind in name for kind in apart)]
    rows = np.array([planted(r) for r in recipes])
    half = rows.shape[1] // 2
    legs = np.vstack([rows[:, :half], rows[:, half:]])
    correlation = np.corrcoef(legs.T)
    return len(recipes), float(np.max(np.abs(correlation - np.eye(half))))


def print_summary(scores: Scores, show: Callable[[str], None] = print) -> None:
    """The main tables, as text."""
    values = population(scores, "held_out")
    own = {v.clip for v in values}
    for row in (
        accuracy_table(values) + steps_table([s for s in scores.steps if s.clip in own]) + decisions_table(values)
    ):
        show(row)
    for row in conditions_table(scores)[0]:
        show(row)
    for name, why in scores.failed.items():
        show(f"refused: {name}: {why}")
