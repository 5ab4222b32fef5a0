"""Angles and instants shared by metrics. All angles in degrees; points (T, 2), across and up."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import legfit, legval

from gaitcheck.gait.strides import Stance
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import at
from gaitcheck.typing import FloatArray

MIDSTANCE_SHARE = 0.1
PEAK_DEGREE = 4


def from_vertical_deg(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Angle (T,) of the line upper to lower from straight down, + when lower lies on the + side.

    Parameters
    ----------
    upper
        (..., 2), across and up.
    lower
        (..., 2).

    Returns
    -------
    FloatArray
        (...), degrees.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(from_vertical_deg(np.array([0.0, 1.0]), np.array([1.0, 0.0]))), 6)
    45.0
    """
    gap = lower - upper
    return np.asarray(np.rad2deg(np.arctan2(gap[..., 0], -gap[..., 1])))


def from_horizontal_deg(start: FloatArray, end: FloatArray) -> FloatArray:
    """Angle (T,) of the line start to end from the + horizontal, + when end is higher.

    Parameters
    ----------
    start
        (..., 2), across and up.
    end
        (..., 2).

    Returns
    -------
    FloatArray
        (...), degrees.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(from_horizontal_deg(np.array([0.0, 0.0]), np.array([1.0, 1.0]))), 6)
    45.0
    """
    gap = end - start
    return np.asarray(np.rad2deg(np.arctan2(gap[..., 1], gap[..., 0])))


def bend_deg(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """How far (T,) the chain a-b-c is from straight, unsigned.

    Parameters
    ----------
    a
        (..., 2), across and up.
    b
        (..., 2), the joint that bends.
    c
        (..., 2).

    Returns
    -------
    FloatArray
        (...), degrees; 0 for a straight chain.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(bend_deg(np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([1.0, 1.0]))), 6)
    90.0
    """
    first, second = a - b, c - b
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    dot = (first * second).sum(axis=-1)
    return np.asarray(180.0 - np.abs(np.rad2deg(np.arctan2(cross, dot))))


def in_stance(trajectories: Trajectories, stance: Stance, values: FloatArray) -> FloatArray:
    """The samples of ``values`` (T,) within a stance.

    Parameters
    ----------
    trajectories
        Give the times.
    stance
        From initial contact to toe-off.
    values
        (T,) over the clip.

    Returns
    -------
    FloatArray
        The samples within.
    """
    return values[trajectories.window(stance.initial_contact_s, stance.toe_off_s)]


def at_midstance(trajectories: Trajectories, stance: Stance, values: FloatArray) -> float:
    """Mean of ``values`` (T,) at five instants over the middle fifth of stance.

    Parameters
    ----------
    trajectories
        Give the times.
    stance
        Whose middle fifth counts.
    values
        (T,) over the clip.

    Returns
    -------
    float
        In the values' unit; NaN next to a gap.
    """
    half = MIDSTANCE_SHARE * (stance.toe_off_s - stance.initial_contact_s)
    instants = stance.midstance_s + np.linspace(-half, half, 5)
    return float(np.mean([at(trajectories.times_s, values, t) for t in instants]))


def at_instant(trajectories: Trajectories, values: FloatArray, instant_s: float) -> float:
    """``values`` (T,) at one instant, linear between samples.

    Parameters
    ----------
    trajectories
        Give the times.
    values
        (T,) over the clip.
    instant_s
        s.

    Returns
    -------
    float
        In the values' unit.
    """
    return float(at(trajectories.times_s, values, instant_s))


def peak(values: FloatArray) -> float:
    """Largest value of the smooth curve through one stance; NaN if any sample is missing, since the peak may lie there.

    Parameters
    ----------
    values
        (n,) of one stance.

    Returns
    -------
    float
        In the values' unit.

    Notes
    -----
    The largest of noisy samples lies above the true peak, by 2 degrees of the hip line for 2 px of noise. So the peak
    is that of the quartic of least squares, which follows one rise and fall with a shoulder; it rounds off spikes
    shorter than a quarter of the stance.

    Examples
    --------
    >>> import numpy as np
    >>> share = np.linspace(-1.0, 1.0, 25)
    >>> round(peak(10.0 - 4.0 * share**2), 3)
    10.0
    """
    if len(values) == 0 or np.isnan(values).any():
        return float("nan")
    if len(values) <= 2 * PEAK_DEGREE:
        return float(values.max())
    share = np.linspace(-1.0, 1.0, len(values))
    return float(legval(share, legfit(share, values, PEAK_DEGREE)).max())


def frontal_plane_projection_deg(trajectories: Trajectories, side: str, sign: float) -> FloatArray:
    """Frontal-plane projection angle of one leg over time (T,), valgus +.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    side
        left or right.
    sign
        +1 for the left leg, -1 for the right.

    Returns
    -------
    FloatArray
        (T,) degrees.
    """
    hip, knee, ankle = (trajectories.point(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    return sign * (from_vertical_deg(knee, ankle) - from_vertical_deg(hip, knee))


def pelvic_drop_deg(trajectories: Trajectories, sign: float) -> FloatArray:
    """Tilt of the hip line over time (T,), + when the side opposite to ``sign`` is lower.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    sign
        +1 if the left leg stands, -1 if the right.

    Returns
    -------
    FloatArray
        (T,) degrees.
    """
    gap = trajectories.point("left_hip") - trajectories.point("right_hip")
    return sign * np.asarray(np.rad2deg(np.arctan2(gap[:, 1], gap[:, 0])))


def foot_offset_px(trajectories: Trajectories, side: str, sign: float) -> FloatArray:
    """Ankle from the pelvis' midline over time (T,), px, + on the foot's own side.

    Parameters
    ----------
    trajectories
        Trajectories of one clip, cleaned, (T,) samples.
    side
        left or right.
    sign
        +1 for the left foot, -1 for the right.

    Returns
    -------
    FloatArray
        (T,) px.
    """
    ankle = trajectories.point(f"{side}_ankle")[:, 0]
    return sign * (ankle - trajectories.middle("hip")[:, 0])
