"""Which side of the runner the camera sees. One view a file; a new file is a new view."""

from gaitcheck.views.definition import View
from gaitcheck.views.detection import SeenView, all_views, detect_view, view_named
from gaitcheck.views.front_or_back import Facing, settle_facing

__all__ = ["Facing", "SeenView", "View", "all_views", "detect_view", "settle_facing", "view_named"]
