"""How fast a clip plays: free fall is the clock that every runner carries.

In flight a trunk falls at g, so the bounce of the trunk once a step, A (fundamental amplitude in metres) at the rate w,
has A w^2 near 1.1 g, whatever the runner: 0.67 g where flight just vanishes, 1.4 g in long flight (the Fourier series
of a half-sine push whose mean is body weight). Played n times too slowly, A w^2 is n^2 times too small and the steps
are n times too few. Walkers bounce less and step at their own rate. Each hypothesis (running or walking, played at a
factor) is weighed by both, by what rates cameras record at, and by what the file's tag says; one is believed only
where the others together are far less likely.

Biased by: a leg length taken for 0.80 m (a tall runner seems to play slowly by 5 %); a trunk that is tracked badly.
Source: Newton; step rates of running 140-220 and walking 85-135 to the minute (Malisoux 2023; Winter 2009). Spreads
are heuristics, wider than those of rendered, recorded and real runners (docs/validation.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["running", "walking"]

GRAVITY_M_S2 = 9.81
LEG_M = 0.80
FREE_FALL = (np.log(1.10), 0.26)
"""Logarithm of A w^2 / g in running: mean and sd."""
RATES = {"running": (np.log(168.0 / 60.0), 0.12), "walking": (np.log(108.0 / 60.0), 0.13)}
"""Logarithm of steps a second: mean and sd."""
WALKING_BOUNCE = (np.log(0.021), 0.30)
STEEPER_WITH_RATE = 1.5
"""Logarithm of A in leg lengths in walking at the usual rate: mean and sd. It grows with the step, and steps with the
rate (about 3 cm up and down when slow, 5 cm when fast). A smaller bounce than that is no sign of anything: a pose model
smooths it away. Heuristic."""
LEAST_OFF = -1.5
OCTAVES = {1.0: 1.0, 2.0: 0.3, 0.5: 0.3}
"""What a walker's step rate is of the strongest rhythm, and how often; heuristic."""
BESIDE_THE_STEP = (np.log(0.010), 0.35)
"""Logarithm of the bounce of such a rhythm, in leg lengths: mean and sd; heuristic."""
CAMERA_RATES = (60.0, 120.0, 240.0, 480.0, 960.0)
SLOWEST_CAMERA = 45.0
"""Slow motion is filmed at 48 pictures a second at least; what was filmed at fewer and slowed down later can't be
told."""
PLAIN_FACTORS = (2.0, 4.0, 8.0, 10.0)
TOO_FAST = 0.5
SLOWEST_FACTOR = 1.5
PRIORS = {"given": 1.0, "as_stamped": 0.88, "tag": 0.5, "camera": 0.03, "plain": 0.003, "too_fast": 0.005}
"""How likely a factor is before anything is seen; heuristic. A tag speaks of half of all clips rightly."""
WALKS = 0.05
FAR_LIKELIER = 0.97
FARTHEST, FARTHEST_WALK = 4.0, 3.0
"""Nothing is believed, nobody said to walk, that lies more than this many sd off what it should be."""


@dataclass(frozen=True)
class TimeScale:
    """What a stretch of gait is, and by which factor it plays slowly.

    ``certain`` is the probability of both, ``walks`` that of walking at any factor.
    """

    kind: Kind
    factor: float
    source: str
    certain: float
    believed: bool
    walks: float


def free_fall_share(bounce_of_leg: float, rate_hz: float) -> float:
    """A w^2 / g for a bounce (leg lengths) at a rate (1/s), as if the clip played in real time."""
    return float(bounce_of_leg * LEG_M * (2 * np.pi * rate_hz) ** 2 / GRAVITY_M_S2)


def candidates(fps: float, tagged_fps: float | None) -> dict[float, str]:
    """Factors by which a clip of ``fps`` may play slowly, and where each comes from; factors within 5 % are one."""
    found: dict[float, str] = {1.0: "as_stamped", TOO_FAST: "too_fast"}
    told = [(tagged_fps / fps, "tag")] if tagged_fps is not None else []
    told += [(rate / fps, "camera") for rate in CAMERA_RATES] + [(factor, "plain") for factor in PLAIN_FACTORS]
    for factor, source in told:
        filmed = factor * fps >= SLOWEST_CAMERA
        if filmed and factor >= SLOWEST_FACTOR and all(abs(np.log(factor / other)) > 0.05 for other in found):
            found[factor] = source
    return found


def _off(value: float, expected: tuple[float, float]) -> float:
    return float((np.log(value) - expected[0]) / expected[1])


def _log_density(value: float, expected: tuple[float, float]) -> float:
    return float(-0.5 * _off(value, expected) ** 2 - np.log(expected[1]))


def _pendulum(rate_hz: float) -> tuple[float, float]:
    """What the logarithm of a walker's bounce should be at a rate: mean and sd."""
    faster = np.log(rate_hz) - RATES["walking"][0]
    return float(WALKING_BOUNCE[0] + STEEPER_WITH_RATE * faster), WALKING_BOUNCE[1]


def _walking(bounce_of_leg: float, rate_hz: float) -> tuple[float, float]:
    """Logarithm of the likelihood of a bounce and a rate in walking, and how many sd off it the farther of them lies.

    A walker's bounce is small, so that the stride's rhythm, or the overtone of the step's, may look stronger.
    """
    found = []
    for octave, share in OCTAVES.items():
        rate = octave * rate_hz
        expected = _pendulum(rate) if octave == 1.0 else BESIDE_THE_STEP
        swing = max(_off(bounce_of_leg, expected), LEAST_OFF)
        density = _log_density(rate, RATES["walking"]) - 0.5 * swing**2 - np.log(expected[1])
        found.append((float(np.log(share) + density), max(abs(_off(rate, RATES["walking"])), abs(swing))))
    return max(found)


def judge_time_scale(
    bounce_of_leg: float, rate_hz: float, fps: float, tagged_fps: float | None = None, *, given: bool = False
) -> TimeScale:
    """The likeliest of running and walking at each factor, for a bounce of the trunk (leg lengths) at a rate (1/s).

    Parameters
    ----------
    fps, tagged_fps
        Rate at which the clip plays, and the rate at which a tag says it was filmed.
    given
        Somebody said how fast it plays, so only whether it is running is asked.
    """
    share = free_fall_share(bounce_of_leg, rate_hz)
    weighed: list[tuple[float, Kind, float, str, float]] = []
    factors = {1.0: "given"} if given else candidates(fps, tagged_fps)
    for factor, source in factors.items():
        rate, prior = factor * rate_hz, np.log(PRIORS[source])
        run = _log_density(rate, RATES["running"]) + _log_density(share * factor**2, FREE_FALL)
        walk, walk_off = _walking(bounce_of_leg, rate)
        off = max(abs(_off(rate, RATES["running"])), abs(_off(share * factor**2, FREE_FALL)))
        weighed.append((prior + run, "running", factor, source, off))
        weighed.append((prior + np.log(WALKS) + walk, "walking", factor, source, walk_off))
    logs = np.array([row[0] for row in weighed])
    shares = np.exp(logs - logs.max())
    best = int(np.argmax(logs))
    certain = float(shares[best] / shares.sum())
    _, kind, factor, source, off = weighed[best]
    plausible = np.array([row[1] == "walking" and row[4] <= FARTHEST_WALK for row in weighed])
    walks = float(shares[plausible].sum() / shares.sum())
    return TimeScale(kind, factor, source, certain, certain >= FAR_LIKELIER and off <= FARTHEST, walks)
