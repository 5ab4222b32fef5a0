"""Fingerprints of files, and a line in a small file that tells whether it is as it was written.

A file without such a line is somebody's own, and is read as it is.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from gaitcheck.errors import InputError

_IN_JSON = re.compile(r'\A\{\n "sealed": "([0-9a-f]{64})",\n')
_IN_TOML = re.compile(r"^# sealed ([0-9a-f]{64})\n?\Z", re.MULTILINE)


def sha256_of(path: Path) -> str:
    """The fingerprint of a file of any size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _checked(text: str, told: str, name: str) -> str:
    if _digest(text) != told:
        raise InputError(
            f"{name} is damaged or was changed after it was written; put back a copy of it, or, if you changed it, "
            'delete its line with "sealed".'
        )
    return text


def seal_json(text: str) -> str:
    """A JSON object as ``json.dumps(..., indent=1)`` gives it, with a seal as its first line.

    Examples
    --------
    >>> open_json(seal_json('{\\n "pain": 3\\n}'), "checkin_1.json")
    '{\\n "pain": 3\\n}'
    """
    return text.replace("{\n", f'{{\n "sealed": "{_digest(text)}",\n', 1) if text.startswith("{\n") else text


def open_json(text: str, name: str) -> str:
    """The text that ``seal_json`` sealed, or one without a seal as it is.

    Raises
    ------
    InputError
        If it is not what was sealed.
    """
    seal = _IN_JSON.match(text)
    return text if seal is None else _checked("{\n" + text[seal.end() :], seal[1], name)


def seal_toml(text: str) -> str:
    """A TOML file with a seal as its last line, a comment."""
    whole = text if text.endswith("\n") or not text else text + "\n"
    return f"{whole}# sealed {_digest(whole)}\n"


def open_toml(text: str, name: str) -> str:
    """The text that ``seal_toml`` sealed, or one without a seal as it is.

    Raises
    ------
    InputError
        If it is not what was sealed.
    """
    text = text.replace("\r\n", "\n")
    seal = _IN_TOML.search(text)
    return text if seal is None else _checked(text[: seal.start()], seal[1], name)
