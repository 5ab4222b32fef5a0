"""Names kept apart from results: a key file holds who is who, everything else only the pseudonym."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

from gaitcheck.analysis.store import check_file_target, write_whole
from gaitcheck.checked import text_of
from gaitcheck.errors import InputError, UsageError
from gaitcheck.fleet.roster import same_name
from gaitcheck.request import Request
from gaitcheck.seal import open_json, seal_json

LETTERS = "bcdfghjkmnpqrstvwxz23456789"


class Pseudonyms:
    """The key: pseudonyms by name. Pseudonyms are drawn by chance, so that none can be worked out from a name."""

    def __init__(self, path: Path, known: dict[str, str]) -> None:
        self.path = path
        self._known = known
        self._by_name = {same_name(name): pseudonym for name, pseudonym in known.items()}

    def of(self, name: str) -> str:
        """A name's pseudonym; a new one is kept before it is used."""
        key = same_name(name)
        if key not in self._by_name:
            drawn = "runner-" + "".join(secrets.choice(LETTERS) for _ in range(6))
            while drawn in self._known.values():
                drawn = "runner-" + "".join(secrets.choice(LETTERS) for _ in range(6))
            self._by_name[key] = self._known[name] = drawn
            self._save()
        return self._by_name[key]

    def names(self) -> dict[str, str]:
        """Names by pseudonym."""
        return {pseudonym: name for name, pseudonym in self._known.items()}

    def forget(self, pseudonym: str) -> None:
        """Take a person out of the key."""
        self._known = {name: own for name, own in self._known.items() if own != pseudonym}
        self._by_name = {same_name(name): own for name, own in self._known.items()}
        self._save()

    def hide(self, request: Request) -> Request:
        """A request without names: no clip's file name, no note, no face."""
        pseudonym = self.of(request.athlete.name)
        return request.model_copy(
            update={
                "athlete": request.athlete.model_copy(update={"name": pseudonym}),
                "visit": request.visit.model_copy(update={"note": ""}),
                "style": request.style.model_copy(update={"blur_faces": True}),
                "shown_as": tuple(f"{pseudonym}_{k + 1}{c.suffix.lower()}" for k, c in enumerate(request.clips)),
            }
        )

    def _save(self) -> None:
        text = json.dumps(self._known, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        write_whole(self.path, seal_json(text), mode=0o600)


def open_key(path: Path, out: Path) -> Pseudonyms:
    """Read a key file, or begin one.

    Raises
    ------
    UsageError
        If it would lie inside the results it is to be kept apart from, or can't be a file.
    InputError
        If it is no key file.
    """
    if path.resolve().is_relative_to(out.resolve()):
        raise UsageError(f"The key file {path} lies inside {out}; keep it somewhere else, apart from the results.")
    check_file_target(path, replace=True)
    if not path.exists():
        return Pseudonyms(path, {})
    try:
        known = json.loads(open_json(text_of(path), path.name))
        if not isinstance(known, dict) or not all(re.fullmatch(r"runner-\w{6}", known[n]) for n in known):
            raise ValueError
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror}); check its permissions.") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{path} is no key file of gaitcheck; put back a copy of it, or name a new file.") from error
    return Pseudonyms(path, known)
