"""Contacts put in order: each stance with what comes after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcheck.gait.contacts import Contact
from gaitcheck.motion.trajectories import SIDE_SIGN


@dataclass(frozen=True)
class Stance:
    """One stance of one foot.

    ``next_contact_s`` is the other foot's next initial contact, ``next_own_contact_s`` this
    foot's; None where the next step was not seen. ``previous`` is the other foot's stance before. ``rejected``: a hand
    took it out of every mean.
    """

    number: int
    side: str
    initial_contact_s: float
    toe_off_s: float
    next_contact_s: float | None
    next_own_contact_s: float | None
    previous: Contact | None
    rejected: bool = False

    @property
    def midstance_s(self) -> float:
        return 0.5 * (self.initial_contact_s + self.toe_off_s)

    @property
    def sign(self) -> float:
        """+1 for the left foot, -1 for the right: the runner's left is the plane's + side."""
        return SIDE_SIGN[self.side]


def order_stances(contacts: list[Contact]) -> list[Stance]:
    """Stances from time-ordered contacts; a step longer than 1.5 median steps breaks the chain.

    Parameters
    ----------
    contacts
        Of both feet, in time's order.

    Returns
    -------
    list[Stance]
        Numbered stances; each knows the next contact of either foot where the chain is unbroken.
    """
    starts = np.array([c.initial_contact_s for c in contacts])
    step = float(np.median(np.diff(starts)))

    def follows(k: int, ahead: int) -> bool:
        if k < 0 or k + ahead >= len(contacts):
            return False
        same = contacts[k].side == contacts[k + ahead].side
        return bool(starts[k + ahead] - starts[k] < (ahead + 0.5) * step and same == (ahead % 2 == 0))

    return [
        Stance(
            number=k,
            side=contact.side,
            initial_contact_s=contact.initial_contact_s,
            toe_off_s=contact.toe_off_s,
            next_contact_s=contacts[k + 1].initial_contact_s if follows(k, 1) else None,
            next_own_contact_s=contacts[k + 2].initial_contact_s if follows(k, 2) else None,
            previous=contacts[k - 1] if follows(k - 1, 1) else None,
        )
        for k, contact in enumerate(contacts)
    ]
