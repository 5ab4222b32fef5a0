"""Sources numbered in the order they are cited."""

from __future__ import annotations

from collections.abc import Iterable

from gaitcheck.evidence import Evidence
from gaitcheck.wording import Wording


class Citations:
    """Gives every source key a printed number, and the list of them at the end."""

    def __init__(self, evidence: Evidence, wording: Wording) -> None:
        self._evidence, self._words, self._strengths = evidence, wording.report["reading"], wording.words
        self._keys: list[str] = []

    def of(self, keys: Iterable[str]) -> str:
        """Printed numbers of some keys, such as ``3, 7``."""
        wanted = list(dict.fromkeys(keys))
        self._keys += [key for key in wanted if key not in self._keys]
        return ", ".join(str(number) for number in sorted(self._keys.index(key) + 1 for key in wanted))

    def listing(self) -> list[str]:
        """One line a source: number, citation, how far it was read, how strong it is."""
        return [f"[{k + 1}] {self._line(key)}" for k, key in enumerate(self._keys)]

    def _line(self, key: str) -> str:
        source = self._evidence.sources.get(key)
        if source is None:
            return key
        read, strength = self._words[source.read], self._strengths[source.strength]
        return str(self._words["line"].format(citation=source.citation, read=read, strength=strength))
