"""The analysis document: the product. Reports are views of it."""

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.store import load, staging

__all__ = ["Analysis", "load", "staging"]
