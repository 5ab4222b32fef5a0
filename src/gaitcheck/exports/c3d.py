"""``.c3d``: markers with foot strikes and foot offs as events; millimetres where height is known, else px."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.exports.definition import Export, Exported
from gaitcheck.pose.landmarks import LANDMARK_NAMES

STRIKE, OFF = "Foot Strike", "Foot Off"
A_MINUTE_S = 60.0


def _events(exported: Exported) -> list[tuple[str, str, float]]:
    """(context, label, s) of every foot strike and foot off, in time's order."""
    found = []
    for stance in exported.measured.stances:
        context = stance.side.capitalize()
        found += [(context, STRIKE, stance.initial_contact_s), (context, OFF, stance.toe_off_s)]
    return sorted(found, key=lambda event: event[2])


def write(exported: Exported, path: Path) -> None:
    """Write the file; a joint that was not seen has residual -1."""
    ezc3d: Any = importlib.import_module("ezc3d")
    scale = exported.metres_a_pixel
    points = exported.joints_px * (1000.0 * scale if scale else 1.0)
    hidden = np.isnan(points).any(axis=2)
    file = ezc3d.c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [exported.rate]
    point["LABELS"]["value"] = list(LANDMARK_NAMES)
    point["UNITS"]["value"] = ["mm" if scale else "px"]
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Y"])
    places = np.nan_to_num(points).transpose(2, 1, 0)
    file["data"]["points"] = np.concatenate([places, np.ones((1, *places.shape[1:]))])
    file["data"]["meta_points"]["residuals"] = np.where(hidden.T, -1.0, 0.0)[None]
    events = _events(exported)
    file.add_parameter("EVENT", "USED", [len(events)])
    file.add_parameter("EVENT", "CONTEXTS", [context for context, _, _ in events])
    file.add_parameter("EVENT", "LABELS", [label for _, label, _ in events])
    file.add_parameter("EVENT", "TIMES", np.array([divmod(time, A_MINUTE_S) for _, _, time in events]).T)
    file.write(str(path))


EXPORT = Export("c3d", ".c3d", "markers with Foot Strike and Foot Off events", write, extra="exports")
