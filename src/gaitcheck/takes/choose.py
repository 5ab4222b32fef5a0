"""A clip's longest take of one person running: the rest is left out, and named.

The clip is split where the film is broken. Between breaks, windows of a few steps say how fast and how strongly the
trunk bounces; neighbouring windows of one rate are a piece. A piece is running, walking, or neither, at a factor by
which it plays slowly. The running piece with the most steps counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gaitcheck.errors import RunnerError
from gaitcheck.pose.landmarks import Landmarks
from gaitcheck.takes import breaks
from gaitcheck.takes.breaks import Break
from gaitcheck.takes.signals import Signals, signals_of
from gaitcheck.takes.time_scale import TOO_FAST, TimeScale, judge_time_scale
from gaitcheck.typing import FloatArray

SLOWEST_HZ, FASTEST_HZ = 0.12, 6.5
"""Steps a second of playback: running filmed at 960 and played at 30, to running played at double speed."""
WINDOW_STEPS, HOP_STEPS = 5.0, 0.5
AROUND = 2
"""Windows on each side that steady one."""
LEAST_MOVING = 0.012
"""Ankles whose difference in height varies by less (sd, leg lengths) belong to nobody who walks or runs."""
LEAST_BOUNCE = 0.001
OF_USUAL_BOUNCE = 0.6
SAME_RATE = 0.15
"""Rates of neighbouring windows further apart, as a share, are two rates."""
OTHER_RATE = 0.35
"""Rates further apart, in logarithms, are looked for with windows of different length."""
FEWEST_CYCLES = 1.5
"""A window tells of rhythms that go round so often in it."""
STRIDES_BELOW = 0.3
"""Limbs that swing so much less at half a rate than at the rate itself tell that it is the stride's: 0.07 and 0.15
where it is, 0.7 and more where it is not (130 clips)."""
SHORTEST_S = 2.0
LEAST_STEPS = 6.0
OFTEN = 4
LIKELY = 0.8
WORTH_NAMING_S = 1.0
LEAST_PART_S = 0.1
NEAR_S = 0.4
"""A break so near to the end of a part is what parts it from the take."""
LEAST_SEEN = 0.6


@dataclass(frozen=True)
class Part:
    """A stretch of the clip that was left out, playback s, and why."""

    start_s: float
    stop_s: float
    why: str


@dataclass(frozen=True)
class Take:
    """What is measured of a clip: from ``start_s`` up to ``stop_s`` of playback, at a time scale.

    ``whole`` where nothing was left out; ``left_out`` names what was, in time order.
    """

    start_s: float
    stop_s: float
    whole: bool
    scale: TimeScale
    left_out: tuple[Part, ...]


@dataclass(frozen=True)
class _Piece:
    """A stretch of one rate: playback s, steps a second, bounce in leg lengths."""

    start_s: float
    stop_s: float
    rate_hz: float
    bounce: float

    @property
    def steps(self) -> float:
        return (self.stop_s - self.start_s) * self.rate_hz


@dataclass(frozen=True)
class _Window:
    middle_s: float
    rate_hz: float
    bounce: float
    moves: bool


def _spectrum(values: FloatArray, interval_s: float) -> tuple[FloatArray, FloatArray]:
    """Frequencies (Hz) and amplitudes of a detrended, windowed signal."""
    ramp = np.arange(len(values))
    straight = np.polyval(np.polyfit(ramp, values, 1), ramp)
    window = np.hanning(len(values))
    n = 1 << int(np.ceil(np.log2(8 * len(values))))
    spectrum = np.abs(np.fft.rfft((values - straight) * window, n)) * 2 / window.sum()
    return np.asarray(np.fft.rfftfreq(n, interval_s), dtype=np.float64), np.asarray(spectrum, dtype=np.float64)


def _strongest(signals: Signals, rows: slice, low_hz: float, high_hz: float) -> tuple[float, float]:
    """Rate (1/s) that trunk and ankles share most strongly, and the trunk's amplitude at it; (nan, 0) for none."""
    frequency, trunk = _spectrum(signals.trunk[rows], signals.interval_s)
    _, ankles = _spectrum(signals.ankles[rows], signals.interval_s)
    band = (frequency > low_hz) & (frequency < min(high_hz, 0.45 / signals.interval_s))
    if not band.any():
        return float("nan"), 0.0
    shared = trunk / max(float(trunk[band].max()), 1e-9) + ankles / max(float(ankles[band].max()), 1e-9)
    peak = int(np.argmax(np.where(band, shared, 0.0)))
    return float(frequency[peak]), float(trunk[max(0, peak - 2) : peak + 3].max())


