"""The camera's roll, read from the runner: how the whole body hangs in the picture, stance by stance.

A body tells which way is down by more than where its feet are: a reader learned on rendered runners and tilted cameras
takes all of it. Over both feet what is lopsided in the runner cancels.

Biased by: a runner who leans to one side all the time. Source: docs/validation.md.
"""

from __future__ import annotations

import numpy as np

from gaitcheck.gait.contacts import Contact
from gaitcheck.gait.joint_centres import side_inputs
from gaitcheck.gait.reader import FAR_DISTANCE, load_reader
from gaitcheck.motion import Trajectories
from gaitcheck.motion.trajectories import SIDE_SIGN

KIND = "camera_roll"


def read_roll(motion: Trajectories, contacts: list[Contact], model: str) -> tuple[float, float] | None:
    """Roll of the camera and its sd, deg; None where no reader was learned, or the clip is unlike what it learned from.

    In the frontal plane only: from beside, a body that leans forward and a camera that leans look alike.
    """
    reader = load_reader(KIND, model, motion.view.name)
    if reader is None:
        return None
    means = []
    for side, sign in SIDE_SIGN.items():
        _, whole = side_inputs(motion, contacts, side)
        if reader.distance(whole) > FAR_DISTANCE:
            return None
        means.append(sign * float(np.median(reader.read(whole)[:, 0])))
    return float(np.mean(means)), float(reader.left_out_rms[0])
