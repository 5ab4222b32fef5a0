"""What can go wrong, and the exit code it ends with.

::

    GaitcheckError                exit
    ├── UsageError                2     the call is wrong (an option, a path, a range)
    └── InputError                3     this input can't be analysed
        ├── ClipError                   the file can't be read as a clip, or breaks a limit
        ├── RunnerError                 no usable runner is in it
        └── OutputError                 the results can't be written

Each message is one sentence: what is wrong, and what to do.
"""

from __future__ import annotations


class GaitcheckError(Exception):
    """Base of every error a user is meant to read."""

    exit_code = 3


class UsageError(GaitcheckError):
    """The command was called wrongly."""

    exit_code = 2


class InputError(GaitcheckError):
    """The input can't be analysed."""


class ClipError(InputError):
    """The file is not a clip that can be read."""


class RunnerError(InputError):
    """The clip is readable, but no runner in it can be measured."""


class OutputError(InputError):
    """The results can't be written."""