def _windows(signals: Signals, start_s: float, stop_s: float, rate_hz: float) -> list[_Window]:
    """Rate and bounce over windows of a few steps, from one break to the next."""
    length = min(WINDOW_STEPS / rate_hz, stop_s - start_s)
    starts = np.arange(start_s, stop_s - length + 1e-9, HOP_STEPS / rate_hz)
    found = []
    for begin in starts:
        rows = signals.between(begin, begin + length)
        if rows.stop - rows.start < 8:
            continue
        own_hz, bounce = _strongest(signals, rows, max(SLOWEST_HZ, FEWEST_CYCLES / length), FASTEST_HZ)
        moves = float(signals.ankles[rows].std()) > LEAST_MOVING and float(signals.seen[rows].mean()) > LEAST_SEEN
        found.append(_Window(float(begin + length / 2), own_hz, bounce, moves and bounce > LEAST_BOUNCE))
    return found


def _steadied(windows: list[_Window]) -> list[_Window]:
    """Windows with the median rate, bounce and motion around them: one that was misread is nobody's stop."""
    found = []
    for k, window in enumerate(windows):
        around = windows[max(0, k - AROUND) : k + AROUND + 1]
        rate, bounce = (float(np.median([getattr(w, name) for w in around])) for name in ("rate_hz", "bounce"))
        found.append(_Window(window.middle_s, rate, bounce, float(np.mean([w.moves for w in around])) > 0.5))
    return found


def _runs(windows: list[_Window]) -> Iterator[list[_Window]]:
    """Neighbouring windows that move at one rate."""
    run: list[_Window] = []
    for window in windows:
        if run and window.moves:
            usual = float(np.median([w.rate_hz for w in run[-6:]]))
            if abs(np.log(window.rate_hz / usual)) < SAME_RATE:
                run.append(window)
                continue
        if run:
            yield run
        run = [window] if window.moves else []
    if run:
        yield run


def _strength(values: FloatArray, times_s: FloatArray, rate_hz: float) -> float:
    """How strongly limbs (T, n) swing at a rate, give or take a little."""
    swing = (values - values.mean(axis=0)) * np.hanning(len(values))[:, None]
    near = rate_hz * np.linspace(0.93, 1.07, 9)
    return float(max(np.linalg.norm(np.exp(-2j * np.pi * rate * times_s) @ swing) for rate in near))


def _of_steps(signals: Signals, piece: _Piece) -> _Piece:
    """A piece by its steps, where its rate is the stride's: left and right limbs swing once a stride, not once a step.

    A trunk that sways with one leg, or is tracked so, goes up and down once a stride.
    """
    rows = signals.between(piece.start_s, piece.stop_s)
    times = signals.times_s[rows]
    if len(times) < 8:
        return piece
    ratios = [
        _strength(limbs[rows], times, piece.rate_hz / 2) / max(_strength(limbs[rows], times, piece.rate_hz), 1e-9)
        for limbs in signals.limbs.values()
    ]
    if max(ratios) > STRIDES_BELOW:
        return piece
    rate_hz, bounce = _strongest(signals, rows, 1.7 * piece.rate_hz, 2.3 * piece.rate_hz)
    return _Piece(piece.start_s, piece.stop_s, rate_hz, bounce) if np.isfinite(rate_hz) else piece


def _rates(signals: Signals, start_s: float, stop_s: float) -> list[float]:
    """Rates that occur between two breaks, the strongest first: windows as long as suit that one find the others."""
    rows = signals.between(start_s, stop_s)
    if rows.stop - rows.start < 16:
        return []
    rate_hz, _ = _strongest(signals, rows, SLOWEST_HZ, FASTEST_HZ)
    if not np.isfinite(rate_hz):
        return []
    found = [rate_hz]
    for window in _windows(signals, start_s, stop_s, rate_hz):
        if window.moves and all(abs(np.log(window.rate_hz / rate)) > OTHER_RATE for rate in found):
            found.append(window.rate_hz)
    return found


