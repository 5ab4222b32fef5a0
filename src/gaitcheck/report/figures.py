"""Curves over stance and the foot placement strip, as SVG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gaitcheck.analysis.document import Analysis, CurveValue
from gaitcheck.report.content import Writer

COLOUR = {"left": "#1f5fb8", "right": "#d1661a"}
STYLE = {"left": "-", "right": "--"}


def curve_groups(analysis: Analysis) -> dict[tuple[int, str], list[CurveValue]]:
    """Curves by clip and name: one picture each, both sides in it."""
    groups: dict[tuple[int, str], list[CurveValue]] = {}
    for curve in analysis.curves:
        groups.setdefault((curve.clip, curve.name), []).append(curve)
    return groups


def write_curves(writer: Writer, curves: list[CurveValue], target: Path) -> None:
    """One picture: mean and one sd over stance, both sides, the typical range shaded."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    first = curves[0]
    scale = writer.scale(first.unit, writer.analysis.clips[first.clip])
    with rc_context({"svg.hashsalt": "gaitcheck", "font.family": "DejaVu Sans", "font.size": 8}):
        figure = Figure(figsize=(3.4, 2.1), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        norm = writer.evidence.norms.get(first.metric)
        limit = None if norm is None else norm.limits_for(writer.analysis.athlete.sex).borderline_high
        if limit is not None and first.name == first.metric:
            axes.axhline(scale.factor * limit, color="0.35", lw=0.8, ls=":")
            axes.annotate(
                "borderline from here", (99, scale.factor * limit), ha="right", va="bottom", fontsize=6, color="0.35"
            )
        for curve in curves:
            mean, sd = scale.factor * np.array(curve.mean), scale.factor * np.array(curve.sd)
            percent = np.linspace(0, 100, len(mean))
            axes.fill_between(percent, mean - sd, mean + sd, color=COLOUR[curve.side], alpha=0.18, lw=0)
            label = f"{writer.wording.words[curve.side]} ({curve.n_strides} steps)"
            axes.plot(percent, mean, STYLE[curve.side], color=COLOUR[curve.side], lw=1.6, label=label)
        axes.axhline(0, color="0.6", lw=0.6)
        axes.set_xlim(0, 100)
        axes.set_xlabel("stance, %")
        axes.set_ylabel(scale.unit)
        axes.set_title(writer.wording.title(first.name), fontsize=8, loc="left")
        axes.legend(frameon=False, fontsize=7)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(target, format="svg", metadata={"Date": None})


def write_foot_strip(writer: Writer, folder: Path, clip: int, target: Path) -> bool:
    """Every step as a dot against the midline, seen from behind; False without frontal steps."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    strides = pd.read_csv(folder / "strides.csv")
    own = strides[(strides["clip"] == clip) & (strides["metric"] == "foot_placement_offset")].dropna()
    if own.empty:
        return False
    scale = writer.scale("leg_length", writer.analysis.clips[clip])
    with rc_context({"svg.hashsalt": "gaitcheck", "font.family": "DejaVu Sans", "font.size": 8}):
        figure = Figure(figsize=(3.4, 2.1), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for side, sign in (("left", -1.0), ("right", 1.0)):
            rows = own[own["side"] == side]
            axes.scatter(sign * scale.factor * rows["value"], rows["initial_contact_s"], s=14, color=COLOUR[side],
                         marker="o" if side == "left" else "^", label=writer.wording.words[side], lw=0)  # fmt: skip
        axes.axvline(0, color="0.3", lw=1.0)
        reach = 1.15 * max(float(scale.factor * own["value"].abs().max()), 1.0)
        axes.set_xlim(-reach, reach)
        axes.invert_yaxis()
        axes.set_xlabel(f"left   ←   midline   →   right   ({scale.unit})")
        axes.set_ylabel("time, s")
        axes.set_title("Where each foot stands, from behind", fontsize=8, loc="left")
        axes.legend(frameon=False, fontsize=7)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(target, format="svg", metadata={"Date": None})
    return True
