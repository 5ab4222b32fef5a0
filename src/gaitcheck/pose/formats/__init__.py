"""Files of other trackers. One format a file; adding one adds a file."""

from gaitcheck.pose.formats.definition import LandmarkFormat, Tracks, formats, read_tracks

__all__ = ["LandmarkFormat", "Tracks", "formats", "read_tracks"]
