"""The camera stands at the runner's left: running to the picture's left."""

from gaitcheck.views.definition import View

VIEW = View(
    "left",
    "sagittal",
    90.0,
    -1.0,
    ("left",),
    (("ankle", 0, -96.0), ("ankle", 1, 30.0), ("wrist", 0, 82.0), ("elbow", 0, 82.0)),
)
