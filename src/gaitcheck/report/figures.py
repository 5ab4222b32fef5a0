"""Curves over stance and the foot placement strip, as SVG; each says where its axes lie, so that a page can follow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gaitcheck.analysis.document import Analysis, CurveValue
from gaitcheck.report.content import Writer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOUR = {"left": "#1f6fd6", "right": "#c85a0c"}
STYLE = {"left": "-", "right": (0, (5, 2))}
MARKER = {"left": "o", "right": "^"}
INK, SOFT, BAND = "#1c2733", "#5b6673", "#e7eef2"
FACE: dict[Any, Any] = {
    "svg.hashsalt": "gaitcheck",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "svg.fonttype": "path",
}


@dataclass(frozen=True)
class Drawn:
    """A figure file: what it shows, and the left and right ends of its horizontal axis as shares of its width."""

    file: str
    kind: str
    clip: int
    name: str
    title: str
    left: float = 0.0
    right: float = 1.0


def curve_groups(analysis: Analysis) -> dict[tuple[int, str], list[CurveValue]]:
    """Curves by clip and name, both sides together; curves of a value that could not be measured are left out."""
    measured = {(m.name, m.side) for m in analysis.metrics if m.value is not None}
    groups: dict[tuple[int, str], list[CurveValue]] = {}
    for curve in analysis.curves:
        if (curve.metric, curve.side) in measured:
            groups.setdefault((curve.clip, curve.name), []).append(curve)
    return groups


def bare(axes: Axes) -> None:
    """Quiet axes: two spines, short ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SOFT)
    axes.tick_params(colors=INK, length=2.5, width=0.6)


def _band(writer: Writer, axes: Axes, curve: CurveValue, factor: float) -> None:
    """The norm's typical range, shaded, where the curve is that of the rated value itself."""
    norm = writer.evidence.norms.get(curve.metric)
    if norm is None or curve.name != curve.metric:
        return
    limits = norm.limits_for(writer.analysis.athlete.sex)
    low, high = axes.get_ylim()
    bottom = low if limits.borderline_low is None else factor * limits.borderline_low
    top = high if limits.borderline_high is None else factor * limits.borderline_high
    axes.axhspan(max(bottom, low), min(top, high), color=BAND, lw=0, zorder=0)
    axes.set_ylim(low, high)


def write_curves(writer: Writer, curves: list[CurveValue], target: Path) -> Drawn:
    """One picture: mean and one sd over stance, both sides, the typical range shaded."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    first = curves[0]
    scale = writer.scale(first.unit, writer.analysis.clips[first.clip])
    words = writer.wording.report["figures"]
    title = writer.wording.title(first.name)
    with rc_context(FACE):
        figure = Figure(figsize=(3.5, 1.95), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for curve in curves:
            mean, sd = scale.factor * np.array(curve.mean), scale.factor * np.array(curve.sd)
            percent = np.linspace(0, 100, len(mean))
            axes.fill_between(percent, mean - sd, mean + sd, color=COLOUR[curve.side], alpha=0.16, lw=0)
            label = words["side"].format(side=writer.wording.words[curve.side], n=curve.n_strides)
            axes.plot(percent, mean, linestyle=STYLE[curve.side], color=COLOUR[curve.side], lw=1.7, label=label)
        axes.axhline(0, color="#9aa5b0", lw=0.6, zorder=1)
        axes.margins(y=0.12)
        _band(writer, axes, first, scale.factor)
        axes.set_xlim(0, 100)
        axes.set_xlabel(words["stance"])
        axes.set_ylabel(scale.unit)
        axes.set_title(title, fontsize=8, loc="left", color=INK, fontweight="bold")
        axes.legend(frameon=True, facecolor="white", edgecolor="none", framealpha=0.8, fontsize=7)
        bare(axes)
        figure.savefig(target, format="svg", metadata={"Date": None})
        box = axes.get_position()
    return Drawn(target.name, "curve", first.clip, first.name, title, float(box.x0), float(box.x1))


def write_foot_strip(writer: Writer, folder: Path, clip: int, target: Path) -> Drawn | None:
    """Every step as a dot against the midline, seen from behind; None without frontal steps."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    strides = pd.read_csv(folder / "strides.csv")
    own = strides[(strides["clip"] == clip) & (strides["metric"] == "foot_placement_offset")].dropna()
    if own.empty:
        return None
    scale = writer.scale("leg_length", writer.analysis.clips[clip])
    words = writer.wording.report["figures"]
    with rc_context(FACE):
        figure = Figure(figsize=(7.2, 1.6), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        reach = 1.15 * max(float(scale.factor * own["value"].abs().max()), 1.0)
        for side, sign in (("left", 1.0), ("right", -1.0)):
            rows = own[own["side"] == side]
            label = words["side"].format(side=writer.wording.words[side], n=len(rows))
            places = sign * scale.factor * rows["value"]
            axes.scatter(
                rows["initial_contact_s"], places, s=22, color=COLOUR[side], marker=MARKER[side], label=label, lw=0
            )
        axes.axhline(0, color=INK, lw=1.1)
        axes.annotate(words["midline"], (1.0, 0.5), xycoords=("axes fraction", "axes fraction"), xytext=(3, 0),
                      textcoords="offset points", fontsize=7, color=SOFT, va="center")  # fmt: skip
        axes.set_ylim(-reach, reach)
        axes.set_xlabel(words["time"])
        axes.set_ylabel(scale.unit)
        for place, name in ((0.95, "to_left"), (0.05, "to_right")):
            axes.annotate(words[name], (1.0, place), xycoords="axes fraction", xytext=(3, 0),
                          textcoords="offset points", fontsize=7, color=SOFT, va="center")  # fmt: skip
        axes.set_title(words["feet"], fontsize=8, loc="left", color=INK, fontweight="bold")
        axes.legend(frameon=False, fontsize=7, loc="upper right", ncols=2, bbox_to_anchor=(1.0, 1.24))
        bare(axes)
        figure.savefig(target, format="svg", metadata={"Date": None})
        box = axes.get_position()
        low, high = axes.get_xlim()
    return Drawn(target.name, "feet", clip, f"{low:.4f} {high:.4f}", words["feet"], float(box.x0), float(box.x1))
