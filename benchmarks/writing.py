"""Results into the repository: tables and plots under docs/, the landmark error model into the package."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.metadata import version
from itertools import product
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from clips import FEW, bodies_of
from gaitcheck.metrics import all_metrics
from score import Scores, Value
from tables import (
    SCALE,
    accuracy_table,
    agreement,
    breakdown_table,
    conditions_table,
    decisions_table,
    independence,
    line,
    population,
    steps_table,
)

FloatArray = NDArray[np.float64]

START, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"
LEAST_LEGS = 15
FIGURES = 40
"""Clips of the other generator that set what is allowed for other pictures."""
HELD_ELSEWHERE = 0.92
"""Below twenty values the largest error is the limit: of fifteen it holds the next one 94 times in a hundred."""
INSIDE = 0.95
ENOUGH = 30
CHOSEN_ON = bodies_of("calibration")[:FEW]
"""Bodies on which something was chosen; intervals rest on the others where those give enough values."""
READ_OFF_THE_PELVIS = ("contralateral_pelvic_drop", "hip_adduction")
LEAST_AGREEMENT = 0.5
"""Values read off the pelvis are shown only where they follow it: ICC of at least a half (moderate, Koo & Li 2016)."""
PLOTTED = (
    ("frontal_plane_projection_angle", ("rear",)),
    ("foot_placement_offset", ("rear",)),
    ("contralateral_pelvic_drop", ("rear",)),
    ("contact_time", ("rear",)),
    ("step_width", ("rear",)),
    ("tibia_inclination_at_contact", ("left", "right")),
)


def _plot(values: list[Value], target: Path) -> None:
    """Bland-Altman plots: error against the mean of truth and value."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2, 3, figsize=(11, 6.4), constrained_layout=True)
    for axis, (metric, views) in zip(axes.flat, PLOTTED, strict=True):
        own = [v for v in values if v.metric == metric and v.view in views]
        if not own:
            continue
        k, unit = SCALE[own[0].unit]
        truth, found = (k * np.array([getattr(v, name) for v in own]) for name in ("truth", "value"))
        stats = line(own)
        axis.axhline(0, color="0.8", linewidth=0.8)
        axis.scatter(0.5 * (truth + found), found - truth, s=16, color="#1f5a7a", alpha=0.75, linewidths=0)
        for name, style in (("bias", "-"), ("low", "--"), ("high", "--")):
            axis.axhline(k * stats[name], color="#b4552d", linestyle=style, linewidth=1)
        axis.set_title(f"{metric.replace('_', ' ')} ({'side' if len(views) > 1 else views[0]})", fontsize=9, loc="left")
        axis.set_xlabel(f"mean of truth and value, {unit}", fontsize=8)
        axis.set_ylabel(f"value - truth, {unit}", fontsize=8)
        axis.tick_params(labelsize=7)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, metadata={"Software": None}, dpi=110)
    plt.close(figure)


