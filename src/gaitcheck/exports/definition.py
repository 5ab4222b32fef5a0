"""What an export is, and what it may write from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

import gaitcheck.exports as package
from gaitcheck.analysis.document import Analysis, Clip
from gaitcheck.discovery import collect
from gaitcheck.measure import Measurement
from gaitcheck.metrics import all_metrics
from gaitcheck.typing import FloatArray
from gaitcheck.uncertainty import load_error_model


@dataclass(frozen=True)
class Exported:
    """One clip of a visit, measured again from what was kept.

    Attributes
    ----------
    visit
        The document.
    number
        Of the clip in it, from 0.
    measured
        The clip's motion, stances and estimates.
    """

    visit: Analysis
    number: int
    measured: Measurement

    @property
    def clip(self) -> Clip:
        """What the document says of the clip."""
        return self.visit.clips[self.number]

    @property
    def rate(self) -> float:
        """Frames a second of the motion, which is evenly sampled."""
        return 1.0 / self.measured.plane.motion.interval_s

    @property
    def metres_a_pixel(self) -> float | None:
        """The scale, from the runner's body height; None where that was not told."""
        calibration = self.measured.plane.calibration
        return None if calibration.leg_length_m is None else calibration.leg_length_m / calibration.leg_length_px

    @cached_property
    def joints_px(self) -> FloatArray:
        """(T, 33, 3) px, x to the picture's right, y up, z 0, from the lowest point and the one furthest left of all.

        The camera's roll and perspective are taken out, joints of a standing leg corrected; nothing is measured along
        z, toward the camera. NaN where a joint was not seen for too long.
        """
        motion = self.measured.plane.motion
        across, up = motion.view.horizontal_sign * motion.points[..., 0], motion.points[..., 1]
        nothing = np.where(np.isnan(across), np.nan, 0.0)
        return np.stack([across - np.nanmin(across), up - np.nanmin(up), nothing], axis=2)

    @cached_property
    def angles(self) -> dict[str, FloatArray]:
        """Every curve of the clip's plane over the whole clip, (T,), by metric and side, in its metric's unit.

        Only within a contact of that side's foot were joints corrected. The error model's bias is taken off, as of the
        report's values and curves.
        """
        plane, errors = self.measured.plane, load_error_model()
        view = plane.motion.view
        return {
            f"{metric.curve.name}_{side}": metric.curve.values(plane.motion, side, plane.calibration)
            - errors.bias(metric.name, view.name, plane.corrected)
            for metric in all_metrics()
            if metric.curve is not None and metric.plane in ("any", view.plane)
            for side in view.visible_sides
        }

    def units(self) -> dict[str, str]:
        """Unit of every one of ``angles``."""
        by_curve = {metric.curve.name: metric.unit for metric in all_metrics() if metric.curve is not None}
        return {name: by_curve[name.rpartition("_")[0]] for name in self.angles}


@dataclass(frozen=True)
class Export:
    """A format.

    Attributes
    ----------
    name
        What it is asked for by.
    suffix
        Of its file.
    says
        What it is, in a sentence.
    write
        Writes one clip.
    extra
        Of gaitcheck's that it needs, or nothing.
    """

    name: str
    suffix: str
    says: str
    write: Callable[[Exported, Path], None]
    extra: str = ""


@lru_cache(maxsize=1)
def exports() -> dict[str, Export]:
    """Every export there is a file for, by name."""
    return {export.name: export for export in collect(package, "EXPORT", Export)}
