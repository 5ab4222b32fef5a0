"""The room around the treadmill, as plain boxes and pictures: what a scene draws besides people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gaitcheck.synthetic.camera import Camera
from gaitcheck.synthetic.look import Colour
from gaitcheck.typing import FloatArray

Bounds = tuple[float, float, float, float, float, float]

FLOOR_Z = -0.20
CEILING_Z = 2.9
AHEAD_X, BEHIND_X, SIDE_Y = 5.6, -6.2, 5.8


@dataclass(frozen=True)
class Deck:
    """What the runner's treadmill looks like from above.

    ``lines_at_m`` is how far a line along each edge of the belt lies from its middle (0: no lines); ``shine`` how much
    brighter the belt is where a lamp is mirrored in it; ``hood_m`` how high the motor's hood stands in front.
    """

    belt: Colour = (0.085, 0.085, 0.085)
    frame: Colour = (0.26, 0.26, 0.26)
    lines: Colour = (0.9, 0.7, 0.1)
    lines_at_m: float = 0.0
    lines_wide_m: float = 0.012
    shine: float = 0.0
    hood_m: float = 0.0


@dataclass(frozen=True)
class Room:
    """What surrounds the runner.

    ``kind`` is gym, garage or home. ``mirror`` hangs one on the wall the camera looks at,
    ``second_person`` puts another runner on a treadmill beside and ahead, ``rails`` adds hand-rails and
    a large console. ``shadow`` is the strength of the shadow on the belt, ``shadow_soft_m`` its softness;
    ``light_from_deg`` the direction the main light comes from (about z, from the running direction).
    """

    kind: str = "gym"
    wall: Colour = (0.78, 0.77, 0.73)
    floor: Colour = (0.42, 0.40, 0.38)
    mirror: bool = False
    second_person: bool = False
    rails: bool = False
    shadow: float = 0.4
    shadow_soft_m: float = 0.06
    light_from_deg: float = 150.0
    light_height_deg: float = 55.0
    key_light: float = 0.55
    deck: Deck = field(default_factory=Deck)
    seed: int = 0


@dataclass(frozen=True)
class Block:
    """A box with one colour; one that glows is a lamp or a window."""

    bounds: Bounds
    colour: Colour
    glows: bool = False


KINDS = ("gym", "garage", "home")


def random_deck(seed: int) -> Deck:
    """A treadmill drawn at random: mostly a dark belt and frame, now and then a pale one, lines, a lamp mirrored."""
    rng = np.random.default_rng([seed, 4])
    dark = rng.random() < 0.6
    grey = float(rng.uniform(0.03, 0.14) if dark else rng.uniform(0.14, 0.65))
    return Deck(
        belt=_tinted(rng, grey, grey),
        frame=_tinted(rng, 0.05, 0.4) if rng.random() < 0.6 else _tinted(rng, 0.4, 0.85),
        lines=_colour(rng, 0.3, 1.0),
        lines_at_m=float(rng.uniform(0.17, 0.25)) if rng.random() < 0.4 else 0.0,
        lines_wide_m=float(rng.uniform(0.006, 0.03)),
        shine=float(rng.uniform(0.2, 3.0)) if rng.random() < 0.4 else 0.0,
        hood_m=float(rng.uniform(0.05, 0.3)) if rng.random() < 0.6 else 0.0,
    )


def random_room(rng: np.random.Generator) -> Room:
    """A room drawn at random, without mirror, second person or rails more often than with."""
    return Room(
        kind=str(rng.choice(KINDS)),
        wall=_tinted(rng, 0.35, 0.92),
        floor=_tinted(rng, 0.12, 0.6),
        mirror=bool(rng.random() < 0.12),
        second_person=bool(rng.random() < 0.15),
        rails=bool(rng.random() < 0.3),
        shadow=float(rng.uniform(0.0, 0.7)),
        shadow_soft_m=float(rng.uniform(0.02, 0.12)),
        light_from_deg=float(rng.uniform(0, 360)),
        light_height_deg=float(rng.uniform(30, 80)),
        key_light=float(rng.uniform(0.2, 0.8)),
        seed=int(rng.integers(1 << 30)),
    )


def _colour(rng: np.random.Generator, low: float, high: float) -> Colour:
    r, g, b = (float(v) for v in rng.uniform(low, high, 3))
    return (r, g, b)


def _tinted(rng: np.random.Generator, low: float, high: float) -> Colour:
    """A grey with a little colour, as walls and floors have."""
    grey = rng.uniform(low, high)
    r, g, b = (float(np.clip(grey * (1 + v), 0, 1)) for v in rng.normal(0, 0.07, 3))
    return (r, g, b)


def _dim(colour: Colour, by: float) -> Colour:
    return (by * colour[0], by * colour[1], by * colour[2])


def treadmill(y: float, rails: bool, deck: Deck) -> list[Block]:
    """A treadmill with its belt's middle at ``y``; the belt itself is drawn by the scene."""
    blocks = [Block((-1.1, 1.15, y - 0.27, y + 0.27, -0.08, -0.004), _dim(deck.belt, 0.8))]
    for side in (-1, 1):
        at = y + side * 0.36
        blocks.append(Block((-1.15, 1.2, at - 0.08, at + 0.08, FLOOR_Z, 0.01), deck.frame))
        if deck.lines_at_m:
            line, half = y + side * deck.lines_at_m, deck.lines_wide_m / 2
            blocks.append(Block((-1.1, 1.1, line - half, line + half, -0.001, 0.002), deck.lines))
        post = y + side * 0.40
        blocks.append(Block((1.05, 1.13, post - 0.03, post + 0.03, 0.0, 1.15), (0.2, 0.2, 0.22)))
        if rails:
            blocks.append(Block((0.15, 1.10, post - 0.018, post + 0.018, 0.90, 0.94), (0.16, 0.16, 0.17)))
            blocks.append(Block((0.15, 0.20, post - 0.018, post + 0.018, 0.0, 0.92), (0.18, 0.18, 0.19)))
    if deck.hood_m:
        blocks.append(Block((0.85, 1.15, y - 0.4, y + 0.4, 0.0, deck.hood_m), _dim(deck.frame, 0.8)))
    wide, low, high = (0.42, 1.05, 1.40) if rails else (0.32, 1.02, 1.16)
    blocks.append(Block((1.0, 1.15, y - wide, y + wide, low, high), (0.12, 0.12, 0.14)))
    return blocks


