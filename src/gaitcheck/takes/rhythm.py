"""The rhythm of running in one signal: the trunk goes up and down once a step, whatever the view."""

from __future__ import annotations

import numpy as np
import scipy

from gaitcheck.typing import FloatArray

SLOWEST_HZ, FASTEST_HZ = 1.2, 5.0
STRIDE_BELOW_HZ = 2.0
LEAST_SEEN = 0.5
OVERTONE = 0.3
"""Below 120 to the minute a rhythm whose octave is at least this strong is the stride's, the octave the step's; a
trunk's own overtone is about a tenth. Heuristic."""


def strongest_rhythm(height: FloatArray, interval_s: float) -> tuple[float, float]:
    """Frequency (Hz) and amplitude of the strongest oscillation in a running rhythm; ``height`` (T,) without gaps.

    A trunk that dips deeper on one leg, or is tracked so, also swings once a stride: then the octave is taken.
    """
    window = np.hanning(len(height))
    n = 1 << 15
    spectrum = np.abs(np.fft.rfft((height - height.mean()) * window, n))
    frequency = np.fft.rfftfreq(n, interval_s)
    band = (frequency > SLOWEST_HZ) & (frequency < min(FASTEST_HZ, 0.45 / interval_s))
    peak = int(np.argmax(np.where(band, spectrum, 0.0)))
    octave = band & (np.abs(frequency - 2 * frequency[peak]) < 0.1 * frequency[peak])
    if frequency[peak] < STRIDE_BELOW_HZ and octave.any():
        above = int(np.argmax(np.where(octave, spectrum, 0.0)))
        peak = above if spectrum[above] > OVERTONE * spectrum[peak] else peak
    return float(frequency[peak]), float(2 * spectrum[peak] / window.sum())


def lowest_points(height: FloatArray, interval_s: float, step_hz: float) -> FloatArray:
    """Sample positions (n,), with fractions, at which the height is lowest, one a step."""
    high = min(1.35 * step_hz, 0.45 / interval_s)
    sos = scipy.signal.butter(2, [0.7 * step_hz, high], btype="bandpass", fs=1.0 / interval_s, output="sos")
    rhythm = scipy.signal.sosfiltfilt(sos, height)
    peaks, _ = scipy.signal.find_peaks(-rhythm, distance=max(1, int(0.6 / step_hz / interval_s)))
    peaks = peaks[(peaks > 0) & (peaks < len(rhythm) - 1)]
    a, b, c = rhythm[peaks - 1], rhythm[peaks], rhythm[peaks + 1]
    return np.asarray(peaks + 0.5 * (a - c) / (a - 2 * b + c))


def stride_phase(times_s: FloatArray, lowest_s: FloatArray) -> FloatArray:
    """Phase (T,), rad, that grows by pi from each lowest point to the next; a skipped one counts."""
    gaps = np.diff(lowest_s)
    step = float(np.median(gaps))
    number = np.concatenate([[0.0], np.cumsum(np.maximum(np.rint(gaps / step), 1.0))])
    inner = np.interp(times_s, lowest_s, number)
    before, after = np.minimum(times_s - lowest_s[0], 0.0), np.maximum(times_s - lowest_s[-1], 0.0)
    return np.asarray(np.pi * (inner + (before + after) / step))


def swings_as_expected(gap: FloatArray, phase: FloatArray, expected_deg: float) -> float:
    """How clearly a difference of sides (T,) swings once a stride, largest at the phase where it should be.

    Parameters
    ----------
    gap
        Right less left of a joint, NaN where it was not seen.
    phase
        Of the stride, rad, as ``stride_phase``.

    Returns
    -------
    1 for a pure swing at that phase, -1 for one half a stride later, 0 for none, or where too little is seen.
    """
    seen = np.isfinite(gap)
    if seen.mean() < LEAST_SEEN or float(np.std(gap[seen])) < 1e-6:
        return 0.0
    swing = gap[seen] - gap[seen].mean()
    turned = np.sqrt(2.0) * np.mean(swing * np.exp(-1j * phase[seen])) / swing.std()
    return float(np.real(turned * np.exp(-1j * np.deg2rad(expected_deg))))
