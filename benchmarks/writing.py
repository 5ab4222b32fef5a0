"""Results into the repository: tables and plots under docs/, the landmark error model into the package."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import matplotlib
import numpy as np

from gaitcheck.metrics import all_metrics
from score import Scores, Value
from tables import (
    SCALE,
    accuracy_table,
    breakdown_table,
    conditions_table,
    flags_table,
    independence,
    line,
    population,
    steps_table,
)

START, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"
LEAST_LEGS = 20
"""A 95 % limit can't be told from fewer values than one in twenty of which may lie beyond it."""
INSIDE = 0.95
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
    recorded = [v for v in scores.values if "_recorded_" in v.clip]
    conditions, harms = conditions_table(scores)
    n, most = independence(scores)
    worst = ", ".join(f"{name.replace('_', ' ')} ({harm:+.2f})" for name, harm in harms[:3])
    rows = [
        f"Version {version('gaitcheck')}, model pose_full. Nothing is given but the clip (no roll, height or view).",
        "Bodies `held_out_*` only: nothing is fitted on them. n counts legs (or runners, where a metric has one",
        "value); one leg is the mean of one clip. Withheld values are measured here but not shown to users.",
        "",
        *accuracy_table(values),
        "",
        "![Bland-Altman plots](accuracy.png)",
        "",
        "### Steps",
        "",
        *steps_table([s for s in scores.steps if s.clip in own]),
        "",
        "### Flags for planted faults",
        "",
        "Limits are the norms' own (`gaitcheck/evidence/norms`). Decided cases only: a rating is borderline where the",
        "interval straddles a limit.",
        "",
        *flags_table(values),
        "",
        "### Bodies driven by motion-captured runners",
        "",
        "Three runs of Fukuchi, Fukuchi & Duarte 2017 on rendered bodies, contacts from the force plate.",
        "",
        *(accuracy_table(recorded) if recorded else ["The data was not there when this was written."]),
        "",
        *steps_table([s for s in scores.steps if "_recorded_" in s.clip]),
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


def write_documents(scores: Scores, docs: Path) -> None:
    """Replace the accuracy section of docs/validation.md, and its plots."""
    page = docs / "validation.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    page.write_text(before + START + "\n\n" + "\n".join(_section(scores)) + "\n\n" + END + after, encoding="utf-8")
    _plot(population(scores, "held_out"), docs / "accuracy.png")


def landmark_sd(residuals: np.ndarray, rest: np.ndarray) -> float:  # type: ignore[type-arg]
    """The sd that, added in squares to each case's other sds, holds 95 % of the residuals within 1.96 sd.

    The finite-sample quantile of split conformal prediction: the ceil((n + 1) 0.95)-th smallest.
    """
    n = len(residuals)
    needed = np.sort(np.maximum((np.abs(residuals) / 1.96) ** 2 - rest**2, 0.0))
    return float(np.sqrt(needed[min(int(np.ceil((n + 1) * INSIDE)), n) - 1]))


def _entry(metric: str, views: tuple[str, ...], own: list[Value], corrected: bool, withheld: bool) -> list[str]:
    residuals = np.array([v.value + v.bias - v.truth for v in own])
    bias = float(np.median(residuals))
    sd = landmark_sd(residuals - bias, np.array([v.rest_sd for v in own]))
    return [
        "[[entry]]",
        f'metric = "{metric}"',
        f"views = [{', '.join(repr(v) for v in views)}]".replace("'", '"'),
        *(["corrected = true"] if corrected else []),
        *(["usable = false"] if withheld else []),
        f"bias = {bias:.4g}",
        f"sd = {sd:.4g}",
        f'source = "rendered calibration bodies, {len(own)} values (benchmarks/accuracy.py)"',
        "",
    ]


def write_error_model(scores: Scores, target: Path) -> None:
    """Biases and sds from the calibration bodies, for each metric and view that has enough of them.

    Entries that the run can't speak of (too few values) are kept as they were.
    """
    from gaitcheck.uncertainty import load_error_model

    old = load_error_model()
    values = [v for v in population(scores, "calibration") if v.metric in {m.name for m in all_metrics()}]
    rows, done = [], set()
    for metric in all_metrics():
        if metric.counts:
            continue
        for views in (("rear",), ("front",), ("left", "right")):
            for corrected in (False, True):
                own = [v for v in values if v.metric == metric.name and v.view in views and v.corrected == corrected]
                if len(own) < LEAST_LEGS:
                    continue
                rows += _entry(metric.name, views, own, corrected, own[0].withheld)
                done |= {(metric.name, view, corrected) for view in views}
    kept = []
    for (name, view, corrected), entry in old.entries.items():
        if (name, view, corrected) not in done:
            kept += [
                "[[entry]]", f'metric = "{name}"', f'views = ["{view}"]',
                *(["corrected = true"] if corrected else []), *([] if entry.usable else ["usable = false"]),
                f"bias = {entry.bias:.4g}", f"sd = {entry.sd:.4g}", f'source = "{entry.source}"', "",
            ]  # fmt: skip
    head = [
        "# What the pose model's landmarks get wrong, per metric and view: bias (subtracted) and sd (carried).",
        "# Written by benchmarks/accuracy.py --write from rendered clips of the calibration bodies: bias is the median",
        "# error, sd what makes 95 % of the intervals hold the truth there. Other rows say where they come from.",
        f"version = {old.version + 1}",
        f'model = "{old.model}"',
        "",
    ]
    tail = [
        "[events]",
        "# Standard deviation of the mean error of contact times within one clip, ms, at 60 frames/s.",
        f"initial_contact_ms = {1000 * old.initial_contact_sd_s:g}",
        f"toe_off_ms = {1000 * old.toe_off_sd_s:g}",
        "",
    ]
    target.write_text("\n".join(head + rows + kept + tail), encoding="utf-8")
