"""Per-stride values become estimates: value, interval, and what the interval is made of."""

from gaitcheck.uncertainty.error_model import ErrorModel, load_error_model
from gaitcheck.uncertainty.estimate import Estimate, Steps, estimate_metric, read_steps

__all__ = ["ErrorModel", "Estimate", "Steps", "estimate_metric", "load_error_model", "read_steps"]
