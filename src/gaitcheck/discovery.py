"""Adding a file is registering it: what the modules of a folder declare, collected."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Declared = TypeVar("Declared")


def collect(package: ModuleType, attribute: str, kind: type[Declared]) -> list[Declared]:
    """The ``attribute`` of every module below ``package`` that declares one of type ``kind``.

    Modules are visited in the order of their full names, so the order is stable.

    Raises
    ------
    TypeError
        If a module declares ``attribute`` with another type.
    """
    found: list[Declared] = []
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda i: i.name):
        declared = getattr(importlib.import_module(info.name), attribute, None)
        if declared is None:
            continue
        if not isinstance(declared, kind):
            raise TypeError(f"{info.name}.{attribute} is a {type(declared).__name__}, expected {kind.__name__}")
        found.append(declared)
    return found
