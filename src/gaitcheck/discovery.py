"""Adding a file is registering it: what the modules of a folder declare, collected."""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import TypeVar

Declared = TypeVar("Declared")


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module below a package, in the order of their full names."""
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda i: i.name):
        yield importlib.import_module(info.name)


def _numbers(name: str, value: object) -> Iterator[tuple[str, float]]:
    """The numbers in a constant, by name; of a table's or a list's by its keys too."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield name, float(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers(f"{name}.{key}", inner)
    elif isinstance(value, (tuple, list)):
        for key, inner in enumerate(value):
            yield from _numbers(f"{name}.{key}", inner)


def constants(packages: Iterable[ModuleType]) -> dict[str, float]:
    """Every number that the modules of some packages name in capitals, by module and name.

    Of a name that one module takes from another, the module that comes first in order has it; infinite ones are left
    out.
    """
    found: dict[str, float] = {}
    seen: set[tuple[str, int]] = set()
    for module in (module for package in packages for module in _modules(package)):
        for name, value in sorted(vars(module).items()):
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name) or (name, id(value)) in seen:
                continue
            seen.add((name, id(value)))
            place = f"{module.__name__.removeprefix('gaitcheck.')}.{name}"
            found |= {key: number for key, number in _numbers(place, value) if math.isfinite(number)}
    return found


def collect(package: ModuleType, attribute: str, kind: type[Declared]) -> list[Declared]:
    """The ``attribute`` of every module below ``package`` that declares one of type ``kind``.

    Modules are visited in the order of their full names, so the order is stable.

    Raises
    ------
    TypeError
        If a module declares ``attribute`` with another type.
    """
    found: list[Declared] = []
    for module in _modules(package):
        declared = getattr(module, attribute, None)
        if declared is None:
            continue
        if not isinstance(declared, kind):
            raise TypeError(f"{module.__name__}.{attribute} is a {type(declared).__name__}, expected {kind.__name__}")
        found.append(declared)
    return found
