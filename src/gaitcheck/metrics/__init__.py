"""One metric a file, found by looking: a new file in frontal/, sagittal/ or temporal/ is a new metric."""

from gaitcheck.metrics.definition import Metric, all_metrics, in_order, shares_of_steps

__all__ = ["Metric", "all_metrics", "in_order", "shares_of_steps"]
