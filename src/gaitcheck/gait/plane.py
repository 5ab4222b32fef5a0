"""The runner's own plane: roll and perspective undone, joint centres corrected; and how it moves with
what is not known exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gaitcheck.gait.calibration import Calibration, level, unroll
from gaitcheck.gait.joint_centres import FAR_DISTANCE, clip_distance, correct, read_stances
from gaitcheck.gait.reader import Reader
from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories


@dataclass(frozen=True)
class Plane:
    """One clip in the runner's plane.

    Attributes
    ----------
    motion : levelled, corrected where a correction exists and applies.
    rolled, nearer : the same with camera roll, or distance, one sd more and one sd less.
    corrected : whether joint centres were corrected; distance : how far the clip lies from what the
        correction has learned (1 is ordinary), None where there is no correction.
    """

    motion: Trajectories
    rolled: tuple[Trajectories, Trajectories]
    nearer: tuple[Trajectories, Trajectories]
    calibration: Calibration
    corrected: bool
    distance: float | None


def enter_plane(
    motion: Trajectories, stances: list[Stance], calibration: Calibration, by_side: dict[str, Reader]
) -> Plane:
    """Bring cleaned motion into the runner's plane, once as it is and once for every sd.

    Parameters
    ----------
    by_side : readers of joint centres; without any, landmarks stand for them.
    """
    distance = clip_distance(unroll(motion, calibration), stances, by_side)
    applies = distance is not None and distance <= FAR_DISTANCE

    def seen(with_calibration: Calibration) -> Trajectories:
        levelled = level(motion, with_calibration)
        if not applies:
            return levelled
        return correct(levelled, read_stances(levelled, stances, by_side), calibration.leg_length_px)

    def moved(sign: float) -> tuple[Trajectories, Trajectories]:
        roll = calibration.roll_deg + sign * calibration.roll_sd_deg
        away = calibration.distance_m * (1 + sign * calibration.distance_sd_share)
        return seen(replace(calibration, roll_deg=roll)), seen(replace(calibration, distance_m=away))

    (rolled_more, nearer_more), (rolled_less, nearer_less) = moved(1.0), moved(-1.0)
    return Plane(
        motion=seen(calibration),
        rolled=(rolled_more, rolled_less),
        nearer=(nearer_more, nearer_less),
        calibration=calibration,
        corrected=applies,
        distance=distance,
    )
