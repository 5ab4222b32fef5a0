"""Types that check themselves where somebody tells their values."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LONGEST_TEXT = 200


def plain_file(path: Path) -> Path:
    """A path somebody named, if a file is there: a pipe would be waited for, and a device never ends.

    Raises
    ------
    OSError
        If it is something else, or nothing.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return path


def _printable(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"it may have at most {LONGEST_TEXT} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("it holds characters that can't be printed; type it again")
    return text


Words = Annotated[str, AfterValidator(_printable)]
"""A name, a note: short, and printable."""
Sex = Literal["F", "M"]
Height = Annotated[float | None, Field(ge=90, le=240)]
Mass = Annotated[float | None, Field(ge=15, le=250)]
Age = Annotated[float | None, Field(ge=5, le=110)]
Speed = Annotated[float | None, Field(ge=3, le=35)]


class Checked(BaseModel):
    """A model that is complete, checked where it is made, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)
