"""A rendered clip's recipe: body, gait, look, camera, length; from TOML and back to a clip."""

from __future__ import annotations

import dataclasses
import json
import tomllib
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.errors import OutputError, UsageError
from gaitcheck.synthetic.bodies import body_names, load_body
from gaitcheck.synthetic.camera import VIEW_AZIMUTH_DEG, Camera, phone
from gaitcheck.synthetic.gait import Runner, RunnerStyle
from gaitcheck.synthetic.render import Look, Scene
from gaitcheck.synthetic.truth import describe
from gaitcheck.video.proxy import ProxyWriter


@dataclass(frozen=True)
class Filming:
    """Where the phone stands, and its picture; see ``camera.phone``."""

    view: str = "rear"
    distance_m: float = 3.4
    height_m: float = 0.95
    target_height_m: float = 0.92
    beside_m: float = 0.0
    oblique_deg: float = 0.0
    roll_deg: float = 0.0
    width: int = 720
    height: int = 1280
    fps: float = 60.0


@dataclass(frozen=True)
class Recipe:
    """Everything one rendered clip is made from."""

    body: str = "learning_00"
    duration_s: float = 12.0
    seed: int = 1
    runner: RunnerStyle = field(default_factory=RunnerStyle)
    look: Look = field(default_factory=Look)
    filming: Filming = field(default_factory=Filming)
    crf: int = 23


def _build(kind: type[Any], table: dict[str, Any], where: str) -> Any:
    fields = {f.name: f for f in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            raise UsageError(f"The recipe has an unknown entry {where}{key}; it may hold {', '.join(sorted(fields))}.")
        if dataclasses.is_dataclass(hints[key]):
            if not isinstance(value, dict):
                raise UsageError(f"The recipe's {where}{key} must be a table.")
            values[key] = _build(typing.cast(type[Any], hints[key]), value, f"{where}{key}.")
        elif isinstance(value, list):
            values[key] = tuple(float(v) for v in value)
        elif hints[key] is float and isinstance(value, int | float) and not isinstance(value, bool):
            values[key] = float(value)
        elif isinstance(value, hints[key]):
            values[key] = value
        else:
            raise UsageError(f"The recipe's {where}{key} must be {hints[key].__name__}, not {value!r}.")
    return kind(**values)


def read_recipe(path: Path) -> Recipe:
    """Read a TOML recipe.

    Raises
    ------
    UsageError
        If it can't be read, or names something unknown or out of range.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The recipe {path.name} can't be read: {error}.") from error
    recipe: Recipe = _build(Recipe, table, "")
    return check_recipe(recipe)


def check_recipe(recipe: Recipe) -> Recipe:
    """Return the recipe if it can be rendered, else raise UsageError."""
    if recipe.body not in body_names():
        raise UsageError(f"There is no body {recipe.body!r}; there are {', '.join(body_names())}.")
    if recipe.filming.view not in VIEW_AZIMUTH_DEG:
        raise UsageError(f"There is no view {recipe.filming.view!r}; use {', '.join(VIEW_AZIMUTH_DEG)}.")
    if not 0.5 <= recipe.duration_s <= 120.0:
        raise UsageError("A rendered clip lasts from 0.5 to 120 s.")
    if not 10 <= recipe.filming.fps <= 240:
        raise UsageError("A rendered clip has from 10 to 240 frames/s.")
    return recipe


def stage(recipe: Recipe) -> tuple[Runner, Camera, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The runner, the camera and the frame times of a recipe."""
    film = recipe.filming
    camera = phone(
        film.view,
        distance_m=film.distance_m,
        height_m=film.height_m,
        target_height_m=film.target_height_m,
        beside_m=film.beside_m,
        oblique_deg=film.oblique_deg,
        roll_deg=film.roll_deg,
        width=film.width,
        height=film.height,
    )
    runner = Runner(load_body(recipe.body), recipe.runner, recipe.duration_s, recipe.seed)
    times = np.arange(round(recipe.duration_s * film.fps)) / film.fps
    return runner, camera, times


def render_clip(recipe: Recipe, target: Path, on_frame: Callable[[int], None] = lambda _: None) -> Path:
    """Render a clip to ``target`` and its truth beside it (``.truth.json``).

    Both are written under temporary names and moved into place when whole.

    Raises
    ------
    OutputError
        If they can't be written.
    """
    runner, camera, times = stage(recipe)
    truth_path = target.with_suffix(".truth.json")
    part, truth_part = target.with_suffix(".part.mp4"), truth_path.with_suffix(".part")
    scene = Scene(load_body(recipe.body), recipe.look, camera, recipe.runner.speed_m_s)
    try:
        with ProxyWriter(part, recipe.filming.fps, tallest_px=camera.height, crf=recipe.crf) as writer:
            for k, t in enumerate(times):
                writer.write(scene.picture(runner.pose(float(t)), float(t)), float(t))
                on_frame(k + 1)
        truth = describe(runner, camera, recipe.filming.view, times)
        truth["recipe"] = dataclasses.asdict(recipe)
        truth_part.write_text(json.dumps(truth, sort_keys=True), encoding="utf-8")
        part.replace(target)
        truth_part.replace(truth_path)
    except OSError as error:
        raise OutputError(f"{target.name} can't be written ({error.strerror}); choose another folder.") from error
    finally:
        scene.close()
        part.unlink(missing_ok=True)
        truth_part.unlink(missing_ok=True)
    return truth_path
