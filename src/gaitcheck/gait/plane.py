"""The runner's own plane: roll and perspective undone, joint centres corrected; and how it moves with
what is not known exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gaitcheck.gait.calibration import Calibration, level, unroll
from gaitcheck.gait.joint_centres import ReadStance, clip_distance, correct, read_stances
from gaitcheck.gait.reader import FAR_DISTANCE, Reader
from gaitcheck.gait.sight.fuse import difficulties, with_sight
from gaitcheck.gait.sight.look import Look
from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories
from gaitcheck.typing import FloatArray

NOT_LOOKED_AT = 2.0
"""How many times as uncertain as usual a leg is that no picture was looked at of: of landmarks alone the foot's place
beside the midline needs it (with 1.0 only 74 % of its intervals hold the truth on 39 calibration clips)."""


@dataclass(frozen=True)
class Plane:
    """One clip in the runner's plane.

    Attributes
    ----------
    motion
        Levelled, corrected where a correction exists and applies.
    rolled, nearer
        The same with camera roll, or distance, one sd more and one sd less.
    corrected
        Whether joint centres were corrected.
    distance
        How far the clip lies from what the correction has learned (1 is ordinary), None where there is no correction.
    looks
        What pictures of the legs said, by side.
    difficulties
        How many times as uncertain as usual a leg is.
    by_hand
        What was moved by hand: by joint and number of the stance, the share of the way.
    undragged
        ``motion`` without that; None where nothing was moved.
    """

    motion: Trajectories
    rolled: tuple[Trajectories, Trajectories]
    nearer: tuple[Trajectories, Trajectories]
    calibration: Calibration
    corrected: bool
    distance: float | None
    looks: Mapping[str, Look]
    difficulties: Mapping[str, float]
    by_hand: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    undragged: Trajectories | None = None

    def difficulty(self, sides: Iterable[str]) -> float:
        """How many times as uncertain as usual joints of some legs are, the worse one's."""
        return max((self.difficulties[side] for side in sides if side in self.difficulties), default=1.0)


def enter_plane(
    motion: Trajectories,
    stances: list[Stance],
    calibration: Calibration,
    by_side: dict[str, Reader],
    looks: Mapping[str, Look] = MappingProxyType({}),
    shift_px: FloatArray | None = None,
    by_hand: Mapping[str, Mapping[int, float]] = MappingProxyType({}),
) -> Plane:
    """Bring cleaned motion into the runner's plane, once as it is and once for every sd.

    Parameters
    ----------
    by_side
        Readers of joint centres; without any, landmarks stand for them.
    looks
        What pictures of the legs say, by side; without any, the motion alone is read.
    shift_px
        (T, 33, 2) joints moved by hand, in the axes of ``motion``.
    by_hand
        The share of the way that was moved, by joint and number of the stance.
    """
    distance = clip_distance(unroll(motion, calibration), stances, by_side)
    applies = distance is not None and distance <= FAR_DISTANCE

    def of_motion(with_calibration: Calibration) -> list[ReadStance]:
        return read_stances(unroll(motion, with_calibration), stances, by_side) if applies else []

    def joined(told: list[ReadStance], with_calibration: Calibration) -> list[ReadStance]:
        return with_sight(told, looks, with_calibration.roll_deg) if looks else told

    dragged = None if shift_px is None else level(motion.with_points(shift_px), calibration).points

    def seen(with_calibration: Calibration, told: list[ReadStance]) -> Trajectories:
        read = correct(level(motion, with_calibration), told, calibration.leg_length_px)
        return read if dragged is None else read.with_points(read.points + dragged)

    def rolled(sign: float) -> Trajectories:
        moved = replace(calibration, roll_deg=calibration.roll_deg + sign * calibration.roll_sd_deg)
        return seen(moved, joined(of_motion(moved), moved))

    of_motion_alone = of_motion(calibration)
    told = joined(of_motion_alone, calibration)
    uncertain = dict.fromkeys(motion.view.visible_sides, NOT_LOOKED_AT) if applies else {}
    uncertain |= difficulties(of_motion_alone, looks, calibration.roll_deg)

    def nearer(sign: float) -> Trajectories:
        away = calibration.distance_m * (1 + sign * calibration.distance_sd_share)
        return seen(replace(calibration, distance_m=away), told)

    return Plane(
        motion=seen(calibration, told),
        rolled=(rolled(1.0), rolled(-1.0)),
        nearer=(nearer(1.0), nearer(-1.0)),
        calibration=calibration,
        corrected=applies,
        distance=distance,
        looks=looks,
        difficulties=uncertain,
        by_hand=by_hand,
        undragged=None if dragged is None else correct(level(motion, calibration), told, calibration.leg_length_px),
    )
