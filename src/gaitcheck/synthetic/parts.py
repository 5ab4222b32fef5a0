"""Parts a rendered runner wears that are no skin: shoes, hair, cap. Each is a mesh tied to bones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaitcheck.synthetic.bodies import Body, dominant_bones
from gaitcheck.synthetic.look import Colour, Look
from gaitcheck.typing import FloatArray

IntArray = NDArray[np.int64]

SOLE_THICKNESS_M = 0.028
SHOE_STATIONS = 14
SHOE_RING = 14


@dataclass(frozen=True)
class Part:
    """A mesh in rest position.

    Attributes
    ----------
    vertices (N, 3), m; colours (N, 3); faces (F, 4); bones: for each vertex the shares of bones by
    rig name, {name: (N,)}; lag (N,): share of the motion since ``LAG_S`` ago that it still has to make.
    """

    vertices: FloatArray
    colours: FloatArray
    faces: IntArray
    bones: dict[str, FloatArray]
    lag: FloatArray


def loft(rings: FloatArray, closed_ends: bool = True) -> tuple[FloatArray, IntArray]:
    """Vertices and quads of a tube through rings (R, K, 3); ends are closed by a middle point."""
    n, k, _ = rings.shape
    index = np.arange(n * k).reshape(n, k)
    across = np.roll(index, -1, axis=1)
    quads = np.stack([index[:-1], across[:-1], across[1:], index[1:]], axis=-1).reshape(-1, 4)
    vertices = rings.reshape(-1, 3)
    if not closed_ends:
        return vertices, quads
    ends = np.stack([rings[0].mean(axis=0), rings[-1].mean(axis=0)])
    first, last = n * k, n * k + 1
    caps = [[across[0, j], index[0, j], first, first] for j in range(k)]
    caps += [[index[-1, j], across[-1, j], last, last] for j in range(k)]
    return np.vstack([vertices, ends]), np.vstack([quads, np.array(caps)])


def _outline(foot: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middle line and half width of a foot (N, 3) at stations x, with a shoe's allowance."""
    low, high = [], []
    for at in x:
        near = foot[np.abs(foot[:, 0] - np.clip(at, foot[:, 0].min() + 0.015, foot[:, 0].max() - 0.02)) < 0.018]
        low.append(near[:, 1].min())
        high.append(near[:, 1].max())
    smooth = np.array([0.25, 0.5, 0.25])
    lows, highs = (np.convolve(np.pad(v, 1, mode="edge"), smooth, mode="valid") for v in (low, high))
    half = (highs - lows) / 2 + 0.006
    share = (x - x[0]) / (x[-1] - x[0])
    half *= np.sqrt(np.clip(1 - ((share - 0.5) / 0.52) ** 6, 0.05, 1.0))
    return (lows + highs) / 2, half


def shoe(body: Body, look: Look, mark: str, sole_z: float) -> Part:
    """A running shoe around one foot: sole slab, upper, laces; bends at the toes."""
    names = np.array(body.bone_names)[dominant_bones(body)]
    own = np.array([n.startswith(("foot", "toe")) and n.endswith(f".{mark}") for n in names])
    ankle = body.head(f"foot.{mark}")
    foot = body.vertices[own & (body.vertices[:, 2] < ankle[2])]
    x = np.linspace(foot[:, 0].min() - 0.014, foot[:, 0].max() + 0.012, SHOE_STATIONS)
    middle, half = _outline(foot, x)
    share = (x - x[0]) / (x[-1] - x[0])
    collar = ankle[2] - sole_z + 0.004
    top = np.interp(share, [0.0, 0.08, 0.34, 0.55, 0.8, 1.0], [0.85, 1.0, 1.0, 0.72, 0.55, 0.42]) * collar
    top = np.maximum(top, SOLE_THICKNESS_M + 0.02)
    lift = 0.012 * np.clip((share - 0.75) / 0.25, 0, 1) ** 2 + 0.006 * np.clip((0.1 - share) / 0.1, 0, 1)
    rings: list[FloatArray] = []
    colours: list[Colour] = []
    arch = np.linspace(0, np.pi, SHOE_RING - 4)
    for c, w, h, up, s in zip(middle, half, top, lift, share, strict=True):
        y = np.array([c + 1.06 * w, c + 1.02 * w, *(c + w * np.cos(arch)), c - 1.02 * w, c - 1.06 * w])
        z = [up, SOLE_THICKNESS_M, *(SOLE_THICKNESS_M + (h - SOLE_THICKNESS_M) * np.sin(arch) ** 0.6),
             SOLE_THICKNESS_M, up]  # fmt: skip
        rings.append(np.stack([np.full(SHOE_RING, x[len(rings)]), y, sole_z + np.array(z)], axis=1))
        laced = 0.36 < s < 0.66 and len(rings) % 2 == 0
        upper = [look.laces if laced and 3 <= k < SHOE_RING - 7 else look.shoes for k in range(SHOE_RING - 4)]
        colours += [look.sole, look.sole, *upper, look.sole, look.sole]
    vertices, faces = loft(np.array(rings))
    colours += [look.shoes, look.shoes]
    ball = body.head(f"toe3-1.{mark}")[0]
    bend = np.clip((vertices[:, 0] - ball + 0.02) / 0.04, 0.0, 1.0)
    bones = {f"foot.{mark}": 1 - bend, f"toe3-1.{mark}": bend}
    return Part(vertices, np.array(colours), faces, bones, np.zeros(len(vertices)))


