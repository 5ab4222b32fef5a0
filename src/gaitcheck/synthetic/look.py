"""What a rendered runner wears, and how a look is drawn at random. Colours are RGB in 0-1."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[float, float, float]

HAIR_STYLES = ("short", "long", "ponytail", "bun", "bald")
PRINTS = ("plain", "hoops", "panels", "block")
SHORTS_PRINTS = ("plain", "side", "patches")
BLACK: Colour = (0.08, 0.08, 0.10)
WHITE: Colour = (0.93, 0.93, 0.93)


@dataclass(frozen=True)
class Look:
    """Skin, hair and clothes.

    ``shorts_length`` runs from 0 (hip) over 1 (knee) to 2 (ankle: tights); ``sleeve_length`` from 0
    (none) over 1 (elbow) to 2 (wrist). ``*_fit`` runs from 0 (skin tight) to 1 (loose: a layer of
    its own that flares and lags behind the body).

    Cloth need not sit as bodies do: ``shirt_length_m`` is how far the shirt hangs below the waist, ``waistband_m`` how
    much higher than usual the shorts begin, ``waistband_tilt_deg`` how much higher on the left than on the right,
    ``shorts_ride_m`` how much higher the left hem is than the right one.
    """

    skin: Colour = (0.80, 0.60, 0.48)
    hair: Colour = (0.16, 0.11, 0.08)
    hair_style: str = "short"
    cap: bool = False
    shirt: Colour = (0.15, 0.42, 0.62)
    shirt_print: str = "plain"
    print_colour: Colour = WHITE
    shirt_fit: float = 0.3
    sleeve_length: float = 0.55
    shorts: Colour = (0.10, 0.10, 0.13)
    shorts_fit: float = 0.4
    shorts_length: float = 0.55
    socks: Colour = WHITE
    sock_height_m: float = 0.09
    shoes: Colour = (0.85, 0.28, 0.12)
    sole: Colour = (0.95, 0.95, 0.95)
    laces: Colour = WHITE
    shorts_print: str = "plain"
    shirt_length_m: float = 0.10
    waistband_m: float = 0.0
    waistband_tilt_deg: float = 0.0
    shorts_ride_m: float = 0.0


def _cloth(rng: np.random.Generator) -> Colour:
    """Half of all clothes are black, grey or white; the rest any colour."""
    if rng.random() < 0.5:
        grey = float(rng.choice([rng.uniform(0.03, 0.15), rng.uniform(0.3, 0.6), rng.uniform(0.8, 0.97)]))
        return (grey, grey, min(1.0, grey + 0.02))
    return (float(rng.uniform(0.03, 0.95)), float(rng.uniform(0.03, 0.95)), float(rng.uniform(0.03, 0.95)))


def random_look(rng: np.random.Generator) -> Look:
    """A look drawn at random: every colour, how long the clothes are, how loose, the hair, the print."""
    tone = float(rng.uniform(0.15, 1.0))
    tights = rng.random() < 0.2
    return Look(
        skin=(0.26 + 0.62 * tone, 0.17 + 0.50 * tone, 0.11 + 0.43 * tone),
        hair=(0.6 * rng.random() ** 2 + 0.03, 0.45 * rng.random() ** 2 + 0.02, 0.25 * rng.random() ** 2 + 0.02),
        hair_style=str(rng.choice(HAIR_STYLES, p=[0.4, 0.15, 0.25, 0.1, 0.1])),
        cap=bool(rng.random() < 0.2),
        shirt=_cloth(rng),
        shirt_print=str(rng.choice(PRINTS, p=[0.5, 0.15, 0.15, 0.2])),
        print_colour=_cloth(rng),
        shirt_fit=float(rng.choice([rng.uniform(0.0, 0.2), rng.uniform(0.2, 1.0)])),
        sleeve_length=float(rng.choice([0.0, rng.uniform(0.3, 0.9), 2.0], p=[0.2, 0.6, 0.2])),
        shorts=_cloth(rng),
        shorts_fit=0.0 if tights else float(rng.choice([rng.uniform(0.0, 0.2), rng.uniform(0.3, 1.0)])),
        shorts_length=float(rng.uniform(1.6, 2.0)) if tights else float(rng.uniform(0.25, 1.05)),
        socks=_cloth(rng),
        sock_height_m=float(rng.choice([0.03, 0.09, 0.16])),
        shoes=_cloth(rng),
        sole=WHITE if rng.random() < 0.6 else _cloth(rng),
        laces=_cloth(rng),
    )


def unruly(look: Look, rng: np.random.Generator) -> Look:
    """The look with cloth that does not tell where the pelvis is: bands askew, hems ridden up, prints, long shirts."""
    return replace(
        look,
        shorts_print=str(rng.choice(SHORTS_PRINTS, p=[0.5, 0.25, 0.25])),
        shirt_length_m=float(rng.uniform(0.03, 0.22)),
        waistband_m=float(rng.uniform(-0.04, 0.04)),
        waistband_tilt_deg=float(rng.normal(0.0, 4.0)),
        shorts_ride_m=float(rng.normal(0.0, 0.02)),
    )