def _gym(rng: np.random.Generator) -> list[Block]:
    blocks = []
    for y in (-2.6, 2.6):
        blocks += treadmill(y, bool(rng.random() < 0.5), Deck())
    for _ in range(10):
        x, y = rng.uniform(-5, 3.2), rng.choice([-3.4, 3.4]) + rng.uniform(-0.4, 0.4)
        w, h = rng.uniform(0.08, 0.6), rng.uniform(0.3, 2.0)
        blocks.append(Block((x, x + w, y, y + w, FLOOR_Z, h), _colour(rng, 0.05, 0.6)))
    for x in np.arange(-5, 3.5, 1.6):
        blocks.append(Block((x, x + 0.9, -0.8, -0.6, CEILING_Z - 0.03, CEILING_Z), (0.99, 0.99, 0.96), glows=True))
    return blocks


def _garage(rng: np.random.Generator) -> list[Block]:
    blocks = []
    for _ in range(14):
        x, y = rng.uniform(-5, 3.0), rng.choice([-3.5, 3.5]) + rng.uniform(-0.3, 0.3)
        w, z = rng.uniform(0.2, 0.7), rng.choice([FLOOR_Z, 0.5, 1.2])
        blocks.append(Block((x, x + w, y, y + w, z, z + rng.uniform(0.2, 0.5)), _colour(rng, 0.15, 0.75)))
    for z in np.arange(0.2, 2.4, 0.45):
        blocks.append(Block((AHEAD_X - 0.04, AHEAD_X, -2.4, 2.4, z, z + 0.02), (0.35, 0.35, 0.36)))
    return blocks


def _home(rng: np.random.Generator) -> list[Block]:
    blocks = [Block((4.8, 5.4, -2.9, -0.8, FLOOR_Z, 0.65), _colour(rng, 0.2, 0.7))]
    for _ in range(6):
        x, y = rng.uniform(-4, 3.0), rng.choice([-3.5, 3.5])
        w, h = rng.uniform(0.3, 1.2), rng.uniform(0.5, 2.1)
        blocks.append(Block((x, x + w, y - 0.25, y + 0.25, FLOOR_Z, h), _colour(rng, 0.25, 0.85)))
    return blocks


FURNITURE: dict[str, Callable[[np.random.Generator], list[Block]]] = {"gym": _gym, "garage": _garage, "home": _home}


