"""Pictures of a dressed runner on a treadmill in a room, drawn by VTK off screen.

Light is worked out at the vertices (sky, floor and one main light, soft), shadows as an image on the
belt: software OpenGL then only has to fill triangles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitcheck.synthetic.camera import Camera
from gaitcheck.synthetic.gait import Mover
from gaitcheck.synthetic.look import Look
from gaitcheck.synthetic.outfit import Outfit, dress
from gaitcheck.synthetic.rig import posed
from gaitcheck.synthetic.room import FLOOR_Z, Block, Mirror, Room, furniture, in_the_way, mirror_for, treadmill
from gaitcheck.typing import FloatArray

LAG_S = 0.045
FLOOR = (-1.6, 1.6, -1.1, 1.1)
FLOOR_CELLS = (160, 110)
BELT_HALF_WIDTH_M = 0.26
BELT_LENGTH_M = 1.1
BELT_MARK = 0.21
FILL = 0.22
BACKDROP_M = (2.6, 6.5, 4.2)
"""How far behind the runner a photograph hangs, how wide and how high it is."""
SECOND_PERSON_AT = (0.9, 1.15)


@dataclass(frozen=True)
class Person:
    """Someone to draw: how they move, what they wear, where they stand (m, along and across)."""

    mover: Mover
    look: Look
    place: tuple[float, float] = (0.0, 0.0)


def light_on(normals: FloatArray, towards_light: FloatArray, key: float, towards_camera: FloatArray) -> FloatArray:
    """Light on a surface with unit normals (..., 3): sky, floor, main light, a little from the camera."""
    up = normals[..., 2]
    sky = 0.60 + 0.22 * up
    facing = (normals @ towards_light + 0.25) / 1.25
    return np.asarray(sky + key * np.clip(facing, 0, None) + FILL * np.clip(normals @ towards_camera, 0, None))


class _Figure:
    """One person's mesh in the scene, and its reflection where there is a mirror."""

    def __init__(self, pyvista: Any, plotter: Any, person: Person, mirror: Mirror | None) -> None:
        self._person = person
        self._mirror = mirror
        self.outfit: Outfit = dress(person.mover.body, person.look)
        faces = self.outfit.body.faces
        triangles = np.vstack([faces[:, :3], faces[:, [0, 2, 3]]])
        triangles = triangles[(triangles[:, 1] != triangles[:, 2])]
        cells = np.hstack([np.full((len(triangles), 1), 3), triangles]).ravel()
        self._meshes = []
        for _ in range(1 if mirror is None else 2):
            mesh = pyvista.PolyData(self.outfit.body.vertices.astype(np.float32), cells)
            mesh.point_data["rgb"] = np.zeros((mesh.n_points, 3), dtype=np.uint8)
            plotter.add_mesh(mesh, scalars="rgb", rgb=True, lighting=False)
            self._meshes.append(mesh)

    def move(self, t: float, towards_light: FloatArray, key: float, towards_camera: FloatArray) -> FloatArray:
        """Pose and light the figure at time ``t``; its vertices (V, 3)."""
        mover = self._person.mover
        vertices, normals = posed(self.outfit, mover.pose(t), mover.pose(t - LAG_S))
        vertices[:, :2] += self._person.place
        light = light_on(normals, towards_light, key, towards_camera)
        self._paint(0, vertices, light)
        if self._mirror is not None:
            self._paint(1, self._mirror.reflect(vertices), 0.85 * light)
        return vertices

    def _paint(self, which: int, vertices: FloatArray, light: FloatArray) -> None:
        mesh = self._meshes[which]
        mesh.points = vertices.astype(np.float32)
        mesh.point_data["rgb"] = np.clip(255 * self.outfit.colours * light[:, None], 0, 255).astype(np.uint8)


