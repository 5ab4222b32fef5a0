"""How a metric is drawn on a still. One file a drawing; a metric without one is shown by its number alone."""

from gaitcheck.report.pictures.drawn.definition import Drawing, drawing_of, together

__all__ = ["Drawing", "drawing_of", "together"]
