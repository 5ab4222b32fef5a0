"""Examples in docstrings say what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import gaitcheck

ROOMS = ("motion", "gait", "metrics", "pose", "uncertainty", "views", "takes", "video")
MODULES = [
    info.name
    for room in ROOMS
    for info in pkgutil.walk_packages(importlib.import_module(f"gaitcheck.{room}").__path__, f"gaitcheck.{room}.")
]


def test_there_are_examples() -> None:
    found = [doctest.DocTestFinder().find(importlib.import_module(name)) for name in MODULES]
    assert sum(bool(test.examples) for tests in found for test in tests) >= 9 and gaitcheck.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_an_example_holds(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
