"""A clip in parts, each tracked afresh, over processes.

Part boundaries depend on the clip alone and each part starts from its own detection, so the
answer is the same for every ``--jobs``.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import InputError, RunnerError
from gaitcheck.pose.landmarker import Detection, Landmarker, MediaPipeLandmarker
from gaitcheck.pose.landmarks import Landmarks

FRAMES_A_PART = 60
MARGIN_OF_HEIGHT = 0.35

_worker: dict[str, Landmarker] = {}
"""The models a worker has loaded: each once, however many parts and clips it reads."""
_keeps_models = False


def keep_models() -> None:
    """From now on this process keeps the models it loads, for the next clip; it must end without tidying up."""
    global _keeps_models
    _keeps_models = True


def _landmarker(model: str) -> Landmarker:
    if model not in _worker:
        _worker[model] = MediaPipeLandmarker(Path(model))
    return _worker[model]


@dataclass(frozen=True)
class PartResult:
    """One part's landmarks, in the pixels of the pictures it was given."""

    pixels: NDArray[np.float64]
    world: NDArray[np.float64]
    visibility: NDArray[np.float64]
    people_seen: int


def crop_around(person: Detection, width: int, height: int) -> tuple[int, int, int, int]:
    """Box (x0, y0, x1, y1) around a runner with room to move, inside the picture."""
    margin = MARGIN_OF_HEIGHT * person.height_px
    low = person.pixels.min(axis=0) - margin
    high = person.pixels.max(axis=0) + margin
    return (
        int(max(low[0], 0)), int(max(low[1], 0)),
        int(min(high[0], width)), int(min(high[1], height)),
    )  # fmt: skip


def track_part(landmarker: Landmarker, pictures: NDArray[np.uint8]) -> PartResult:
    """Track the largest person of a part, shape (n, H, W, 3).

    On a treadmill the runner stays where she is: the largest person found by looking afresh is
    followed inside a box of her own, so someone behind can't take over the track.
    """
    n, height, width = pictures.shape[:3]
    pixels = np.full((n, 33, 2), np.nan)
    world = np.full((n, 33, 3), np.nan)
    visibility = np.zeros((n, 33))
    people = 0
    box: tuple[int, int, int, int] | None = None
    landmarker.restart()
    for k in range(n):
        if box is None:
            found = landmarker.scout(pictures[k])
            people = max(people, len(found))
            if not found:
                continue
            box = crop_around(max(found, key=lambda person: person.height_px), width, height)
        x0, y0, x1, y1 = box
        person = landmarker.track(pictures[k, y0:y1, x0:x1])
        if person is not None:
            pixels[k] = person.pixels + np.array([x0, y0])
            world[k], visibility[k] = person.world, person.visibility
    return PartResult(pixels, world, visibility, people)


def _track_shared(name: str, shape: tuple[int, ...], model: str) -> PartResult:
    landmarker = _landmarker(model)
    block = shared_memory.SharedMemory(name=name)
    try:
        pictures: NDArray[np.uint8] = np.ndarray(shape, dtype=np.uint8, buffer=block.buf)
        return track_part(landmarker, pictures)
    finally:
        block.close()


