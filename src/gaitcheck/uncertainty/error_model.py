"""The landmark error model: a data file, versioned, one per model."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class ErrorEntry:
    """What landmarks add to one metric in one view: ``bias`` is subtracted, ``sd`` is carried.

    ``elsewhere`` is the sd that pictures of another kind than those learned from add (another generator's figures).
    """

    bias: float = 0.0
    sd: float = 0.0
    elsewhere: float = 0.0
    usable: bool = True
    source: str = ""


@dataclass(frozen=True)
class ErrorModel:
    """All entries, by (metric, view, corrected joint centres), and the sds of timing, s.

    ``landing_sd_s`` is how much a real contact's length differs from a rendered one that moves alike.
    """

    version: int
    model: str
    entries: dict[tuple[str, str, bool], ErrorEntry]
    initial_contact_sd_s: float
    toe_off_sd_s: float
    landing_sd_s: float

    def entry(self, metric: str, view: str, corrected: bool) -> ErrorEntry | None:
        """The entry of a metric in a view; None where it was never held against truth."""
        raw = self.entries.get((metric, view, False))
        return self.entries.get((metric, view, True), raw) if corrected else raw

    def for_another_tracker(self) -> ErrorModel:
        """What is assumed of points of which nothing was learned: our raw landmarks' errors, their bias among them."""
        raw = {key: entry for key, entry in self.entries.items() if not key[2]}
        carried = {
            key: replace(
                entry, bias=0.0, sd=math.hypot(entry.sd, entry.bias), source="raw landmarks of another tracker"
            )
            for key, entry in raw.items()
        }
        return replace(self, entries=carried)

    def bias(self, metric: str, view: str, corrected: bool) -> float:
        """What is taken off a metric's values; nothing where none was found."""
        entry = self.entry(metric, view, corrected)
        return 0.0 if entry is None else entry.bias

    def widest(self, metrics: Iterable[str], view: str, corrected: bool) -> ErrorEntry | None:
        """The least certain entry of several metrics in a view, without its bias; None where none has one."""
        found = [self.entry(metric, view, corrected) for metric in metrics]
        known = [entry for entry in found if entry is not None]
        wide = max(known, key=lambda entry: math.hypot(entry.sd, entry.elsewhere), default=None)
        return None if wide is None else replace(wide, bias=0.0, usable=True)


@lru_cache(maxsize=1)
def load_error_model() -> ErrorModel:
    """The error model shipped with this version."""
    text = (files("gaitcheck.uncertainty") / "error_model.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    entries = {
        (row["metric"], view, row.get("corrected", False)): ErrorEntry(
            row["bias"], row["sd"], row.get("elsewhere", 0.0), row.get("usable", True), row["source"]
        )
        for row in table["entry"]
        for view in row["views"]
    }
    events = table["events"]
    return ErrorModel(
        version=table["version"],
        model=table["model"],
        entries=entries,
        initial_contact_sd_s=events["initial_contact_ms"] / 1000.0,
        toe_off_sd_s=events["toe_off_ms"] / 1000.0,
        landing_sd_s=events["landing_ms"] / 1000.0,
    )
