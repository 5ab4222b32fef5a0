"""Per-stride values become estimates: value, interval, and what the interval is made of."""

from gaitcheck.uncertainty.error_model import ErrorModel, load_error_model
from gaitcheck.uncertainty.estimate import Estimate, estimate_metric

__all__ = ["ErrorModel", "Estimate", "estimate_metric", "load_error_model"]
