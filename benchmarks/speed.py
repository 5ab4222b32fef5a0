"""Time and memory of ``gaitcheck analyze`` against a plain cv2 + detect_for_video loop, as ratios.

    python benchmarks/speed.py CLIP --runs 3

Both run as whole processes, in turn; wall time and the most memory that a process and all it started hold together
(shared pages once, read twenty times a second) are the medians over the runs. The plain loop only decodes and finds
landmarks: no smoothing, no events, no report. ``--end`` of analyze is not used: both see every frame. Then the pose
stage alone, against what the landmark network alone would take on every core at once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from gaitcheck.pose.landmarker import MediaPipeLandmarker
from gaitcheck.pose.segments import track
from gaitcheck.video import ProxyWriter, decode, probe

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


def _children(process: int) -> list[int]:
    """A process and everything below it."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _children(int(child))
    return found


def _held_mb(process: int) -> float:
    """Proportional memory of a process and all below it."""
    total = 0.0
    for one in _children(process):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            total += float(line.split()[1]) / 1024 if line.startswith("Pss:") else 0.0
    return total


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds, and the most memory held at once (MB)."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, ended = 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(0.05):
            try:
                most = max(most, _held_mb(process.pid))
            except OSError:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = process.wait()
    seconds = time.monotonic() - started
    ended.set()
    watcher.join()
    if status != 0:
        raise SystemExit(f"failed: {command}")
    return seconds, most


def stage_against_bound(clip: Path, model: Path) -> tuple[float, float]:
    """Seconds of following and proxy, and of the landmark network alone on every core at once."""
    info = probe(clip)
    with tempfile.TemporaryDirectory() as folder, ProxyWriter(Path(folder) / "proxy.mp4", info.looked_at_fps) as proxy:
        frames = 0
        pictures = []

        def written():
            nonlocal frames
            for frame in decode(info):
                proxy.write(frame.image, frame.time_s)
                frames += 1
                if frames <= 60:
                    pictures.append(frame.image.copy())
                yield frame

        started = time.monotonic()
        track(written(), model, jobs=os.cpu_count() or 1)
        stage = time.monotonic() - started
    eyes = MediaPipeLandmarker(model)
    for picture in pictures[:5]:
        eyes.track(picture)
    started = time.monotonic()
    for picture in pictures:
        eyes.track(picture)
    alone = (time.monotonic() - started) / len(pictures)
    eyes.close()
    return stage, frames * alone / (os.cpu_count() or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", type=Path, default=Path("models/pose_full.task"))
    parser.add_argument("--alone", action="store_true", help="Leave the plain loop out.")
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"plain": [], "gaitcheck": []}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN)
        for k in range(options.runs):
            if not options.alone:
                found["plain"].append(measure([sys.executable, str(script), str(options.model), str(options.clip)]))
            out = str(Path(folder) / f"out{k}")
            command = [sys.executable, "-m", "gaitcheck.cli", "analyze", str(options.clip), "--out", out, "--quiet"]
            found["gaitcheck"].append(measure(command))
    for name, runs in found.items():
        if runs:
            seconds, megabytes = (statistics.median(r[i] for r in runs) for i in (0, 1))
            print(f"{name}: {seconds:.1f} s, {megabytes:.0f} MB (all processes together)")
    if not options.alone:
        pairs = list(zip(found["plain"], found["gaitcheck"], strict=True))
        time_ratio, size_ratio = (statistics.median(b[i] / a[i] for a, b in pairs) for i in (0, 1))
        print(f"ratio gaitcheck / plain: time {time_ratio:.2f}, memory {size_ratio:.2f}")
    stage, bound = stage_against_bound(options.clip, options.model)
    print(f"pose stage {stage:.1f} s, network alone on every core {bound:.1f} s: {stage / bound:.2f}")


if __name__ == "__main__":
    main()
