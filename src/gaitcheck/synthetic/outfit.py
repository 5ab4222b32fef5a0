"""A dressed runner as one mesh: skin, layers of cloth over it, shoes and hair as parts, all with
skinning weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from gaitcheck.synthetic.bodies import Body, dominant_bones, vertex_normals
from gaitcheck.synthetic.gait import SOLE_M
from gaitcheck.synthetic.look import Colour, Look
from gaitcheck.synthetic.parts import Part, brim, hair, shoe
from gaitcheck.typing import BoolArray, FloatArray

TRUNK = ("spine05", "spine04", "spine03", "spine02", "spine01", "breast", "clavicle", "shoulder01")
ARMS = ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02")
LEGS = ("upperleg01", "upperleg02", "lowerleg01", "lowerleg02")
FEET = ("foot", "toe1", "toe2", "toe3", "toe4", "toe5")
SCALP = ("head", "special04", "temporalis01", "oculi02", "oculi01", "temporalis02")
TIGHT_M = 0.004
LOOSE_FIT = 0.2
UNDER = 0.8
FLARE_M = {"shirt": 0.035, "shorts": 0.040}


@dataclass(frozen=True)
class Outfit:
    """The dressed mesh: a body whose vertices, faces and weights hold clothes, shoes and hair too.

    Attributes
    ----------
    body
        Body to be skinned; colours (V, 3) in 0-1, creases and body shade included.
    normals (V, 3) at rest; lag (V,): how much of the last moment's motion a vertex still has to make.
    """

    body: Body
    colours: FloatArray
    normals: FloatArray
    lag: FloatArray


@dataclass(frozen=True)
class _Regions:
    """Where on the body each garment lies, and how far down it a vertex is (1 at the hem)."""

    shorts: BoolArray
    shirt: BoolArray
    socks: BoolArray
    feet: BoolArray
    arms: BoolArray
    scalp: BoolArray
    beyond_sleeve: FloatArray
    shorts_down: FloatArray
    shirt_down: FloatArray
    shorts_hem: FloatArray
    shirt_hem: float


def _regions(body: Body, look: Look) -> _Regions:
    names = np.array(body.bone_names)[dominant_bones(body)]
    base = np.array([name.split(".")[0].split("-")[0] for name in names])
    z, x = body.vertices[:, 2], body.vertices[:, 0]
    hip, knee, ankle = (body.head(f"{b}.L")[2] for b in ("upperleg01", "lowerleg01", "foot"))
    usual_waist = body.head("spine05")[2] + 0.02
    waist = usual_waist + look.waistband_m + np.tan(np.deg2rad(look.waistband_tilt_deg)) * body.vertices[:, 1]
    length = look.shorts_length
    hem = hip - length * (hip - knee) if length <= 1.0 else knee - (length - 1.0) * (knee - ankle)
    hem = hem + look.shorts_ride_m * np.clip(body.vertices[:, 1] / 0.1, -0.5, 0.5)
    legs, hips = np.isin(base, LEGS), np.isin(base, ["pelvis", "root"])
    trunk, arms = np.isin(base, TRUNK), np.isin(base, ARMS)
    shoulder, elbow = body.head("upperarm01.L"), body.head("lowerarm01.L")
    reach = (np.abs(body.vertices[:, 1]) - shoulder[1]) / (elbow[1] - shoulder[1])
    shirt_hem = usual_waist - look.shirt_length_m
    shirt = trunk | (arms & (reach < look.sleeve_length)) | ((hips | trunk) & (z > shirt_hem))
    band = waist if look.waistband_m or look.waistband_tilt_deg else np.inf
    shorts = (hips & (z < band)) | (legs & (z > hem)) | (trunk & (z < waist) & (z > hip))
    head = np.isin(base, SCALP)
    top = z[head].max()
    back = x < x[head].mean() + 0.01
    scalp = head & ((z > top - 0.055) | (back & (z > top - 0.19)))
    return _Regions(
        shorts=shorts,
        shirt=shirt,
        socks=legs & (z < ankle + look.sock_height_m),
        feet=np.isin(base, FEET),
        arms=arms,
        scalp=scalp & (look.cap | (look.hair_style != "bald")),
        beyond_sleeve=np.where(arms, np.maximum(reach - look.sleeve_length, 0.0), 0.0),
        shorts_hem=hem,
        shirt_hem=float(shirt_hem),
        shorts_down=np.clip((waist - z) / np.maximum(waist - hem, 0.05), 0, 1),
        shirt_down=np.where(arms, np.clip(reach, 0, 1), np.clip((shoulder[2] - z) / (shoulder[2] - shirt_hem), 0, 1)),
    )


def _printed(body: Body, look: Look, down: FloatArray) -> BoolArray:
    """Where the shirt's print is."""
    y = body.vertices[:, 1]
    if look.shirt_print == "hoops":
        return (down * 9 % 2) < 1
    if look.shirt_print == "panels":
        return np.abs(y) > 0.10
    if look.shirt_print == "block":
        stroke = (np.abs(y) < 0.09) & (down > 0.28) & (down < 0.55)
        hole = (np.abs(np.abs(y) - 0.045) < 0.018) & (down > 0.34) & (down < 0.48)
        return stroke & ~hole
    return np.zeros(len(y), dtype=bool)


