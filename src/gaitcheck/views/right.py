"""The camera stands at the runner's right: running to the picture's right."""

from gaitcheck.views.definition import View

VIEW = View(
    "right",
    "sagittal",
    -90.0,
    1.0,
    ("right",),
    (("ankle", 0, -96.0), ("ankle", 1, 30.0), ("wrist", 0, 82.0), ("elbow", 0, 82.0)),
)
