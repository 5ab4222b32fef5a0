"""Frames become 33 landmarks with visibility."""

from gaitcheck.pose.landmarks import LANDMARK_NAMES, SIDES, Landmarks

__all__ = ["LANDMARK_NAMES", "SIDES", "Landmarks"]
