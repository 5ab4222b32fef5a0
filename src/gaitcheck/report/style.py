"""How a report looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gaitcheck.report.brand import Brand

Paper = Literal["a4", "us-letter"]
Readers = Literal["runner", "clinician", "both"]


@dataclass(frozen=True)
class Style:
    """Whose a report is, the paper, whom it is for, its language, and whether a picture to share goes with it."""

    brand: Brand = field(default_factory=Brand)
    paper: Paper = "a4"
    readers: Readers = "both"
    share: bool = False
    language: str = "en"
