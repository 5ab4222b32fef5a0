"""Every constant of the measurement, with its unit and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Setting:
    """A value, its unit, and its source; ``heuristic`` where there is none."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Settings:
    """All settings of one analysis. Frozen; the values used stand in the document's provenance."""

    smoothing_cutoff_hz: Setting = Setting(
        12.0, "Hz", "between 6 Hz (walking) and 15 Hz (mocap of running, Fukuchi 2017); heuristic"
    )
    longest_gap_s: Setting = Setting(0.1, "s", "about a third of a contact; heuristic")
    least_visibility: Setting = Setting(0.3, "1", "MediaPipe's own 0.5 loses far legs; heuristic")
    wanted_steps_a_side: Setting = Setting(7, "steps", "Dingenen 2018: steps for a stable mean")
    shortest_contact_s: Setting = Setting(0.10, "s", "below sprinting contact times; heuristic")
    longest_contact_s: Setting = Setting(0.45, "s", "above slow jogging contact times; heuristic")
    camera_field_of_view_deg: Setting = Setting(
        65.0, "deg", "long side of a phone's main lens in video mode; heuristic, sd 8"
    )
    camera_field_of_view_sd_deg: Setting = Setting(8.0, "deg", "spread between phones; heuristic")
    assumed_leg_length_m: Setting = Setting(
        0.80, "m", "hip to ankle of an adult 1.70 m tall (0.47 of height, Winter 2009); heuristic"
    )
    camera_roll_prior_sd_deg: Setting = Setting(2.0, "deg", "a propped phone; heuristic")
    camera_roll_balance_sd_deg: Setting = Setting(
        1.0, "deg", "mean foot under mean pelvis; three mocap runners lie within 1.0 deg of it"
    )
    small_runner_fraction: Setting = Setting(0.25, "of picture height", "heuristic")
    oblique_deg: Setting = Setting(20.0, "deg", "the cosine error passes 6 % here; heuristic")

    def as_dict(self) -> dict[str, float]:
        """Names and values, for the provenance."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}


DEFAULT = Settings()
