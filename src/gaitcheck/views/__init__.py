"""Which side of the runner the camera sees. One view a file; a new file is a new view."""

from gaitcheck.views.definition import View
from gaitcheck.views.detection import SeenView, all_views, detect_view, view_named

__all__ = ["SeenView", "View", "all_views", "detect_view", "view_named"]
