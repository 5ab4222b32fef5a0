"""A clip in parts, each tracked afresh, over processes.

Part boundaries depend on the clip alone and each part starts from its own detections, so the
answer is the same for every ``--jobs``. Everybody who is large enough is followed through each part in a box of
their own; from part to part people are known by where they are and how large. Who of them runs is asked later.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
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

from gaitcheck.errors import InputError, RunnerError, UsageError
from gaitcheck.pose.landmarker import Detection, Landmarker, MediaPipeLandmarker, leave_out_what_draws, quiet
from gaitcheck.pose.landmarks import INDEX, Landmarks

FRAMES_A_PART = 60
MARGIN_OF_HEIGHT = 0.35
SAME_PERSON = 0.15
"""Two findings whose hips lie nearer than this share of a body's height are one person."""
SMALL_BESIDE = 0.4
"""Whoever is smaller than this share of the largest stands far behind and is not followed."""
KNOWN_AGAIN = 0.6
"""How far, in body heights moved and logarithms grown, somebody may be from one part to the next; heuristic."""

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
class Track:
    """One person in one part, in the pixels of the pictures it was given; NaN where the person was lost."""

    pixels: NDArray[np.float64]
    world: NDArray[np.float64]
    visibility: NDArray[np.float64]

    @staticmethod
    def empty(frames: int) -> Track:
        """Nobody, for so many frames."""
        return Track(np.full((frames, 33, 2), np.nan), np.full((frames, 33, 3), np.nan), np.zeros((frames, 33)))

    def place(self, *, last: bool) -> tuple[NDArray[np.float64], float] | None:
        """Middle of the body and its height, px, in the first or last frame that has it; None for nobody."""
        found = np.flatnonzero(~np.isnan(self.pixels[:, 0, 0]))
        if len(found) == 0:
            return None
        body = self.pixels[found[-1 if last else 0]]
        return body[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0), float(np.ptp(body[:, 1]))


@dataclass(frozen=True)
class PartResult:
    """Everybody of a part, the largest first, its frames, and how many people were found in it."""

    people: tuple[Track, ...]
    frames: int
    people_seen: int


def people_in(found: list[Detection], picture_height: int) -> list[Detection]:
    """People, the largest first; one found twice counts once, and whoever is far smaller than the largest not.

    As large as a person is what the picture holds of them: of somebody before the camera who is cut at the knees the
    pose model guesses legs far beyond its edge, which would make a runner behind look far away.
    """

    def tall(person: Detection) -> float:
        return float(np.ptp(np.clip(person.pixels[:, 1], 0, picture_height)))

    kept: list[Detection] = []
    for person in sorted(found, key=lambda p: -tall(p)):
        hips = [p.pixels[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0) for p in (person, *kept)]
        near = any(np.linalg.norm(hips[0] - other) < SAME_PERSON * person.height_px for other in hips[1:])
        if not near and tall(person) > SMALL_BESIDE * max(tall(p) for p in (person, *kept)):
            kept.append(person)
    return kept


def crop_around(person: Detection, others: list[Detection], width: int, height: int) -> tuple[int, int, int, int]:
    """Box (x0, y0, x1, y1) around a person with room to move, inside the picture, halfway to whoever is beside."""
    margin = MARGIN_OF_HEIGHT * person.height_px
    (left, top), (right, bottom) = person.pixels.min(axis=0), person.pixels.max(axis=0)
    x0, x1 = max(left - margin, 0.0), min(right + margin, float(width))
    for other in others:
        if other.pixels[:, 0].mean() < person.pixels[:, 0].mean():
            x0 = max(x0, 0.5 * (left + other.pixels[:, 0].max()))
        else:
            x1 = min(x1, 0.5 * (right + other.pixels[:, 0].min()))
    if x1 - x0 < 0.5 * (right - left):
        x0, x1 = max(left - margin, 0.0), min(right + margin, float(width))
    return int(x0), int(max(top - margin, 0)), int(x1), int(min(bottom + margin, height))


def _follow(landmarker: Landmarker, pictures: NDArray[np.uint8], first: int, box: tuple[int, int, int, int]) -> Track:
    """One person of a part from frame ``first`` on, inside a box, so that nobody else can take over the track."""
    track = Track.empty(len(pictures))
    x0, y0, x1, y1 = box
    landmarker.restart()
    for k in range(first, len(pictures)):
        person = landmarker.track(pictures[k, y0:y1, x0:x1])
        if person is not None:
            track.pixels[k] = person.pixels + np.array([x0, y0])
            track.world[k], track.visibility[k] = person.world, person.visibility
    return track