def _section(scores: Scores) -> list[str]:
    values = population(scores, "held_out")
    own = {v.clip for v in values}
    realistic = [v for v in scores.values if "_realistic_" in v.clip]
    first = set(map(id, first_figures(scores)))
    other = [v for v in scores.values if v.clip.startswith("other_") and id(v) not in first]
    landing = [v for v in population(scores, "held_out", landing=True) if v.metric in TIMES_OF_CONTACT]
    recorded = [v for v in scores.values if v.clip.startswith("held_out_recorded_")]
    conditions, harms = conditions_table(scores)
    n, most = independence(scores)
    worst = ", ".join(f"{name.replace('_', ' ')} ({harm:+.2f})" for name, harm in harms[:3])
    rows = [
        f"Version {version('gaitcheck')}, model pose_full. Nothing is given but the clip (no roll, height or view).",
        "Bodies `held_out_*` only: nothing is fitted on them. n counts legs (or runners, where a metric has one",
        "value); one leg is the mean of one clip. Withheld values are measured here but not shown to users.",
        "Times of contact are here those of feet that have the belt's speed when they land, which no runner's have;",
        "of feet that land as real ones do see below.",
        "",
        *accuracy_table(values),
        "",
        "![Bland-Altman plots](accuracy.png)",
        "",
        "### Steps",
        "",
        *steps_table([s for s in scores.steps if s.clip in own]),
        "",
        "### Feet that land as real ones do",
        "",
        "The held-out clips once more (`clips.landing_jobs`); times of contact only, since knees bend more there than",
        "real ones.",
        "",
        *accuracy_table(landing),
        "",
        *steps_table([s for s in scores.steps if s.clip.startswith("held_out_landing_")]),
        "",
        "### Decisions",
        "",
        "Limits are the norms' own (`gaitcheck/evidence/norms`). Typical is right where the truth is short of the",
        "limit of concern, outside where it is beyond the borderline limit. First the held-out set, whose faults",
        "are drawn evenly and far; then runners as users meet them: means and spreads of healthy runners, three in",
        "ten with one fault of realistic size, on the held-out bodies (`clips.realistic_jobs`).",
        "",
        *decisions_table(values),
        "",
        *decisions_table(realistic),
        "",
        "### Bodies driven by motion-captured runners",
        "",
        "Three runs of Fukuchi, Fukuchi & Duarte 2017 on rendered bodies, contacts from the force plate.",
        "",
        *(accuracy_table(recorded) if recorded else ["The data was not there when this was written."]),
        "",
        *steps_table([s for s in scores.steps if "_recorded_" in s.clip]),
        "",
        "### Another generator",
        "",
        "Figures of tapered limbs, other rooms and lamps, moved by motion-captured runners with faults added",
        f"(`benchmarks/other_generator.py`): nothing was learned from them. The first {FIGURES} clips set what",
        "intervals are given for pictures of another kind (`elsewhere` in the error model); below are later ones.",
        "",
        *(accuracy_table(other) if other else ["None was rendered."]),
        "",
        *steps_table([s for s in scores.steps if s.clip.startswith("other_")]),
        "",
        "### One condition at a time",
        "",
        "Two held-out bodies, rear, one change each; MAE over four legs. Harm: the mean growth of the MAE, in units of",
        f"the population's. Worst: {worst}.",
        "",
        *conditions,
        "",
        "### By look, camera and body",
        "",
        "Held-out population, rear, MAE.",
        "",
        *breakdown_table(values, scores),
        "",
        f"Planted values are independent: over {n} clips the largest correlation between two planted values of one leg",
        f"is {most:.2f}.",
    ]  # fmt: skip
    if scores.failed:
        rows += ["", "Refused clips: " + "; ".join(f"{name} ({why})" for name, why in scores.failed.items())]
    return rows


TIMES_OF_CONTACT = ("contact_time", "flight_time", "duty_factor")
"""From beside their errors are those of clips with feet that land as real ones do."""


def write_documents(scores: Scores, docs: Path) -> None:
    """Replace the accuracy section of docs/validation.md, and its plots."""
    page = docs / "validation.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    page.write_text(before + START + "\n\n" + "\n".join(_section(scores)) + "\n\n" + END + after, encoding="utf-8")
    _plot(population(scores, "held_out"), docs / "accuracy.png")
    write_values(scores, docs / "accuracy.csv")


def write_values(scores: Scores, path: Path) -> None:
    """Every value of a clip that no choice rests on beside its truth, for readers who want to look for themselves.

    ``group`` is held_out, realistic, landing (held-out bodies whose feet land as real ones do), recorded (motion
    capture) or other (another generator's figures, but for the first, which intervals were set on).
    """
    kept = ("realistic", "landing", "recorded")
    chosen_on = set(map(id, first_figures(scores)))
    rows = []
    for value in [value for value in scores.values if id(value) not in chosen_on]:
        if value.clip.startswith("held_out_") and "condition" not in value.clip:
            group = next((name for name in kept if f"_{name}_" in value.clip), "held_out")
        elif value.clip.startswith("other_"):
            group = "other"
        else:
            continue
        numbers = [f"{number:.5g}" for number in (value.truth, value.value, value.low, value.high, value.raw)]
        rows.append([group, value.clip, value.view, value.metric, value.side, value.unit, *numbers])
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["group", "clip", "view", "metric", "side", "unit", "truth", "value", "low", "high", "raw"])
        writer.writerows(sorted(rows))


