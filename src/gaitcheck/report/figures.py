"""Curves over stance and the foot placement strip, as SVG; each says where its axes lie, so that a page can follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from gaitcheck.analysis.document import Analysis, CurveValue
from gaitcheck.analysis.kept import read_steps
from gaitcheck.report.content import Writer
from gaitcheck.report.range_bar import SHADE
from gaitcheck.report.typesetting import FONTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = {"left": "-", "right": (0, (5, 2))}
MARKER = {"left": "o", "right": "^"}
LABEL_APART = 0.13
TITLE_LETTERS = 46
INK, SOFT, BAND = "#1c2733", "#5b6673", "#e7eef2"
FACE: dict[Any, Any] = {
    "svg.hashsalt": "gaitcheck",
    "font.family": ["Source Sans Pro", "DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "path",
}


@lru_cache(maxsize=1)
def own_face() -> None:
    """Make the report's own face known to plots."""
    from matplotlib import font_manager

    for font in FONTS.iterdir():
        if font.name.endswith(".otf"):
            font_manager.fontManager.addfont(str(font))


def _end_labels(axes: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Names at the right ends of lines (height, name, colour), pushed apart where they would touch."""
    low, high = axes.get_ylim()
    least = LABEL_APART * (high - low)
    placed = sorted(ends)
    for k in range(1, len(placed)):
        gap = least - (placed[k][0] - placed[k - 1][0])
        if gap > 0:
            placed[k - 1] = (placed[k - 1][0] - gap / 2, *placed[k - 1][1:])
            placed[k] = (placed[k][0] + gap / 2, *placed[k][1:])
    for height, name, colour in placed:
        axes.annotate(name, (1.0, height), xycoords=("axes fraction", "data"), xytext=(4, 0),
                      textcoords="offset points", color=colour, va="center", fontweight="bold")  # fmt: skip


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
    title = f"{writer.wording.curve_title(first.name)} ({scale.unit})"
    own_face()
    with rc_context(FACE):
        figure = Figure(figsize=(3.5, 1.62), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        ends = []
        for curve in curves:
            mean, sd = scale.factor * np.array(curve.mean), scale.factor * np.array(curve.sd)
            percent = np.linspace(0, 100, len(mean))
            axes.fill_between(percent, mean - sd, mean + sd, color=SHADE[curve.side], alpha=0.16, lw=0)
            label = words["side"].format(side=writer.wording.words[curve.side], n=curve.n_strides)
            axes.plot(percent, mean, linestyle=STYLE[curve.side], color=SHADE[curve.side], lw=1.7)
            ends.append((float(mean[-1]), label, SHADE[curve.side]))
        axes.axhline(0, color="#9aa5b0", lw=0.6, zorder=1)
        axes.margins(y=0.12)
        _band(writer, axes, first, scale.factor)
        axes.set_xlim(0, 100)
        axes.set_xlabel(words["stance"])
        axes.set_title(fill(title, TITLE_LETTERS), fontsize=10, loc="left", color=INK, fontweight="bold")
        _end_labels(axes, ends)
        bare(axes)
        figure.savefig(target, format="svg", metadata={"Date": None})
        box = axes.get_position()
    return Drawn(target.name, "curve", first.clip, first.name, title, float(box.x0), float(box.x1))


def write_foot_strip(writer: Writer, folder: Path, clip: int, target: Path) -> Drawn | None:
    """Every step against the midline, its own side up as in the curve; None without frontal steps."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    strides = read_steps(folder)
    own = strides[(strides["clip"] == clip) & (strides["metric"] == "foot_placement_offset")]
    if own.empty:
        return None
    scale = writer.scale("leg_length", writer.analysis.clips[clip])
    words = writer.wording.report["figures"]
    own_face()
    with rc_context(FACE):
        figure = Figure(figsize=(7.2, 1.7), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        reach = 1.15 * max(float(scale.factor * own["value"].abs().max()), 1.0)
        for side in ("left", "right"):
            rows = own[own["side"] == side]
            label = words["side"].format(side=writer.wording.words[side], n=len(rows))
            places = scale.factor * rows["value"]
            axes.scatter(
                rows["initial_contact_s"], places, s=22, color=SHADE[side], marker=MARKER[side], label=label, lw=0
            )
        axes.axhline(0, color=INK, lw=1.1)
        axes.annotate(words["midline"], (1.0, 0.5), xycoords=("axes fraction", "axes fraction"), xytext=(3, 0),
                      textcoords="offset points", fontsize=8, color=SOFT, va="center")  # fmt: skip
        axes.set_ylim(-reach, reach)
        axes.set_xlabel(words["time"])
        for place, name in ((0.95, "own_side"), (0.05, "across")):
            axes.annotate(words[name], (1.0, place), xycoords="axes fraction", xytext=(3, 0),
                          textcoords="offset points", fontsize=8, color=SOFT, va="center")  # fmt: skip
        axes.set_title(f"{words['feet']} ({scale.unit})", fontsize=10, loc="left", color=INK, fontweight="bold")
        axes.legend(frameon=False, fontsize=8, loc="upper right", ncols=2, bbox_to_anchor=(1.0, 1.24))
        bare(axes)
        figure.savefig(target, format="svg", metadata={"Date": None})
        box = axes.get_position()
        low, high = axes.get_xlim()
    return Drawn(target.name, "feet", clip, f"{low:.4f} {high:.4f}", words["feet"], float(box.x0), float(box.x1))
