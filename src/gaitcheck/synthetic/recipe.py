"""A rendered clip's recipe: body, gait, look, camera, length; from TOML and back to a clip."""

from __future__ import annotations

import dataclasses
import json
import tomllib
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gaitcheck.checked import LARGEST_WRITTEN_BYTES, text_of, toml_of
from gaitcheck.errors import OutputError, UsageError
from gaitcheck.synthetic.bodies import body_names, load_body
from gaitcheck.synthetic.camera import VIEW_AZIMUTH_DEG
from gaitcheck.synthetic.filming import CODECS, Filming, Sensor, Tripod, frame_times, sub_exposures
from gaitcheck.synthetic.gait import Mover, Runner
from gaitcheck.synthetic.look import HAIR_STYLES, PRINTS, SHORTS_PRINTS, Look, random_look
from gaitcheck.synthetic.recorded import read_recorded
from gaitcheck.synthetic.render import SECOND_PERSON_AT, Person, Scene
from gaitcheck.synthetic.room import KINDS, Room
from gaitcheck.synthetic.style import RunnerStyle
from gaitcheck.synthetic.truth import describe
from gaitcheck.video.proxy import ProxyWriter

LARGEST_NUMBER = 1e6


@dataclass(frozen=True)
class Recipe:
    """Everything one rendered clip is made from."""

    body: str = "learning_00"
    duration_s: float = 12.0
    seed: int = 1
    runner: RunnerStyle = field(default_factory=RunnerStyle)
    motion: str = "parametric"
    look: Look = field(default_factory=Look)
    room: Room = field(default_factory=Room)
    filming: Filming = field(default_factory=Filming)
    crf: int = 23


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


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
        elif isinstance(value, list) and typing.get_origin(hints[key]) is tuple:
            count = len(typing.get_args(hints[key]))
            if len(value) != count or not all(map(_is_number, value)):
                raise UsageError(f"The recipe's {where}{key} must be {count} numbers.")
            values[key] = tuple(float(v) for v in value)
        elif hints[key] is float and _is_number(value):
            values[key] = float(value)
        elif hints[key] is not float and isinstance(value, hints[key]):
            values[key] = value
        else:
            wanted = f"a number up to {LARGEST_NUMBER:.0f}" if hints[key] is float else hints[key].__name__
            raise UsageError(f"The recipe's {where}{key} must be {wanted}, not {value!r}.")
    return kind(**values)


def read_recipe(path: Path) -> Recipe:
    """Read a TOML recipe.

    Raises
    ------
    UsageError
        If it can't be read, or names something unknown or out of range.
    """
    try:
        table = toml_of(text_of(path, LARGEST_WRITTEN_BYTES))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"The recipe {path.name} can't be read ({reason}); name a TOML file, or leave --recipe out for a typical "
            "runner."
        ) from error
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
    if not (recipe.seed >= 0 and 0 <= recipe.crf <= 51):
        raise UsageError("The seed is 0 or more, crf from 0 to 51.")
    if recipe.filming.playback_fps and not 1 <= recipe.filming.playback_fps <= 240:
        raise UsageError("playback_fps is 0, for the camera's own rate, or from 1 to 240 frames/s.")
    choices = (
        ("look.hair_style", recipe.look.hair_style, HAIR_STYLES),
        ("look.shirt_print", recipe.look.shirt_print, PRINTS),
        ("look.shorts_print", recipe.look.shorts_print, SHORTS_PRINTS),
        ("room.kind", recipe.room.kind, KINDS),
        ("filming.codec", recipe.filming.codec, CODECS),
    )
    for where, value, allowed in choices:
        if value not in allowed:
            raise UsageError(f"The recipe's {where} is {value!r}; use {', '.join(allowed)}.")
    film = recipe.filming
    if not (64 <= film.width <= 4096 and 64 <= film.height <= 4096) or film.width % 2 or film.height % 2:
        raise UsageError("A rendered clip's width and height are even numbers from 64 to 4096.")
    if not (1.0 <= film.distance_m <= 8.0 and 0.0 <= film.dropped < 0.5 and 0.0 <= film.rate_jitter < 1.0):
        raise UsageError("distance_m lies from 1 to 8, dropped from 0 to 0.5, rate_jitter from 0 to 1.")
    runner = recipe.runner
    step_s = 60.0 / max(runner.cadence_per_min, 1.0)
    if not 100.0 <= runner.cadence_per_min <= 250.0 or not 0.08 <= runner.contact_time_s <= step_s - 0.02:
        raise UsageError("Cadence lies from 100 to 250 steps/min, and a contact ends 0.02 s before the next begins.")
    return recipe