def landmark_sd(residuals: FloatArray, rest: FloatArray, difficulty: FloatArray, bodies: Sequence[str]) -> float:
    """The sd that, times each case's difficulty and added in squares to its other sds, holds 95 % within 1.96 sd.

    The finite-sample quantile of normalised split conformal prediction (Lei et al. 2018), grouped: every body counts
    alike, however often it was filmed, and a new body's share is put beyond all.
    """
    needed = np.sqrt(np.maximum((np.abs(residuals) / 1.96) ** 2 - rest**2, 0.0)) / difficulty
    names, inverse, counts = np.unique(np.array(bodies), return_inverse=True, return_counts=True)
    order = np.argsort(needed)
    reached = np.cumsum(1.0 / counts[inverse][order])
    at = int(np.searchsorted(reached, min((len(names) + 1) * INSIDE, len(names)) - 1e-9))
    return float(needed[order][min(at, len(needed) - 1)])


def carried_bias(residuals: FloatArray, bodies: list[str]) -> float:
    """The mean error, if the bodies agree on it; else 0.

    Errors of one body's legs and clips hang together, so the bodies' means are what is compared (Student's t, 95 %):
    a bias of the few bodies at hand would be added to everybody else.
    """
    names, inverse = np.unique(bodies, return_inverse=True)
    if len(names) < 3:
        return 0.0
    means = np.bincount(inverse, residuals) / np.bincount(inverse)
    standard_error = means.std(ddof=1) / np.sqrt(len(names))
    mean = float(means.mean())
    return mean if abs(mean) > student.ppf(0.975, len(names) - 1) * standard_error else 0.0


def elsewhere_sd(other: list[Value], bias: float, sd: float) -> float:
    """The sd beyond ``sd`` by which nine in ten values of the other generator's first clips lie inside.

    Of several metrics the one that needs most decides.
    """
    metrics = {v.metric for v in other}
    if len(metrics) > 1:
        return max(elsewhere_sd([v for v in other if v.metric == name], bias, sd) for name in metrics)
    if len(other) < LEAST_LEGS:
        return 0.0
    error = np.abs([v.value + v.bias - bias - v.truth for v in other])
    rest, difficulty = (np.array([getattr(v, name) for v in other]) for name in ("rest_sd", "difficulty"))
    step = 0.05 * max(sd, float(np.median(rest)))
    for extra in step * np.arange(0, 80):
        model = np.maximum((sd * difficulty) ** 2, sd**2 + extra**2)
        if np.mean(error <= 1.96 * np.sqrt(rest**2 + model)) >= HELD_ELSEWHERE:
            break
    return float(extra)


def first_figures(scores: Scores) -> list[Value]:
    """The other generator's clips that set what is allowed for other pictures; the later ones judge it."""
    return [v for v in scores.values if v.clip.startswith("other_") and int(v.clip.split("_")[2]) < FIGURES]