def track_part(landmarker: Landmarker, pictures: NDArray[np.uint8]) -> PartResult:
    """Track everybody of a part, shape (n, H, W, 3), from the first picture in which somebody is found."""
    n, height, width = pictures.shape[:3]
    for k in range(n):
        found = landmarker.scout(pictures[k])
        if found:
            people = people_in(found, height)
            boxes = [crop_around(p, [o for o in people if o is not p], width, height) for p in people]
            return PartResult(tuple(_follow(landmarker, pictures, k, box) for box in boxes), n, len(found))
    return PartResult((), n, 0)


SHARED_MEMORY = Path("/dev/shm")
_blocks: dict[str, shared_memory.SharedMemory] = {}
"""Blocks a worker has opened: each once, since a clip's parts come in the same few."""


def _track_shared(name: str, shape: tuple[int, ...], model: str) -> PartResult:
    landmarker = _landmarker(model)
    if name not in _blocks:
        _blocks[name] = shared_memory.SharedMemory(name=name)
    pictures: NDArray[np.uint8] = np.ndarray(shape, dtype=np.uint8, buffer=_blocks[name].buf)
    return track_part(landmarker, pictures)


def _shared_block(size: int) -> shared_memory.SharedMemory:
    """A block of shared memory that is really there: a container's may be small, and who writes beyond its end dies.

    Raises
    ------
    OSError
        If there is too little.
    """
    block = shared_memory.SharedMemory(create=True, size=size)
    place = SHARED_MEMORY / block.name.lstrip("/")
    try:
        if place.is_file():
            with place.open("r+b") as stream:
                os.posix_fallocate(stream.fileno(), 0, size)
    except OSError:
        block.close()
        block.unlink()
        raise
    return block


class _Buffer:
    """A block for one part's pictures, filled again and again: fresh memory costs more than the copying.

    Raises
    ------
    OSError
        If it is to be shared and can't be.
    """

    def __init__(self, shape: tuple[int, int, int], *, shared: bool) -> None:
        size = FRAMES_A_PART * int(np.prod(shape))
        self.block = _shared_block(size) if shared else None
        buffer = np.empty(size, dtype=np.uint8).data if self.block is None else self.block.buf
        self.pictures: NDArray[np.uint8] = np.ndarray((FRAMES_A_PART, *shape), dtype=np.uint8, buffer=buffer)
        self.count = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        self.pictures[self.count] = picture
        self.count += 1

    def free(self) -> None:
        del self.pictures
        if self.block is not None:
            self.block.close()
            self.block.unlink()


def _nothing() -> None:
    """Work that only makes a worker start."""