def _shorts_printed(body: Body, look: Look) -> BoolArray:
    """Where the print of the shorts is: a stripe down each side, or patches."""
    x, y, z = body.vertices.T
    if look.shorts_print == "side":
        return np.asarray((np.abs(x - x[np.abs(y) > 0.08].mean()) < 0.025) & (np.abs(y) > 0.08))
    if look.shorts_print == "patches":
        return np.asarray(np.sin(31 * y + 3) * np.sin(23 * z) + 0.4 * np.sin(57 * y + 41 * z) > 0.3)
    return np.zeros(len(y), dtype=bool)


def _paint(body: Body, look: Look, regions: _Regions) -> tuple[FloatArray, FloatArray]:
    """Colour of each skin vertex, that of the clothes over it included, and how far it stands out, m."""
    n = len(body.vertices)
    colours, push = np.tile(np.array(look.skin), (n, 1)), np.zeros(n)

    def put(where: BoolArray, colour: Colour, amount: float) -> None:
        colours[where], push[where] = colour, amount

    put(regions.socks, look.socks, TIGHT_M)
    put(regions.shorts & (regions.shorts_down < UNDER), look.shorts, TIGHT_M)
    put(regions.shirt & (regions.shirt_down < UNDER), look.shirt, TIGHT_M)
    put(regions.feet, look.socks, 0.0)
    put(regions.scalp, look.print_colour if look.cap else look.hair, 0.017)
    return colours, push


def _faces_within(faces: NDArray[np.int64], where: BoolArray) -> BoolArray:
    return np.asarray(where[faces].all(axis=1))


@dataclass(frozen=True)
class _Garment:
    """One layer of cloth: where it lies, how far down (1 at the hem), its hem's height (V,) m, fit, flare (m), colours.

    ``beyond_sleeve`` says how many upper-arm lengths a vertex lies past the sleeve's end, ``hangs`` which
    vertices end at the hem.
    """

    where: BoolArray
    down: FloatArray
    hem_z: FloatArray
    fit: float
    flare_m: float
    colours: FloatArray
    beyond_sleeve: FloatArray
    hangs: BoolArray


def _layer(body: Body, normals: FloatArray, garment: _Garment) -> tuple[Body, FloatArray, FloatArray, FloatArray]:
    """A garment over the skin: a copy of it, cut off at the hem, flaring and lagging towards it."""
    kept = garment.where[body.faces].any(axis=1)
    used = np.unique(body.faces[kept])
    number = np.full(len(body.vertices), -1)
    number[used] = np.arange(len(used))
    down = garment.down[used]
    loose = max(garment.fit - LOOSE_FIT, 0.0)
    out = normals[used] * [1, 1, 0.2]
    folds = np.sin(19 * np.arctan2(normals[used, 1], normals[used, 0])) * down * loose
    open_m = TIGHT_M + 0.004 + 0.010 * garment.fit + loose * garment.flare_m * down**1.3
    vertices = body.vertices[used] + out * (open_m * (1 + 0.35 * folds))[:, None]
    sleeve = garment.beyond_sleeve[used]
    on_arm = sleeve > 0
    along = body.head("lowerarm01.L") - body.head("upperarm01.L")
    back = sleeve[:, None] * along * np.stack([on_arm, np.sign(vertices[:, 1]), on_arm], axis=1)
    vertices = vertices - np.where(on_arm[:, None], back, 0.0)
    vertices[:, 2] = np.where(garment.hangs[used], np.maximum(vertices[:, 2], garment.hem_z[used]), vertices[:, 2])
    layer = replace(body, vertices=vertices, faces=number[body.faces[kept]], weights=csr_array(body.weights[used]))
    return layer, garment.colours[used] * (1 + 0.06 * folds)[:, None], normals[used], 0.6 * loose * down


