from .analysis.document import Analysis as Analysis
from .analysis.store import load as load
from .pipeline import analyze as analyze
from .progress.change import compare as compare
from .request import Request as Request

__all__ = ["Analysis", "Request", "analyze", "compare", "load"]
