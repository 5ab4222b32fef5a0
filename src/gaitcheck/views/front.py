"""The camera stands in front of the runner: the runner's left is the picture's right."""

from gaitcheck.views.definition import View

VIEW = View("front", "frontal", 0.0, 1.0, ("left", "right"), (("ankle", 1, 48.0), ("wrist", 1, 75.0)))