def furniture(room: Room) -> list[Block]:
    """Everything that stands or hangs in the room but the runner's own treadmill."""
    rng = np.random.default_rng(room.seed)
    wall, floor = room.wall, room.floor
    x0, x1, y1 = BEHIND_X, AHEAD_X, SIDE_Y
    blocks = [
        Block((x0, x1, -y1, y1, FLOOR_Z - 0.04, FLOOR_Z), floor),
        Block((x0, x1, -y1, y1, CEILING_Z, CEILING_Z + 0.05), (0.95, 0.95, 0.93)),
        Block((x0 - 0.1, x0, -y1, y1, FLOOR_Z, CEILING_Z), _dim(wall, 0.85)),
        Block((x0, x1, y1, y1 + 0.1, FLOOR_Z, CEILING_Z), _dim(wall, 0.93)),
        Block((x0, x1, -y1 - 0.1, -y1, FLOOR_Z, CEILING_Z), _dim(wall, 0.8)),
        Block((x1, x1 + 0.1, -y1, y1, FLOOR_Z, CEILING_Z), wall),
    ]
    for on_side in (False, True):
        for _ in range(6):
            at, z, w = rng.uniform(-3.2, 2.6), rng.uniform(0.3, 2.2), rng.uniform(0.25, 1.1)
            colour = _tinted(rng, 0.1, 0.95) if rng.random() < 0.6 else _colour(rng, 0.1, 0.95)
            if on_side:
                y = float(rng.choice([y1 - 0.03, 0.01 - y1]))
                blocks.append(Block((at, at + w, y, y + 0.02, z, z + 0.7 * w), colour))
            else:
                x = float(rng.choice([x1 - 0.03, x0 + 0.01]))
                blocks.append(Block((x, x + 0.02, at, at + w, z, z + 0.7 * w), colour))
    if rng.random() < 0.5:
        at = float(rng.uniform(-3.0, 1.5))
        blocks.append(Block((x1 - 0.05, x1 - 0.02, at, at + 1.6, 0.8, 2.3), (0.97, 0.98, 1.0), glows=True))
    return blocks + FURNITURE[room.kind](rng)


def in_the_way(block: Block, camera: Camera) -> bool:
    """Whether a block stands between the camera and the runner, nearer than the treadmill."""
    low, high = np.array(block.bounds[0::2]), np.array(block.bounds[1::2])
    if float(np.max(high - low)) > 3.0:
        return False
    right, _, forward = camera.axes()
    corners = np.array([np.where(pick, high, low) for pick in np.ndindex(2, 2, 2)]) - np.array(camera.position)
    reach = float(np.linalg.norm(np.array(camera.position)[:2]))
    depth, aside = corners @ forward, corners @ right
    near = depth < reach - 0.9
    return bool(near.any() and depth.max() > -0.3 and aside.min() < 1.0 and aside.max() > -1.0)


@dataclass(frozen=True)
class Mirror:
    """A mirror as an opening into a mirrored world: points are mirrored in coordinate ``axis`` at ``at``."""

    axis: int
    at: float
    frame: tuple[Block, ...]
    backdrop: Block

    def hides(self, block: Block) -> bool:
        """Whether a block stands behind the mirror, where only the mirrored world is."""
        low, high = block.bounds[2 * self.axis], block.bounds[2 * self.axis + 1]
        return low > self.at if self.at > 0 else high < self.at

    def reflect(self, points: FloatArray) -> FloatArray:
        """Mirrored points (..., 3)."""
        mirrored = points.copy()
        mirrored[..., self.axis] = 2 * self.at - mirrored[..., self.axis]
        return mirrored


def mirror_for(view: str, room: Room) -> Mirror:
    """A mirror on the wall the camera looks at, close enough to show the runner's other side."""
    axis, at, out = {"rear": (0, 2.2, 1), "front": (0, -2.6, -1), "left": (1, -2.0, -1), "right": (1, 2.0, 1)}[view]
    low, high, thick = 0.15, 2.1, 0.05

    def bounds(a0: float, a1: float, b0: float, b1: float, z0: float, z1: float) -> Bounds:
        a0, a1 = min(a0, a1), max(a0, a1)
        return (a0, a1, b0, b1, z0, z1) if axis == 0 else (b0, b1, a0, a1, z0, z1)

    wall = _dim(room.wall, 0.96)
    edge = (0.25, 0.22, 0.2)
    parts = [
        Block(bounds(at, at + out * thick, -5.8, -1.3, FLOOR_Z, CEILING_Z), wall),
        Block(bounds(at, at + out * thick, 1.3, 5.8, FLOOR_Z, CEILING_Z), wall),
        Block(bounds(at, at + out * thick, -1.3, 1.3, FLOOR_Z, low), wall),
        Block(bounds(at, at + out * thick, -1.3, 1.3, high, CEILING_Z), wall),
        Block(bounds(at - out * 0.01, at, -1.33, -1.3, low, high), edge),
        Block(bounds(at - out * 0.01, at, 1.3, 1.33, low, high), edge),
        Block(bounds(at - out * 0.01, at, -1.33, 1.33, low - 0.03, low), edge),
    ]
    backdrop = Block(bounds(at + out * 4.2, at + out * 4.3, -6.0, 6.0, FLOOR_Z, CEILING_Z), _dim(room.wall, 0.8))
    return Mirror(axis, at, tuple(parts), backdrop)
