from .analysis.document import Analysis as Analysis
from .analysis.store import load as load
from .pipeline import Request as Request
from .pipeline import analyze as analyze

__all__ = ["Analysis", "Request", "analyze", "load"]