def end_with_parent() -> None:
    """From now on this process ends as soon as who started it does, by a kill too: nobody else would ever stop it."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _get_ready(model: str) -> None:
    """What a worker does first: loading the model, while the first pictures are decoded elsewhere.

    A model that can't be loaded is told with the first part, which comes with somebody to tell.
    """
    end_with_parent()
    leave_out_what_draws()
    with contextlib.suppress(UsageError):
        _landmarker(model)


@contextlib.contextmanager
def _caller_s_script_left_alone() -> Iterator[None]:
    """Workers that start now don't run the caller's script again, as spawned processes do: nothing of theirs is in it.

    Without this a script that calls gaitcheck without ``if __name__ == "__main__":`` would start itself over and over.
    """
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    vars(main).pop("__file__", None)
    vars(main)["__spec__"] = None
    try:
        yield
    finally:
        vars(main).update(kept)


def _deaf_pool(jobs: int, model: str) -> ProcessPoolExecutor:
    """Workers to which Ctrl-C is nothing: this process hears it, ends their work and tidies up.

    A blocked signal stays blocked in a child from its first instruction on, so a worker that is still
    importing can't print a traceback either. They are mute: a user can't act on what a worker says whose parent
    was killed while it started, nor on the system's notes on what a killed one left; faults come back by the pool.
    """
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_get_ready, initargs=(model,)
    )
    deaf = hasattr(signal, "pthread_sigmask")
    if deaf:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with quiet(), _caller_s_script_left_alone():
            for _ in range(jobs):
                pool.submit(_nothing)
    finally:
        if deaf:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    return pool


class _Tracker:
    """Fills parts and hands them to this process or to workers."""

    def __init__(self, model: Path, jobs: int, on_frames: Callable[[int], None]) -> None:
        self._model, self._jobs, self._on_frames = str(model), jobs, on_frames
        self._pool: ProcessPoolExecutor | None = None
        self._own: Landmarker | None = None
        self._waiting: deque[tuple[Future[PartResult], _Buffer]] = deque()
        self._empty: list[_Buffer] = []
        self.results: list[PartResult] = []
        if jobs > 1:
            self._pool = _deaf_pool(jobs, self._model)
        else:
            self._work_here()

    def _work_here(self) -> None:
        """Without workers, in this process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        self._own = _landmarker(self._model) if _keeps_models else MediaPipeLandmarker(Path(self._model))

    def buffer(self, shape: tuple[int, int, int]) -> _Buffer:
        """An empty block; where memory can't be shared (any more), one that is free again, or one of this process."""
        if self._empty:
            return self._empty.pop()
        try:
            return _Buffer(shape, shared=self._pool is not None)
        except OSError:
            if self._waiting:
                self._take()
                return self._empty.pop()
            self._work_here()
            return _Buffer(shape, shared=False)

    def hand_over(self, buffer: _Buffer) -> None:
        if self._own is not None:
            self.results.append(track_part(self._own, buffer.pictures[: buffer.count]))
            self._done_with(buffer)
            return
        assert self._pool is not None and buffer.block is not None
        shape = (buffer.count, *buffer.pictures.shape[1:])
        self._waiting.append((self._pool.submit(_track_shared, buffer.block.name, shape, self._model), buffer))
        while len(self._waiting) > self._jobs:
            self._take()

    def _take(self) -> None:
        future, buffer = self._waiting[0]
        self.results.append(future.result())
        self._waiting.popleft()
        self._done_with(buffer)

    def _done_with(self, buffer: _Buffer) -> None:
        self._on_frames(buffer.count)
        buffer.count = 0
        self._empty.append(buffer)

    def finish(self) -> None:
        while self._waiting:
            self._take()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._own is not None and not _keeps_models:
            self._own.close()
        for buffer in (*(buffer for _, buffer in self._waiting), *self._empty):
            buffer.free()


def track(
    frames: Iterator[Any], model: Path, *, jobs: int, on_frames: Callable[[int], None] = lambda _: None
) -> list[Landmarks]:
    """Landmarks of everybody in a stream of frames; who is there for longest, and largest, comes first.

    Parameters
    ----------
    frames
        Objects with ``time_s``, ``image`` and ``scale``.
    model
        A ``.task`` bundle.
    jobs
        Processes, 1 stays in this one.
    on_frames
        Called with each part's frame count.

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
            buffer = buffer or tracker.buffer(frame.image.shape)
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


def _chains(parts: list[PartResult]) -> list[list[Track | None]]:
    """Everybody's tracks, part by part: people are known again by where they were last and how large."""
    chains: list[list[Track | None]] = []
    places: list[tuple[NDArray[np.float64], float] | None] = []
    for number, part in enumerate(parts):
        for chain in chains:
            chain.append(None)
        for person in part.people:
            begins = person.place(last=False)
            offers = [
                (float(np.linalg.norm(begins[0] - known[0])) / known[1] + abs(np.log(begins[1] / known[1])), k)
                for k, known in enumerate(places)
                if known is not None and begins is not None and known[1] > 0 and begins[1] > 0 and chains[k][-1] is None
            ]
            off, k = min(offers, default=(np.inf, -1))
            if off > KNOWN_AGAIN:
                chains.append([None] * number + [person])
                places.append(person.place(last=True))
            else:
                chains[k][-1] = person
                places[k] = person.place(last=True) or places[k]
    return chains


def _assemble(
    times_s: NDArray[np.float64], parts: list[PartResult], size: tuple[int, int], scale: float
) -> list[Landmarks]:
    chains = _chains(parts) or [[None] * len(parts)]
    people = []
    for chain in chains:
        own = [track or Track.empty(part.frames) for track, part in zip(chain, parts, strict=True)]
        people.append(
            Landmarks(
                times_s=times_s - times_s[0],
                pixels=np.concatenate([track.pixels for track in own]) * scale,
                world=np.concatenate([track.world for track in own]),
                visibility=np.concatenate([track.visibility for track in own]),
                width=round(size[1] * scale),
                height=round(size[0] * scale),
                people_seen=max(part.people_seen for part in parts),
            )
        )
    return sorted(people, key=lambda p: -float(np.nansum(np.ptp(p.pixels[:, :, 1], axis=1))))
