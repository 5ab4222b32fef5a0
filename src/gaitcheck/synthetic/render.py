"""Pictures of a posed runner on a treadmill in a room, drawn by VTK off screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitcheck.synthetic.bodies import Body, dominant_bones, vertex_normals
from gaitcheck.synthetic.camera import Camera
from gaitcheck.synthetic.gait import Pose
from gaitcheck.synthetic.rig import posed_vertices

FloatArray = NDArray[np.float64]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """Skin, hair, clothes and room; colours are RGB in 0-1."""

    skin: Colour = (0.80, 0.60, 0.48)
    hair: Colour = (0.16, 0.11, 0.08)
    shirt: Colour = (0.15, 0.42, 0.62)
    shorts: Colour = (0.10, 0.10, 0.13)
    socks: Colour = (0.92, 0.92, 0.92)
    shoes: Colour = (0.85, 0.28, 0.12)
    sole: Colour = (0.95, 0.95, 0.95)
    shorts_length: float = 0.55
    sleeve_length: float = 0.55
    shirt_push_m: float = 0.010
    shorts_push_m: float = 0.012
    wall: Colour = (0.78, 0.77, 0.73)
    floor: Colour = (0.42, 0.40, 0.38)
    light: float = 1.0
    noise: float = 2.0
    seed: int = 0


def random_look(rng: np.random.Generator) -> Look:
    """A look drawn at random: every colour, how long the clothes are, how loose, how lit."""
    tone = rng.uniform(0.25, 1.0)
    skin = (0.30 + 0.60 * tone, 0.20 + 0.48 * tone, 0.13 + 0.42 * tone)

    def cloth() -> Colour:
        return (
            float(rng.uniform(0.03, 0.95)),
            float(rng.uniform(0.03, 0.95)),
            float(rng.uniform(0.03, 0.95)),
        )

    return Look(
        skin=skin,
        hair=(0.5 * rng.random() ** 2, 0.35 * rng.random() ** 2, 0.2 * rng.random() ** 2),
        shirt=cloth(),
        shorts=cloth() if rng.random() < 0.5 else (0.08, 0.08, 0.10),
        socks=cloth() if rng.random() < 0.5 else (0.93, 0.93, 0.93),
        shoes=cloth(),
        sole=(0.95, 0.95, 0.95) if rng.random() < 0.7 else cloth(),
        shorts_length=float(rng.uniform(0.25, 1.9)) if rng.random() < 0.85 else 2.0,
        sleeve_length=float(rng.uniform(0.0, 1.9)),
        shirt_push_m=float(rng.uniform(0.003, 0.022)),
        shorts_push_m=float(rng.uniform(0.003, 0.022)),
        wall=tuple(float(v) for v in rng.uniform(0.3, 0.95, 3)),  # type: ignore[arg-type]
        floor=tuple(float(v) for v in rng.uniform(0.15, 0.7, 3)),  # type: ignore[arg-type]
        light=float(rng.uniform(0.6, 1.15)),
        noise=float(rng.uniform(0.5, 6.0)),
        seed=int(rng.integers(1 << 30)),
    )


def dress(body: Body, look: Look) -> tuple[FloatArray, FloatArray]:
    """Vertex colours (V, 3) and the push of clothes along the normal (V, 3), m."""
    names = np.array(body.bone_names)[dominant_bones(body)]
    base = np.array([name.split(".")[0].split("-")[0] for name in names])
    normals = vertex_normals(body, body.vertices)
    colours = np.tile(np.array(look.skin), (len(names), 1))
    push = np.zeros(len(names))
    z = body.vertices[:, 2]
    hip, knee, ankle = (body.head(f"{b}.L")[2] for b in ("upperleg01", "lowerleg01", "foot"))

    def put(where: NDArray[np.bool_], colour: Colour, amount: float) -> None:
        colours[where] = colour
        push[where] = amount

    legs = np.isin(base, ["upperleg01", "upperleg02", "lowerleg01", "lowerleg02"])
    hem = hip - min(look.shorts_length, 1.0) * (hip - knee)
    if look.shorts_length > 1.0:
        hem = knee - (look.shorts_length - 1.0) * (knee - ankle)
    put((base == "pelvis") | (base == "root"), look.shorts, look.shorts_push_m)
    put(legs & (z > hem), look.shorts, look.shorts_push_m)
    put(legs & (z < ankle + 0.09), look.socks, 0.004)
    trunk = np.isin(base, ["spine05", "spine04", "spine03", "spine02", "spine01", "breast", "clavicle", "shoulder01"])
    put(trunk, look.shirt, look.shirt_push_m)
    arms = np.isin(base, ["upperarm01", "upperarm02", "lowerarm01", "lowerarm02"])
    shoulder = body.head("upperarm01.L")
    elbow = body.head("lowerarm01.L")
    reach = np.abs(body.vertices[:, 1]) - shoulder[1]
    put(arms & (reach < look.sleeve_length * (elbow[1] - shoulder[1])), look.shirt, look.shirt_push_m)
    feet = np.isin(base, ["foot", "toe1", "toe2", "toe3", "toe4", "toe5"])
    put(feet, look.shoes, 0.011)
    put(feet & (z < body.sole_z_m + 0.022), look.sole, 0.011)
    head = np.isin(base, ["head", "special04", "temporalis01", "oculi02", "oculi01", "temporalis02"])
    top = body.vertices[head][:, 2].max()
    back = body.vertices[:, 0] < body.vertices[head][:, 0].mean() + 0.01
    put(head & (z > top - 0.055), look.hair, 0.014)
    put(head & back & (z > top - 0.19), look.hair, 0.016)
    return colours, normals * push[:, None]


class Scene:
    """A room with a treadmill and one dressed runner; ``picture`` draws one instant.

    Raises
    ------
    ImportError
        If the ``synthetic`` extra (pyvista) is not installed.
    """

    def __init__(self, body: Body, look: Look, camera: Camera, speed_m_s: float) -> None:
        import pyvista

        self._body, self._look, self._camera = body, look, camera
        self._speed_m_s = speed_m_s
        self._rng = np.random.default_rng(look.seed)
        self._colours, self._push = dress(body, look)
        faces = np.hstack([np.full((len(body.faces), 1), 4), body.faces]).ravel()
        self._mesh = pyvista.PolyData(body.vertices.astype(np.float32), faces)
        self._mesh.point_data["rgb"] = (self._colours * 255).astype(np.uint8)
        self._plotter: Any = pyvista.Plotter(
            off_screen=True, window_size=[camera.width, camera.height], lighting="none"
        )
        self._plotter.add_mesh(self._mesh, scalars="rgb", rgb=True, smooth_shading=True, specular=0.08, ambient=0.25)
        background: Any = tuple(min(1.0, 1.08 * c) for c in look.wall)
        self._plotter.set_background(background)
        self._furnish(pyvista)
        self._aim()

    def _furnish(self, pyvista: Any) -> None:
        look, plotter, rng = self._look, self._plotter, self._rng

        def box(bounds: tuple[float, ...], colour: tuple[float, ...]) -> None:
            plotter.add_mesh(pyvista.Box(bounds), color=colour, ambient=0.35)

        box((-6, 6, -5, 5, -0.24, -0.20), look.floor)
        box((3.6, 3.7, -5, 5, -0.2, 3.2), look.wall)
        box((-6.2, -6.1, -5, 5, -0.2, 3.2), look.wall)
        box((-6, 3.7, 4.0, 4.1, -0.2, 3.2), tuple(0.92 * c for c in look.wall))
        box((-6, 3.7, -4.1, -4.0, -0.2, 3.2), tuple(0.92 * c for c in look.wall))
        box((-1.1, 1.15, -0.27, 0.27, -0.06, 0.0), (0.07, 0.07, 0.08))
        for side in (-1, 1):
            box((-1.15, 1.2, side * 0.36 - 0.08, side * 0.36 + 0.08, -0.2, 0.01), (0.25, 0.25, 0.27))
            box((1.05, 1.13, side * 0.40 - 0.03, side * 0.40 + 0.03, 0.0, 1.15), (0.2, 0.2, 0.22))
        box((1.0, 1.15, -0.42, 0.42, 1.1, 1.3), (0.12, 0.12, 0.14))
        for _ in range(9):
            x, y = rng.uniform(-3, 3.3), rng.choice([-3.6, 3.6]) + rng.uniform(-0.3, 0.3)
            w, h = rng.uniform(0.1, 0.5), rng.uniform(0.3, 2.0)
            box((x, x + w, y, y + w, -0.2, h), tuple(rng.uniform(0.1, 0.9, 3)))
        for _ in range(5):
            y, z, w = rng.uniform(-2.6, 2.2), rng.uniform(0.4, 2.2), rng.uniform(0.2, 0.9)
            box((3.55, 3.6, y, y + w, z, z + w * 0.7), tuple(rng.uniform(0.2, 0.9, 3)))
        self._belt_marks = [pyvista.Box((0, 0.02, -0.26, 0.26, 0.0, 0.002)) for _ in range(2)]
        self._marks = [plotter.add_mesh(m, color=(0.45, 0.45, 0.45)) for m in self._belt_marks]
        for place, amount in (((-3.0, 1.5, 3.0), 0.55), ((2.5, -2.0, 3.0), 0.45), ((0.0, 0.0, 3.1), 0.35)):
            plotter.add_light(pyvista.Light(position=place, focal_point=(0, 0, 0.9), intensity=amount * look.light))
        camera_light = pyvista.Light(
            position=self._camera.position, focal_point=(0, 0, 0.9), intensity=0.25 * look.light
        )
        plotter.add_light(camera_light)

    def _aim(self) -> None:
        camera = self._camera
        _, down, forward = camera.axes()
        view = self._plotter.camera
        view.position = camera.position
        view.focal_point = tuple(np.array(camera.position) + forward)
        view.up = tuple(-down)
        view.view_angle = float(np.rad2deg(2 * np.arctan(camera.height / 2 / camera.focal_px)))
        view.clipping_range = (0.1, 20.0)

    def picture(self, pose: Pose, t: float) -> NDArray[np.uint8]:
        """RGB picture (height, width, 3) of the runner at time ``t`` (s)."""
        self._mesh.points = posed_vertices(self._body, pose, self._push).astype(np.float32)
        self._mesh.compute_normals(inplace=True, auto_orient_normals=False, split_vertices=False)
        for k, actor in enumerate(self._marks):
            x = 1.1 - (self._speed_m_s * t + k * 1.1) % 2.2
            actor.SetPosition(x, 0.0, 0.0)
        self._plotter.render()
        picture = np.array(self._plotter.screenshot(return_img=True), dtype=np.float64)
        picture += self._rng.normal(0.0, self._look.noise, picture.shape[:2])[:, :, None]
        return np.clip(picture, 0, 255).astype(np.uint8)

    def close(self) -> None:
        self._plotter.close()
