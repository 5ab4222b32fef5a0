"""What of a clip is one take of one person running, and how fast it plays."""

from gaitcheck.takes.choose import Part, Take, choose_take
from gaitcheck.takes.runner import Chosen, choose_runner
from gaitcheck.takes.time_scale import TimeScale

__all__ = ["Chosen", "Part", "Take", "TimeScale", "choose_runner", "choose_take"]
