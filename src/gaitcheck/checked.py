"""Types that check themselves where somebody tells their values."""

from __future__ import annotations

import errno
import os
import tomllib
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LONGEST_TEXT = 200
LARGEST_FILE_BYTES = 64_000_000
"""What gaitcheck writes as text stays far below it: a document has 0.1 MB, a team of thousands of names one."""
LARGEST_WRITTEN_BYTES = 200_000
"""What somebody writes by hand."""
MOST_DOTS = 500
"""In a line of TOML."""


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


def text_of(path: Path, most_bytes: int = LARGEST_FILE_BYTES) -> str:
    """The text of a file that anybody may have written, UTF-8 with or without a mark.

    Raises
    ------
    OSError
        If it is no file, can't be read, or is larger than that.
    UnicodeDecodeError
        If it is no UTF-8.
    """
    with plain_file(path).open("rb") as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def toml_of(text: str) -> dict[str, Any]:
    """A TOML text that anybody may have written, as tables.

    Raises
    ------
    TOMLDecodeError
        If it is none; also where tomllib takes another error or no end: nested a thousand deep, a number of thousands
        of digits, a name of thousands of parts (for which it needs gigabytes).
    """
    if any(line.count(".") > MOST_DOTS for line in text.split("\n")):
        raise tomllib.TOMLDecodeError(f"a line holds more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise tomllib.TOMLDecodeError(str(error)) from error


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
