"""Landmarks become clean tracks in the plane the camera shows."""

from gaitcheck.motion.cleaning import clean
from gaitcheck.motion.trajectories import Trajectories

__all__ = ["Trajectories", "clean"]
