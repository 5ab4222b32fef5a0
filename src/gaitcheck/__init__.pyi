from .analysis.document import Analysis as Analysis
from .analysis.document import Athlete as Athlete
from .analysis.document import Visit as Visit
from .measure import Measurement as Measurement
from .measure import measure as measure
from .request import Request as Request
from .request import Style as Style
from .results import Results as Results
from .results import analyze as analyze
from .results import compare as compare
from .results import load as load
from .results import read_landmarks as read_landmarks
from .setup import Setup as Setup

__all__ = [
    "Analysis",
    "Athlete",
    "Measurement",
    "Request",
    "Results",
    "Setup",
    "Style",
    "Visit",
    "analyze",
    "compare",
    "load",
    "measure",
    "read_landmarks",
]