def mover(recipe: Recipe, folder: Path = Path()) -> Mover:
    """Who runs: a parametric runner, or one driven by recorded joint centres (``motion`` names the file)."""
    body = load_body(recipe.body)
    if recipe.motion == "parametric":
        return Runner(body, recipe.runner, recipe.duration_s, recipe.seed)
    return read_recorded(folder / recipe.motion, body)


@dataclass(frozen=True)
class Stage:
    """What a recipe's clip is made from: who runs, the camera, the real times of its frames (s)."""

    mover: Mover
    tripod: Tripod
    times_s: np.ndarray[tuple[int], np.dtype[np.float64]]


def stage(recipe: Recipe, folder: Path = Path()) -> Stage:
    """The runner, the camera and the frame times of a recipe; a recorded motion is looked for in ``folder``."""
    times = frame_times(recipe.filming, recipe.duration_s, np.random.default_rng([recipe.seed, 5]))
    return Stage(mover(recipe, folder), Tripod(recipe.filming, recipe.seed), times)


def _people(recipe: Recipe, runner: Mover) -> list[Person]:
    people = [Person(runner, recipe.look)]
    if recipe.room.second_person:
        rng = np.random.default_rng([recipe.seed, 9])
        names = [n for n in body_names() if n.startswith("learning") and n != recipe.body]
        other = load_body(names[int(rng.integers(len(names)))])
        style = RunnerStyle(cadence_per_min=float(rng.uniform(155, 180)))
        along, across = SECOND_PERSON_AT
        where = (along, across * float(rng.choice([-1.0, 1.0])))
        people.append(Person(Runner(other, style, recipe.duration_s, recipe.seed + 1), random_look(rng), where))
    return people


def pictures(
    recipe: Recipe, staged: Stage, photograph: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None = None
) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Every frame of a recipe's clip, RGB (H, W, 3), as the phone's sensor gives it.

    ``photograph`` (RGB) takes the place of the wall behind the runner and of the floor.

    Raises
    ------
    ImportError
        If the ``synthetic`` extra (pyvista) is not installed.
    """
    film = recipe.filming
    still, speed = staged.tripod.still, recipe.runner.speed_m_s
    scene = Scene(_people(recipe, staged.mover), recipe.room, still, film.view, speed, photograph)
    sensor = Sensor(film, recipe.seed)
    offsets, weights = sub_exposures(film, film.height)
    try:
        for t in staged.times_s:
            moments = [float(t) + float(offset) for offset in offsets]
            if len(moments) == 1:
                yield sensor.read(scene.picture(moments[0], staged.tripod.at(moments[0])))
                continue
            mixed = np.zeros((film.height, film.width, 3), dtype=np.float32)
            for moment, weight in zip(moments, weights, strict=True):
                mixed += weight[:, None, None].astype(np.float32) * scene.picture(moment, staged.tripod.at(moment))
            yield sensor.read(mixed.astype(np.uint8))
    finally:
        scene.close()


def render_clip(
    recipe: Recipe, target: Path, on_frame: Callable[[int], None] = lambda _: None, folder: Path = Path()
) -> Path:
    """Render a clip to ``target`` and its truth beside it (``.truth.json``).

    Both are written under temporary names and moved into place when whole.

    Raises
    ------
    OutputError
        If they can't be written.
    """
    staged = stage(recipe, folder)
    truth_path = target.with_suffix(".truth.json")
    part, truth_part = target.with_suffix(".part.mp4"), truth_path.with_suffix(".part")
    film = recipe.filming
    playback = film.playback_fps or film.fps
    try:
        with ProxyWriter(part, playback, tallest_px=film.height, crf=recipe.crf, codec=film.codec) as writer:
            drawn = zip(staged.times_s, pictures(recipe, staged), strict=True)
            for k, (t, picture) in enumerate(drawn):
                writer.write(picture, float(t) * film.fps / playback)
                on_frame(k + 1)
        truth = describe(staged.mover, staged.tripod, film.view, staged.times_s)
        truth["recipe"] = dataclasses.asdict(recipe)
        truth_part.write_text(json.dumps(truth, sort_keys=True), encoding="utf-8")
        part.replace(target)
        truth_part.replace(truth_path)
    except OSError as error:
        raise OutputError(f"{target.name} can't be written ({error.strerror}); choose another folder.") from error
    finally:
        part.unlink(missing_ok=True)
        truth_part.unlink(missing_ok=True)
    return truth_path
