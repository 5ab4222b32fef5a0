"""What a coach sees that a program does not: corrections by hand of one film. One kind a file."""

from gaitcheck.corrections.by_hand import UNTOUCHED, ByHand
from gaitcheck.corrections.definition import AnyCorrection, Correction, HowRead
from gaitcheck.corrections.file import CORRECTIONS, Corrections, read_corrections

__all__ = [
    "CORRECTIONS",
    "UNTOUCHED",
    "AnyCorrection",
    "ByHand",
    "Correction",
    "Corrections",
    "HowRead",
    "read_corrections",
]