def _garments(body: Body, look: Look, regions: _Regions) -> list[_Garment]:
    n = len(body.vertices)
    shirt = np.where(_printed(body, look, regions.shirt_down)[:, None], look.print_colour, look.shirt)
    shorts = np.where(_shorts_printed(body, look)[:, None], look.print_colour, look.shorts)
    shirt_hem = np.full(n, regions.shirt_hem)
    no_sleeve, hangs = np.zeros(n), np.ones(n, dtype=bool)
    return [
        _Garment(regions.shorts, regions.shorts_down, regions.shorts_hem, look.shorts_fit, FLARE_M["shorts"], shorts,
                 no_sleeve, hangs),
        _Garment(regions.shirt, regions.shirt_down, shirt_hem, look.shirt_fit, FLARE_M["shirt"], shirt,
                 regions.beyond_sleeve, ~regions.arms),
    ]  # fmt: skip


def _part_weights(body: Body, part: Part) -> csr_array:
    rows = np.zeros((len(part.vertices), len(body.bone_names)))
    for name, share in part.bones.items():
        rows[:, body.bone(name)] += share
    return csr_array(rows)


def dress(body: Body, look: Look) -> Outfit:
    """Dress a body: skin, tight and loose clothes, shoes, hair, cap as one skinned mesh."""
    regions = _regions(body, look)
    normals = vertex_normals(body, body.vertices)
    colours, push = _paint(body, look, regions)
    hidden = regions.feet & (body.vertices[:, 2] < body.head("foot.L")[2] - 0.012)
    skin = replace(
        body, vertices=body.vertices + normals * push[:, None], faces=body.faces[~_faces_within(body.faces, hidden)]
    )
    pieces = [(skin, colours, normals, np.zeros(len(push)))]
    pieces += [_layer(body, normals, garment) for garment in _garments(body, look, regions)]
    sole_z = body.sole_z_m - SOLE_M
    for part in [shoe(body, look, m, sole_z) for m in "LR"] + hair(body, look) + brim(body, look):
        worn = replace(body, vertices=part.vertices, faces=part.faces, weights=_part_weights(body, part))
        pieces.append((worn, part.colours, vertex_normals(worn, part.vertices), part.lag))
    return _joined(body, pieces)


def _joined(body: Body, pieces: list[tuple[Body, FloatArray, FloatArray, FloatArray]]) -> Outfit:
    starts = np.cumsum([0] + [len(p[0].vertices) for p in pieces[:-1]])
    whole = replace(
        body,
        vertices=np.vstack([p[0].vertices for p in pieces]),
        faces=np.vstack([p[0].faces + k for p, k in zip(pieces, starts, strict=True)]),
        weights=csr_array(vstack([p[0].weights for p in pieces])),
    )
    colours = np.vstack([p[1] for p in pieces])
    normals = np.vstack([p[2] for p in pieces])
    return Outfit(
        whole, colours * _creases(body, whole.vertices)[:, None], normals, np.concatenate([p[3] for p in pieces])
    )


def _creases(body: Body, vertices: FloatArray) -> FloatArray:
    """Less light between the thighs and under the arms, (V,) in 0-1."""
    hip = 0.5 * (body.head("upperleg01.L") + body.head("upperleg01.R")) - [0, 0, 0.09]
    gap = (vertices - hip) / [0.14, 0.055, 0.10]
    shade = 1 - 0.45 * np.exp(-np.sum(gap**2, axis=1))
    for mark in "LR":
        arm = (vertices - body.head(f"upperarm01.{mark}") + [0, 0, 0.07]) / 0.06
        shade *= 1 - 0.3 * np.exp(-np.sum(arm**2, axis=1))
    return np.asarray(shade)
