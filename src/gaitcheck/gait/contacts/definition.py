"""What a contact is, and which detector finds it in which plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import gaitcheck.gait.contacts as package
from gaitcheck.discovery import collect
from gaitcheck.errors import RunnerError
from gaitcheck.motion import Trajectories
from gaitcheck.settings import Settings


@dataclass(frozen=True)
class Contact:
    """One foot on the belt from ``initial_contact_s`` until ``toe_off_s``."""

    side: str
    initial_contact_s: float
    toe_off_s: float

    @property
    def duration_s(self) -> float:
        return self.toe_off_s - self.initial_contact_s

    @property
    def midstance_s(self) -> float:
        """The middle of contact."""
        return 0.5 * (self.initial_contact_s + self.toe_off_s)


@dataclass(frozen=True)
class Detector:
    """A way of finding contacts, for one plane."""

    name: str
    plane: str
    find: Callable[[Trajectories], list[Contact]]


@lru_cache(maxsize=1)
def _detectors() -> tuple[Detector, ...]:
    return tuple(collect(package, "DETECTOR", Detector))


def guess_contacts(trajectories: Trajectories) -> list[Contact]:
    """Contacts in time order, by the detector of the view's plane, however long."""
    detector = next(d for d in _detectors() if d.plane == trajectories.view.plane)
    return sorted(detector.find(trajectories), key=lambda contact: contact.initial_contact_s)


def plausible(contact: Contact, settings: Settings) -> bool:
    """Whether a foot can be on the belt for so long."""
    return settings.shortest_contact_s.value <= contact.duration_s <= settings.longest_contact_s.value


def plausible_contacts(contacts: list[Contact], settings: Settings) -> list[Contact]:
    """The contacts that can be.

    Raises
    ------
    RunnerError
        If fewer than six are left.
    """
    found = [c for c in contacts if plausible(c, settings)]
    if len(found) < 6:
        raise RunnerError(
            f"Only {len(found)} steps could be found; film at least 10 s of running with the whole body and both "
            "feet in the picture."
        )
    return found