def _pieces(signals: Signals, start_s: float, stop_s: float) -> Iterator[_Piece]:
    """Pieces of one rate between two breaks, each looked for with windows of its own length."""
    for rate_hz in _rates(signals, start_s, stop_s):
        for piece in _pieces_at(signals, start_s, stop_s, rate_hz):
            if abs(np.log(piece.rate_hz / rate_hz)) <= OTHER_RATE:
                yield _of_steps(signals, piece)


def _pieces_at(signals: Signals, start_s: float, stop_s: float, rate_hz: float) -> Iterator[_Piece]:
    """Pieces found with windows that suit a rate."""
    windows = _steadied(_windows(signals, start_s, stop_s, rate_hz))
    for run in _runs(windows):
        usual = float(np.median([window.bounce for window in run]))
        firm = [window for window in run if window.bounce > OF_USUAL_BOUNCE * usual]
        first, last = firm[0], firm[-1]
        yield _Piece(
            start_s if first is windows[0] else first.middle_s,
            stop_s if last is windows[-1] else last.middle_s,
            float(np.median([window.rate_hz for window in firm])),
            float(np.median([window.bounce for window in firm])),
        )


def _broken(landmarks: Landmarks, changes: FloatArray, broken_off: NDArray[np.bool_]) -> list[Break]:
    """Every break that shows before anything is known of gait."""
    times = landmarks.times_s
    found = [Break(float(t), "size") for t in times[broken_off]]
    found += [*breaks.gaps(times), *breaks.cuts(times, changes), *breaks.jumps(landmarks), *breaks.turns(landmarks)]
    return sorted(found, key=lambda b: b.time_s)


def _split(piece: _Piece, landmarks: Landmarks, signals: Signals) -> tuple[list[_Piece], list[Break]]:
    """A piece between its lost steps and turnings back."""
    found = [
        *breaks.lost_steps(signals, signals.between(piece.start_s, piece.stop_s), piece.rate_hz),
        *breaks.turned_back(landmarks, piece.start_s, piece.stop_s, 2.0 / piece.rate_hz),
    ]
    edges = [piece.start_s, *sorted(b.time_s for b in found), piece.stop_s]
    return [_Piece(a, b, piece.rate_hz, piece.bounce) for a, b in pairwise(edges)], found


def _refuse(name: str, judged: list[tuple[_Piece, TimeScale]], found: list[Break], given: bool) -> RunnerError:
    """Why nothing of a clip is running, in one sentence, by what most of it is."""
    if len(found) >= OFTEN and sum(p.stop_s - p.start_s for p, _ in judged) / len(found) < 2 * SHORTEST_S:
        return RunnerError(
            f"The runner is lost again and again in {name}; film the whole body with nothing in front of it, in good "
            "light."
        )
    brief = [
        (p.stop_s - p.start_s) / s.factor
        for p, s in judged
        if s.believed and s.kind == "running" and s.factor != TOO_FAST
    ]
    if brief:
        return RunnerError(f"{name} holds only {max(brief):.1f} s of running in one piece; film 20-30 s.")
    if not judged:
        return RunnerError(
            f"The person in {name} stands still, or can't be followed; film running at an easy speed on a treadmill."
        )
    walks = [one for one in judged if one[1].walks > LIKELY]
    walked, moved = (sum(p.stop_s - p.start_s for p, _ in some) for some in (walks, judged))
    piece, scale = max(walks if 2 * walked > moved else judged, key=lambda one: one[0].stop_s - one[0].start_s)
    per_min = 60 * piece.rate_hz
    if given:
        return RunnerError(
            f"At the --capture-fps given the person in {name} makes {per_min:.0f} steps a minute, which is no running; "
            "check the rate, or leave it out."
        )
    if scale.walks > LIKELY:
        return RunnerError(f"The person in {name} walks; film running at an easy speed on a treadmill.")
    if scale.factor == TOO_FAST:
        return RunnerError(
            f"{name} seems to play too fast ({per_min:.0f} steps a minute); export it at its real speed, or give the "
            "camera's rate with --capture-fps."
        )
    return RunnerError(
        f"How fast {name} plays can't be told ({per_min:.0f} steps a minute): is it slow motion? Then give the "
        "camera's rate with --capture-fps; else film running at an easy speed on a treadmill."
    )


