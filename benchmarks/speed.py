"""Time and memory of ``gaitcheck analyze`` against a plain cv2 + detect_for_video loop, as ratios.

    python benchmarks/speed.py CLIP --runs 3

Both run as whole processes, in turn; wall time and the largest resident size of any one process are
the medians over the runs. The plain loop only decodes and finds landmarks: no smoothing, no events,
no report. ``--end`` of analyze is not used: both see every frame.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAIN = """
import sys, cv2, mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[1]),
                                       running_mode=vision.RunningMode.VIDEO)
landmarker = vision.PoseLandmarker.create_from_options(options)
clip = cv2.VideoCapture(sys.argv[2])
rate, k = clip.get(cv2.CAP_PROP_FPS), 0
while True:
    good, frame = clip.read()
    if not good:
        break
    image = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
    landmarker.detect_for_video(image, int(1000 * k / rate))
    k += 1
landmarker.close()
"""


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and the largest resident size (MB) of the process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {command}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", type=Path, default=Path("models/pose_full.task"))
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"plain": [], "gaitcheck": []}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN)
        for k in range(options.runs):
            found["plain"].append(measure([sys.executable, str(script), str(options.model), str(options.clip)]))
            out = str(Path(folder) / f"out{k}")
            command = [sys.executable, "-m", "gaitcheck.cli", "analyze", str(options.clip), "--out", out, "--quiet"]
            found["gaitcheck"].append(measure(command))
    for name, runs in found.items():
        seconds, megabytes = (statistics.median(r[i] for r in runs) for i in (0, 1))
        print(f"{name}: {seconds:.1f} s, {megabytes:.0f} MB (largest process)")
    time_ratio = statistics.median(b[0] / a[0] for a, b in zip(found["plain"], found["gaitcheck"], strict=True))
    size_ratio = statistics.median(b[1] / a[1] for a, b in zip(found["plain"], found["gaitcheck"], strict=True))
    print(f"ratio gaitcheck / plain: time {time_ratio:.2f}, memory {size_ratio:.2f}")


if __name__ == "__main__":
    main()