def _head(body: Body) -> FloatArray:
    names = np.array(body.bone_names)[dominant_bones(body)]
    return np.asarray(body.vertices[np.array([n.split(".")[0] in ("head", "special04") for n in names])])


def _tied_to_head(vertices: FloatArray, faces: IntArray, colour: Colour, lag: FloatArray) -> Part:
    return Part(vertices, np.tile(np.array(colour), (len(vertices), 1)), faces, {"head": np.ones(len(vertices))}, lag)


def _strand(path: FloatArray, radius: FloatArray, colour: Colour, flat: float) -> Part:
    """Hair along a path (R, 3), swinging more towards its end."""
    turn = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    ring = np.stack([0.6 * np.cos(turn), flat * np.sin(turn), np.zeros(10)], axis=1)
    vertices, faces = loft(path[:, None] + radius[:, None, None] * ring[None])
    swing = np.append(np.repeat(np.linspace(0, 1.2, len(path)), 10), [0.0, 1.2])
    return _tied_to_head(vertices, faces, colour, swing)


def hair(body: Body, look: Look) -> list[Part]:
    """What hangs or stands off the head; the scalp itself is coloured by ``outfit``."""
    head = _head(body)
    back, top, middle = head[:, 0].min(), head[:, 2].max(), head[:, 1].mean()
    s = np.linspace(0, 1, 9)
    if look.hair_style == "ponytail":
        path = np.stack([back - 0.015 - 0.05 * np.sin(2.2 * s), np.full(9, middle), top - 0.07 - 0.27 * s], axis=1)
        return [_strand(path, 0.034 * (1 - 0.75 * s) + 0.006, look.hair, 1.0)]
    if look.hair_style == "long":
        path = np.stack([back + 0.055 - 0.05 * s, np.full(9, middle), top - 0.07 - 0.26 * s], axis=1)
        return [_strand(path, 0.088 - 0.015 * s, look.hair, 1.0)]
    if look.hair_style == "bun":
        path = np.stack([back + 0.01 - 0.07 * s, np.full(9, middle), np.full(9, top - 0.075)], axis=1)
        turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        round_ = np.stack([np.zeros(12), np.cos(turn), np.sin(turn)], axis=1)
        radius = 0.042 * np.sqrt(np.clip(1 - (2 * s - 1) ** 2, 0.02, 1))
        vertices, faces = loft(path[:, None] + radius[:, None, None] * round_[None])
        return [_tied_to_head(vertices, faces, look.hair, np.zeros(len(vertices)))]
    return []


def brim(body: Body, look: Look) -> list[Part]:
    """The peak of a cap."""
    if not look.cap:
        return []
    head = _head(body)
    front, top, middle = head[:, 0].max(), head[:, 2].max(), head[:, 1].mean()
    along = np.linspace(-0.05, 0.075, 7)
    half = 0.075 * np.sqrt(np.clip(1 - (np.clip(along, 0, None) / 0.08) ** 2, 0.05, 1))
    rings = []
    for x, w in zip(along, half, strict=True):
        y = np.array([w, 0.5 * w, 0, -0.5 * w, -w, -0.5 * w, 0, 0.5 * w])
        z = top - 0.062 - 0.012 * (y / 0.075) ** 2 - 0.1 * max(x, 0) + np.array([0, 1, 1, 1, 0, -1, -1, -1]) * 0.003
        rings.append(np.stack([np.full(8, front - 0.012 + x), middle + y, z], axis=1))
    vertices, faces = loft(np.array(rings))
    return [_tied_to_head(vertices, faces, look.print_colour, np.zeros(len(vertices)))]