def _entry(metric: str, views: tuple[str, ...], own: list[Value], bodies: list[str], other: list[Value]) -> list[str]:
    residuals = np.array([v.value + v.bias - v.truth for v in own])
    bias = carried_bias(residuals, bodies)
    rest, difficulty = (np.array([getattr(v, name) for v in own]) for name in ("rest_sd", "difficulty"))
    sd = landmark_sd(residuals - bias, rest, difficulty, bodies)
    follows = agreement(np.array([v.truth for v in own]), residuals + np.array([v.truth for v in own]) - bias)
    elsewhere = elsewhere_sd(other, bias, sd) if own[0].corrected else 0.0
    usable = metric not in READ_OFF_THE_PELVIS or follows >= LEAST_AGREEMENT
    return [
        "[[entry]]",
        f'metric = "{metric}"',
        f"views = [{', '.join(repr(v) for v in views)}]".replace("'", '"'),
        *(["corrected = true"] if own[0].corrected else []),
        *([] if usable else ["usable = false"]),
        f"bias = {bias:.4g}",
        f"sd = {sd:.4g}",
        *([f"elsewhere = {elsewhere:.4g}"] if elsewhere else []),
        f'source = "{len(set(bodies))} rendered calibration bodies, {len(own)} values (benchmarks/accuracy.py)"',
        "",
    ]


def write_error_model(scored: Sequence[Scores], target: Path) -> None:
    """Biases and sds from the calibration bodies, for each metric and view that has enough of them.

    ``scored`` holds the clips with and without corrected joint centres. Entries that they can't speak of (too few
    values) are kept as they were.
    """
    from gaitcheck.uncertainty import load_error_model

    old = load_error_model()
    rows, done = [], set()
    for metric in all_metrics():
        if metric.counts_negative is not None:
            continue
        for views in (("rear",), ("front",), ("left", "right")):
            for scores, corrected in product(scored, (False, True)):
                own = population(scores, "calibration", landing=metric.name in TIMES_OF_CONTACT)
                own = [v for v in own if v.metric == metric.name and v.view in views]
                own = [v for v in own if v.corrected == corrected]
                unused = [v for v in own if scores.recipes[v.clip]["body"] not in CHOSEN_ON]
                own = unused if len(unused) >= ENOUGH else own
                if len(own) < LEAST_LEGS or (metric.name, views[0], corrected) in done:
                    continue
                # A peak and its mid-stance value read the same joints: what is allowed for either holds for both.
                alike = {metric.name, f"peak_{metric.name}", metric.name.removeprefix("peak_")}
                other = [v for v in first_figures(scores) if v.metric in alike and v.view in views]
                bodies = [str(scores.recipes[v.clip]["body"]) for v in own]
                rows += _entry(metric.name, views, own, bodies, other)
                done |= {(metric.name, view, corrected) for view in views}
    kept = []
    for (name, view, corrected), entry in old.entries.items():
        if (name, view, corrected) not in done:
            kept += [
                "[[entry]]", f'metric = "{name}"', f'views = ["{view}"]',
                *(["corrected = true"] if corrected else []), *([] if entry.usable else ["usable = false"]),
                f"bias = {entry.bias:.4g}", f"sd = {entry.sd:.4g}",
                *([f"elsewhere = {entry.elsewhere:.4g}"] if entry.elsewhere else []), f'source = "{entry.source}"', "",
            ]  # fmt: skip
    head = [
        "# What the pose model's landmarks get wrong, per metric and view: bias (subtracted) and sd (carried).",
        "# Written by benchmarks/accuracy.py --write from rendered clips of the calibration bodies: bias is the mean",
        "# error where the bodies agree on one, sd what makes 95 % of the intervals hold the truth there; elsewhere",
        "# what is added so that nine in ten hold it in pictures of another kind (first clips of other_generator.py).",
        "# Other rows say where they come from.",
        f"version = {old.version + 1}",
        f'model = "{old.model}"',
        "",
    ]
    tail = [
        "[events]",
        "# Standard deviation of the mean error of contact times within one clip, ms, at 60 frames/s.",
        f"initial_contact_ms = {1000 * old.initial_contact_sd_s:g}",
        f"toe_off_ms = {1000 * old.toe_off_sd_s:g}",
        "# How much longer or shorter a real contact is than a rendered one that moves alike; heuristic: those of",
        "# three motion-captured runs are held against it in docs/validation.md.",
        f"landing_ms = {1000 * old.landing_sd_s:g}",
        "",
    ]
    target.write_text("\n".join(head + rows + kept + tail), encoding="utf-8")
