"""A report's numbers as its language writes them."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from gaitcheck.wording import Wording

AS_THEY_ARE = (
    "sources", "references", "svg", "name", "lead", "athlete", "group", "report", "thumbnail", "folder", "clips",
)  # fmt: skip
"""Citations, pictures, codes, places and what others wrote have points of their own."""
Words = TypeVar("Words")


def _of(value: Any, wording: Wording) -> Any:
    if isinstance(value, str):
        return wording.numbered(value)
    if isinstance(value, list | tuple):
        return type(value)(_of(item, wording) for item in value)
    return localised(value, wording) if dataclasses.is_dataclass(value) else value


def localised(words: Words, wording: Wording) -> Words:
    """Texts of a dataclass, and of those in it, with their decimal points turned."""
    if not dataclasses.is_dataclass(words) or isinstance(words, type):
        return words
    changed = {
        field.name: _of(getattr(words, field.name), wording)
        for field in dataclasses.fields(words)
        if field.name not in AS_THEY_ARE
    }
    return dataclasses.replace(words, **changed)