def _kind(piece: _Piece, scale: TimeScale, take: _Piece, take_scale: TimeScale) -> str:
    """What a piece beside the take is: walking, running at another rate or speed, the same running, or unclear."""
    if not scale.believed:
        return "walking" if scale.walks > LIKELY else "unclear"
    same = scale.factor == take_scale.factor and abs(np.log(piece.rate_hz / take.rate_hz)) < SAME_RATE
    return "same" if scale.kind == "running" and same else scale.kind


def _left_out(
    take: _Piece,
    scale: TimeScale,
    times_s: FloatArray,
    judged: list[tuple[_Piece, TimeScale]],
    found: list[Break],
) -> list[Part]:
    """What lies outside the take, between breaks, with what was seen there or what parts it from the take."""
    interval = float(np.median(np.diff(times_s)))
    clip_s = float(times_s[-1]) + interval
    inner = [b.time_s for b in found] + [t for p, _ in judged for t in (p.start_s, p.stop_s)]
    parts: list[Part] = []
    for start, stop in ((0.0, take.start_s), (take.stop_s, clip_s)):
        edges = sorted({start, *(t for t in inner if start < t < stop), stop})
        for first, last in pairwise(edges):
            shown_s = interval * int(((times_s >= first) & (times_s < last)).sum())
            codes = [b.code for b in found if abs(b.time_s - (last if stop == take.start_s else first)) < NEAR_S]
            if shown_s < (LEAST_PART_S if codes else WORTH_NAMING_S):
                continue
            inside = [
                one for one in judged if min(one[0].stop_s, last) - max(one[0].start_s, first) > 0.5 * (last - first)
            ]
            kind = "still" if not inside else _kind(*inside[0], take, scale)
            why = codes[0] if codes and kind in ("running", "same", "unclear") else kind
            if parts and parts[-1].why == why and first - parts[-1].stop_s < NEAR_S:
                parts[-1] = Part(parts[-1].start_s, last, why)
            else:
                parts.append(Part(first, last, why))
    return parts


def choose_take(
    landmarks: Landmarks,
    changes: FloatArray,
    broken_off: NDArray[np.bool_],
    *,
    name: str,
    fps: float,
    tagged_fps: float | None = None,
    given: bool = False,
) -> Take:
    """The take of a clip that is measured.

    Parameters
    ----------
    landmarks
        Of the whole clip, in playback time.
    changes, broken_off
        (T,) how much each picture differs from the one before, and whether the decoder saw the film break before it.
    fps
        Of playback.
    tagged_fps
        What a tag says the camera recorded at.
    given
        The time scale was given and is in the landmarks' times already.

    Raises
    ------
    RunnerError
        If nobody runs in it, or how fast it plays can't be told.
    """
    signals = signals_of(landmarks)
    if signals is None:
        raise _refuse(name, [], [], given)
    judged: list[tuple[_Piece, TimeScale]] = []
    found = _broken(landmarks, changes, broken_off)
    clip_s = float(landmarks.times_s[-1]) + landmarks.frame_interval_s
    edges = [0.0, *(b.time_s for b in found), clip_s]
    for start, edge in pairwise(edges):
        shown = landmarks.times_s[(landmarks.times_s >= start) & (landmarks.times_s < edge)]
        stop = edge if len(shown) == 0 else min(edge, float(shown[-1]) + landmarks.frame_interval_s)
        for piece in _pieces(signals, start, stop):
            parts, inside = _split(piece, landmarks, signals)
            found += inside
            scale = judge_time_scale(piece.bounce, piece.rate_hz, fps, tagged_fps, given=given)
            judged += [(part, scale) for part in parts]
    runs = [
        (piece, scale)
        for piece, scale in judged
        if scale.believed and scale.kind == "running" and scale.factor != TOO_FAST and piece.steps >= LEAST_STEPS
    ]
    if not runs:
        raise _refuse(name, judged, found, given)
    best, scale = max(runs, key=lambda one: one[0].steps)
    left_out = _left_out(best, scale, landmarks.times_s, judged, found)
    broken = any(not best.start_s + NEAR_S < b.time_s < best.stop_s - NEAR_S for b in found)
    whole = not left_out and not broken
    start, stop = (0.0, clip_s) if whole else (best.start_s, best.stop_s)
    return Take(start, stop, whole, scale, tuple(left_out))