class _Buffer:
    """A shared block for one part's pictures."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        size = FRAMES_A_PART * int(np.prod(shape))
        self.block = shared_memory.SharedMemory(create=True, size=size)
        self.pictures: NDArray[np.uint8] = np.ndarray((FRAMES_A_PART, *shape), dtype=np.uint8, buffer=self.block.buf)
        self.count = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        self.pictures[self.count] = picture
        self.count += 1

    def free(self) -> None:
        del self.pictures
        self.block.close()
        self.block.unlink()


def _nothing() -> None:
    """Work that only makes a worker start."""


def _deaf_pool(jobs: int) -> ProcessPoolExecutor:
    """Workers to which Ctrl-C is nothing: this process hears it, ends their work and tidies up.

    A blocked signal stays blocked in a child from its first instruction on, so a worker that is still
    importing can't print a traceback either.
    """
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    if not hasattr(signal, "pthread_sigmask"):
        return pool
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(jobs):
            pool.submit(_nothing)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    return pool


class _Tracker:
    """Fills parts and hands them to this process or to workers."""

    def __init__(self, model: Path, jobs: int, on_frames: Callable[[int], None]) -> None:
        self._model, self._jobs, self._on_frames = str(model), jobs, on_frames
        self._pool: ProcessPoolExecutor | None = None
        self._own: Landmarker | None = None
        self._waiting: deque[tuple[Future[PartResult], _Buffer]] = deque()
        self.results: list[PartResult] = []
        if jobs > 1:
            self._pool = _deaf_pool(jobs)
        else:
            self._own = _landmarker(self._model) if _keeps_models else MediaPipeLandmarker(model)

    def hand_over(self, buffer: _Buffer) -> None:
        if self._own is not None:
            self.results.append(track_part(self._own, buffer.pictures[: buffer.count]))
            self._on_frames(buffer.count)
            buffer.free()
            return
        assert self._pool is not None
        shape = (buffer.count, *buffer.pictures.shape[1:])
        self._waiting.append((self._pool.submit(_track_shared, buffer.block.name, shape, self._model), buffer))
        while len(self._waiting) > self._jobs + 1:
            self._take()

    def _take(self) -> None:
        future, buffer = self._waiting[0]
        self.results.append(future.result())
        self._waiting.popleft()
        self._on_frames(buffer.count)
        buffer.free()

    def finish(self) -> None:
        while self._waiting:
            self._take()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._own is not None and not _keeps_models:
            self._own.close()
        for _, buffer in self._waiting:
            buffer.free()


def track(
    frames: Iterator[Any], model: Path, *, jobs: int, on_frames: Callable[[int], None] = lambda _: None
) -> Landmarks:
    """Landmarks of the runner in a stream of frames.

    Parameters
    ----------
    frames : objects with ``time_s``, ``image`` and ``scale``; model : a ``.task`` bundle;
    jobs : processes, 1 stays in this one; on_frames : called with each part's frame count.

    Raises
    ------
    RunnerError
        If the clip has no frames.
    InputError
        If a worker dies.
    UsageError
        If the model is not one.
    """
    times: list[float] = []
    size, scale = (0, 0), 1.0
    tracker = _Tracker(model, jobs, on_frames)
    buffer: _Buffer | None = None
    try:
        for frame in frames:
            times.append(frame.time_s)
            size, scale = frame.image.shape[:2], frame.scale
            buffer = buffer or _Buffer(frame.image.shape)
            buffer.add(frame.image)
            if buffer.count == FRAMES_A_PART:
                full, buffer = buffer, None
                tracker.hand_over(full)
        if buffer is not None:
            last, buffer = buffer, None
            tracker.hand_over(last)
        tracker.finish()
    except BrokenProcessPool as error:
        raise InputError(
            "The pose model stopped in the middle of the clip; run gaitcheck doctor, then try --jobs 1."
        ) from error
    finally:
        if buffer is not None:
            buffer.free()
        tracker.close()
    if not times:
        raise RunnerError("The clip has no frames in the chosen range; check --start and --end.")
    return _assemble(np.array(times), tracker.results, size, scale)


def _assemble(times_s: NDArray[np.float64], parts: list[PartResult], size: tuple[int, int], scale: float) -> Landmarks:
    return Landmarks(
        times_s=times_s - times_s[0],
        pixels=np.concatenate([part.pixels for part in parts]) * scale,
        world=np.concatenate([part.world for part in parts]),
        visibility=np.concatenate([part.visibility for part in parts]),
        width=round(size[1] * scale),
        height=round(size[0] * scale),
        people_seen=max(part.people_seen for part in parts),
    )
