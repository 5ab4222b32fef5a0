"""The camera stands behind the runner: the runner's left is the picture's left."""

from gaitcheck.views.definition import View

VIEW = View(
    "rear", "frontal", 180.0, -1.0, ("left", "right"), (("ankle", 1, -20.0), ("knee", 1, -30.0), ("wrist", 1, 85.0))
)