class Scene:
    """A room with a treadmill and its people; ``picture`` draws one instant.

    ``photograph`` (H, W, 3, RGB) hangs behind the runner and lies on the floor, where there is one.

    Raises
    ------
    ImportError
        If the ``synthetic`` extra (pyvista) is not installed.
    """

    def __init__(
        self,
        people: list[Person],
        room: Room,
        camera: Camera,
        view: str,
        speed_m_s: float,
        photograph: NDArray[np.uint8] | None = None,
    ) -> None:
        import pyvista

        self._pyvista: Any = pyvista
        self._room, self._speed_m_s = room, speed_m_s
        angle, height = np.deg2rad(room.light_from_deg), np.deg2rad(room.light_height_deg)
        self._light = np.array([np.cos(height) * np.cos(angle), np.cos(height) * np.sin(angle), np.sin(height)])
        plotter: Any = pyvista.Plotter(off_screen=True, window_size=[camera.width, camera.height], lighting="none")
        self._plotter = plotter
        self._plotter.render_window.SetMultiSamples(0)
        self._plotter.set_background((0.1, 0.1, 0.1))
        mirror = mirror_for(view, room) if room.mirror else None
        self._draw_room(mirror, camera)
        self._photograph = photograph
        if photograph is not None:
            self._hang(photograph, camera)
        self._figures = [_Figure(pyvista, self._plotter, person, mirror) for person in people]
        self._lay_floor()

    def _block(self, block: Block) -> None:
        """A box whose faces are shaded by where they point, darker near the floor."""
        mesh = self._pyvista.Box(block.bounds).compute_normals(cell_normals=True, point_normals=False)
        normals = np.asarray(mesh.cell_data["Normals"], dtype=float)
        middle_z = (block.bounds[4] + block.bounds[5]) / 2
        light = light_on(normals, self._light, 0.6 * self._room.key_light, np.zeros(3))
        if middle_z > FLOOR_Z:
            light *= 0.92 + 0.08 * np.clip(middle_z / 0.5, -1, 1)
        if block.glows:
            light = np.ones(6)
        rgb = np.clip(255 * np.array(block.colour) * light[:, None], 0, 255).astype(np.uint8)
        mesh.cell_data["rgb"] = rgb
        self._plotter.add_mesh(mesh, scalars="rgb", rgb=True, lighting=False)

    def _draw_room(self, mirror: Mirror | None, camera: Camera) -> None:
        blocks = [b for b in furniture(self._room) if not in_the_way(b, camera)] + treadmill(
            0.0, self._room.rails, self._room.deck
        )
        if mirror is not None:
            blocks = [b for b in blocks if not mirror.hides(b)] + [*mirror.frame, mirror.backdrop]
        for block in blocks:
            self._block(block)

    def _hang(self, photograph: NDArray[np.uint8], camera: Camera) -> None:
        """The photograph upright behind the runner, as the camera looks."""
        behind, wide, high = BACKDROP_M
        away = -np.array([camera.position[0], camera.position[1], 0.0])
        away /= np.linalg.norm(away)
        plane = self._pyvista.Plane(
            center=behind * away + [0.0, 0.0, 0.4 * high],
            direction=-away,
            i_size=high,
            j_size=wide,
            i_resolution=1,
            j_resolution=1,
        )
        self._plotter.add_mesh(plane, texture=self._pyvista.Texture(photograph), lighting=False)

    def _floor_colours(self, points: FloatArray) -> FloatArray:
        if self._photograph is None:
            return np.array(self._room.floor)
        x0, x1, y0, y1 = FLOOR
        height, width = self._photograph.shape[:2]
        rows = ((points[:, 0] - x0) / (x1 - x0) * (height - 1)).astype(int)
        columns = ((points[:, 1] - y0) / (y1 - y0) * (width - 1)).astype(int)
        return np.asarray(self._photograph[rows, columns] / 255.0)

    def _lay_floor(self) -> None:
        """The floor under the runner, a picture: belt, its marks, shadows."""
        x0, x1, y0, y1 = FLOOR
        x, y = (np.linspace(a, b, n) for a, b, n in ((x0, x1, FLOOR_CELLS[0]), (y0, y1, FLOOR_CELLS[1])))
        n, m = FLOOR_CELLS
        corner = (np.arange(m - 1)[:, None] * n + np.arange(n - 1)).ravel()
        quads = np.stack([np.full(len(corner), 4), corner, corner + 1, corner + 1 + n, corner + n], axis=1)
        grid = np.stack([g.ravel() for g in np.meshgrid(x, y)] + [np.zeros(n * m)], axis=1)
        self._floor = self._pyvista.PolyData(grid.astype(np.float32), quads.ravel())
        points = np.asarray(self._floor.points)
        self._on_belt = (np.abs(points[:, 1]) < BELT_HALF_WIDTH_M) & (np.abs(points[:, 0]) < BELT_LENGTH_M)
        on_deck = (np.abs(points[:, 1]) < 0.44) & (np.abs(points[:, 0] - 0.02) < 1.17) & ~self._on_belt
        heights = np.where(self._on_belt, 0.0, np.where(on_deck, 0.012, FLOOR_Z + 0.015))
        self._floor.points = np.column_stack([points[:, :2], heights]).astype(np.float32)
        rng = np.random.default_rng([self._room.seed, 3])
        deck = self._room.deck
        self._base = np.where(on_deck[:, None], deck.frame, self._floor_colours(points)) * rng.uniform(
            0.94, 1.06, (len(points), 1)
        )
        self._belt_grain = rng.uniform(0.75, 1.25, 512)
        lamp = (points[:, :2] - rng.uniform((-0.9, -0.3), (0.6, 0.3))) / rng.uniform((0.15, 0.1), (0.9, 0.4))
        shine = 1.0 + deck.shine * np.exp(-0.5 * (lamp**2).sum(axis=1))
        self._belt = shine[:, None] * np.array(deck.belt)
        self._floor.point_data["rgb"] = np.zeros((len(points), 3), dtype=np.uint8)
        self._plotter.add_mesh(self._floor, scalars="rgb", rgb=True, lighting=False)

    def _shadow(self, vertices: FloatArray) -> FloatArray:
        """Darkness (0-1) of each cell of the floor picture: the main light's shadow and that of contact."""
        import cv2

        x0, x1, y0, y1 = FLOOR
        cell = (x1 - x0) / FLOOR_CELLS[0]

        def splat(points: FloatArray, soft_m: float, full: float) -> FloatArray:
            counts, _, _ = np.histogram2d(
                points[:, 1], points[:, 0], bins=(FLOOR_CELLS[1], FLOOR_CELLS[0]), range=((y0, y1), (x0, x1))
            )
            spread = cv2.GaussianBlur(np.minimum(counts, full), (0, 0), max(soft_m / cell, 0.6))
            return np.asarray(np.clip(spread / full, 0, 1))

        slope = self._light[:2] / max(float(self._light[2]), 0.3)
        cast = vertices[:, :2] - vertices[:, 2:] * slope
        near = vertices[vertices[:, 2] < 0.12]
        dark = self._room.shadow * splat(cast, self._room.shadow_soft_m, 3.0)
        return np.asarray(np.maximum(dark, 0.55 * splat(near[:, :2], 0.03, 4.0)))

    def _paint_floor(self, t: float, vertices: FloatArray) -> None:
        points = np.asarray(self._floor.points)
        along = points[:, 0] + self._speed_m_s * t
        grain = self._belt_grain[np.floor(along / 0.012).astype(int) % 512]
        mark = np.where(np.abs(along % 1.1) < 0.025, BELT_MARK, 0.0)
        colours = np.where(self._on_belt[:, None], self._belt * grain[:, None] + mark[:, None], self._base)
        light = float(light_on(np.array([0.0, 0.0, 1.0]), self._light, 0.6 * self._room.key_light, np.zeros(3)))
        lit = light * (1 - self._shadow(vertices)).ravel()[:, None]
        self._floor.point_data["rgb"] = np.clip(255 * colours * lit, 0, 255).astype(np.uint8)

    def _aim(self, camera: Camera) -> None:
        _, down, forward = camera.axes()
        view = self._plotter.camera
        view.position = camera.position
        view.focal_point = tuple(np.array(camera.position) + forward)
        view.up = tuple(-down)
        view.view_angle = float(np.rad2deg(2 * np.arctan(camera.height / 2 / camera.focal_px)))
        view.clipping_range = (0.4, 20.0)

    def picture(self, t: float, camera: Camera) -> NDArray[np.uint8]:
        """RGB picture (height, width, 3) of the scene at time ``t`` (s)."""
        towards_camera = np.array(camera.position) - np.array([0.0, 0.0, 0.9])
        towards_camera /= np.linalg.norm(towards_camera)
        moved = [f.move(t, self._light, self._room.key_light, towards_camera) for f in self._figures]
        self._paint_floor(t, moved[0])
        self._aim(camera)
        self._plotter.render()
        return np.asarray(self._plotter.screenshot(return_img=True), dtype=np.uint8)

    def close(self) -> None:
        self._plotter.close()
