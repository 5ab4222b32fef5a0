"""From pixels to the runner's own plane: roll, perspective, scale, each with its sd."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.gait.camera_roll import read_roll
from gaitcheck.gait.contacts import Contact
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import at
from gaitcheck.settings import Settings
from gaitcheck.takes.signals import leg_length_px

GIVEN_ROLL_SD_DEG = 0.3
LEG_OF_HEIGHT = 0.491
"""Hip joint to ankle joint as a share of body height (Winter 2009: thigh 0.245, shank 0.246)."""
CENTRE_OF_MASS_OF_TRUNK = 0.3
"""Whole-body centre of mass above the hips, as a share of hip-to-shoulder; heuristic."""


@dataclass(frozen=True)
class Calibration:
    """How the picture relates to the runner.

    Attributes
    ----------
    roll_deg
        How far the camera leaned to its right (clockwise for the photographer), with sd.
    roll_source
        given | read | balance | assumed_level; what is read is read of the motion, and of pictures if any.
    leg_length_px
        Hip-knee plus knee-ankle.
    leg_length_m
        From body height, else None.
    distance_m
        Camera to runner, from leg length and an assumed field of view; it serves only to take perspective out.
    distance_sd_share
        Relative sd of that.
    """

    roll_deg: float
    roll_sd_deg: float
    roll_source: str
    leg_length_px: float
    leg_length_m: float | None
    distance_m: float
    distance_sd_share: float

    def length(self, pixels: float) -> float:
        """A length in the metric's own unit: fraction of leg length."""
        return pixels / self.leg_length_px


def _focal_px(trajectories: Trajectories, settings: Settings) -> float:
    half = np.deg2rad(settings.camera_field_of_view_deg.value / 2)
    return float(trajectories.longer_side_px / 2 / np.tan(half))


def balance_roll_deg(trajectories: Trajectories, contacts: list[Contact]) -> float:
    """Camera roll for which the mean standing foot lies under the mean centre of mass.

    Averaged over both feet a runner who stays on the belt stands under herself, else she would
    fall sideways. So the line from the mean standing ankle to the mean centre of mass is vertical.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    contacts
        Of both feet.

    Returns
    -------
    float
        Degrees, + clockwise for the photographer; NaN if no ankle was seen.

    Notes
    -----
    Off by as much as the runner's trunk is held to one side; three mocap runners lie within 1 deg.
    Valid in the frontal plane only. NaN if no ankle was seen.
    """
    feet = []
    for side in ("left", "right"):
        own = [c for c in contacts if c.side == side]
        track = trajectories.point(f"{side}_ankle")
        feet.append(np.nanmean([at(trajectories.times_s, track, c.midstance_s) for c in own], axis=0))
    hips, shoulders = trajectories.middle("hip"), trajectories.middle("shoulder")
    mass = np.nanmean(hips + CENTRE_OF_MASS_OF_TRUNK * (shoulders - hips), axis=0)
    across, up = mass - np.mean(feet, axis=0)
    return float(-np.rad2deg(np.arctan2(trajectories.view.horizontal_sign * across, up)))


def _together(first: tuple[float, float] | None, other: tuple[float, float] | None) -> tuple[float, float] | None:
    """Two values with their sds as one, each by what its sd is worth."""
    if first is None or other is None:
        return first or other
    weights = np.array([first[1], other[1]]) ** -2.0
    return float(np.average([first[0], other[0]], weights=weights)), float(weights.sum() ** -0.5)


def _roll(
    trajectories: Trajectories,
    contacts: list[Contact],
    model: str,
    settings: Settings,
    seen: tuple[float, float] | None,
) -> tuple[float, float, str]:
    """Roll, its sd (deg) and where it comes from: read where it can be, else from balance, else assumed level."""
    prior, balance = settings.camera_roll_prior_sd_deg.value, settings.camera_roll_balance_sd_deg.value
    if trajectories.view.plane == "frontal" and {c.side for c in contacts} == {"left", "right"}:
        read = _together(read_roll(trajectories, contacts, model), seen)
        if read is not None:
            return *read, "read"
        estimated = balance_roll_deg(trajectories, contacts)
        if np.isfinite(estimated):
            shrunk = estimated * prior**2 / (prior**2 + balance**2)
            return shrunk, prior * balance / float(np.hypot(prior, balance)), "balance"
    return 0.0, prior, "assumed_level"


def calibrate(
    trajectories: Trajectories,
    contacts: list[Contact],
    model: str,
    settings: Settings,
    *,
    height_cm: float | None = None,
    roll_deg: float | None = None,
    roll_sd_deg: float | None = None,
    seen_roll: tuple[float, float] | None = None,
) -> Calibration:
    """Calibration of one clip from its own motion, as the pose model saw it, what pictures say, what the user gave.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    contacts
        Of both feet.
    model
        Name of the pose model, whose readers tell the roll.
    settings
        Assumed field of view, leg length and roll.
    height_cm
        Body height; gives metres.
    roll_deg
        The camera's roll, if it is known.
    roll_sd_deg
        How surely; as well as a spirit level tells it, if nothing is said.
    seen_roll
        What pictures say of it, with its sd.

    Returns
    -------
    Calibration
        Roll, scale and distance, each with its sd.
    """
    if roll_deg is not None:
        sd = GIVEN_ROLL_SD_DEG if roll_sd_deg is None else roll_sd_deg
        roll, source = roll_deg, "given"
    else:
        roll, sd, source = _roll(trajectories, contacts, model, settings, seen_roll)
    leg_px = leg_length_px(trajectories.points)
    leg_m = None if height_cm is None else LEG_OF_HEIGHT * height_cm / 100.0
    view_deg, view_sd = settings.camera_field_of_view_deg.value, settings.camera_field_of_view_sd_deg.value
    distance = _focal_px(trajectories, settings) * (leg_m or settings.assumed_leg_length_m.value) / leg_px
    return Calibration(roll, sd, source, leg_px, leg_m, distance, 1.3 * view_sd / view_deg)


def unroll(motion: Trajectories, calibration: Calibration) -> Trajectories:
    """The motion with camera roll undone.

    Parameters
    ----------
    motion
        Trajectories of one clip, cleaned, (T,) samples.
    calibration
        Has the roll.

    Returns
    -------
    Trajectories
        The same motion, turned about the picture's centre.
    """
    return motion.unrolled(calibration.roll_deg)


def level(motion: Trajectories, calibration: Calibration) -> Trajectories:
    """The motion as a level camera infinitely far away would see it.

    Perspective: a point ``d`` metres behind the hips' plane looks smaller by D / (D + d), so each
    point is moved from the picture's centre by (1 + d / D). From 3.6 m behind, a bent knee 12 cm
    further away than hip and ankle else reads about 1 deg too much valgus. Then roll is undone.

    Parameters
    ----------
    motion
        Trajectories of one clip, cleaned, (T,) samples.
    calibration
        Has roll and distance.

    Returns
    -------
    Trajectories
        The same motion in the runner's own plane.
    """
    stretch = 1.0 + motion.depth_m / calibration.distance_m
    return unroll(motion.with_points(motion.points * stretch[:, :, None]), calibration)
