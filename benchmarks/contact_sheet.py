"""Twenty-four frames of a clip with the joints drawn in: as the pose model saw them, and as they were measured.

    python benchmarks/contact_sheet.py CLIP... --out FOLDER      # FOLDER/NAME.png for each clip

Orange: landmarks, legs put right. Blue: joints as measured, which stills and overlay draw. Frames are spread over four
strides, so that every phase is seen; the standing leg's line is thick. Look whether each dot lies on its limb.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from gaitcheck.gait.in_picture import joints_in_picture, landmarks_in_picture
from gaitcheck.gait.sight.crop import cut
from gaitcheck.measure import measure
from gaitcheck.pose.landmarks import INDEX
from gaitcheck.pose.models import model_path
from gaitcheck.pose.segments import track
from gaitcheck.takes import choose_runner, choose_take
from gaitcheck.video import Film, decode, probe

FRAMES, ACROSS, TALL_PX = 24, 8, 420
BONES = (("hip", "knee"), ("knee", "ankle"), ("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index"))
COLOURS = {"seen": (235, 120, 20), "measured": (30, 110, 235)}


def _draw(picture: np.ndarray, points: np.ndarray, colour: tuple[int, int, int], standing: str | None) -> None:
    """One set of joints (33, 2) into a picture, both legs, pelvis and shoulders."""
    for side in ("left", "right"):
        for a, b in BONES:
            ends = points[[INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"]]]
            if np.isfinite(ends).all():
                first, second = (tuple(int(v) for v in end) for end in ends)
                cv2.line(picture, first, second, colour, 3 if side == standing else 1, cv2.LINE_AA)
    for name in ("hip", "shoulder"):
        ends = points[[INDEX[f"left_{name}"], INDEX[f"right_{name}"]]]
        if np.isfinite(ends).all():
            first, second = (tuple(int(v) for v in end) for end in ends)
            cv2.line(picture, first, second, colour, 1, cv2.LINE_AA)
            for end in (first, second):
                cv2.circle(picture, end, 3, colour, -1, cv2.LINE_AA)


def sheet(clip_path: Path) -> np.ndarray:
    """The contact sheet of a clip, RGB."""
    clip, film = probe(clip_path), Film()
    pictures = []

    def frames():
        for frame in decode(clip):
            film.add(frame)
            pictures.append(frame.image)
            yield frame

    people = track(frames(), model_path("auto"), jobs=2)
    chosen = choose_runner(
        people, None, lambda p: choose_take(p, film.changes, film.broken_off, name=clip.name, fps=clip.fps)
    )
    take = chosen.take
    first = chosen.landmarks.first_row(take.start_s)
    landmarks = chosen.landmarks.part(take.start_s, take.stop_s, take.scale.factor)
    share = pictures[0].shape[0] / landmarks.height

    def eyes(frames: list[int]) -> dict[int, np.ndarray]:
        return {k: cut(pictures[first + k], share * landmarks.pixels[k]) for k in frames}

    reading = measure(landmarks, eyes=eyes)
    measured = joints_in_picture(
        reading.landmarks, reading.motion, reading.plane, reading.stances, model_path("auto").stem
    ).pixels
    seen = landmarks_in_picture(reading.landmarks, reading.motion)
    contacts = [s for s in reading.stances if s.next_own_contact_s is not None]
    middle = contacts[len(contacts) // 2 - min(4, len(contacts) // 2)]
    assert middle.next_own_contact_s is not None
    stride = middle.next_own_contact_s - middle.initial_contact_s
    times = middle.initial_contact_s - 0.1 * stride + np.linspace(0, 4, FRAMES, endpoint=False) * stride
    scale = landmarks.height / pictures[0].shape[0]
    tiles = []
    for t in times:
        k = int(np.argmin(np.abs(landmarks.times_s - t)))
        picture = pictures[first + k].copy()
        body = measured[k] / scale
        standing = next((s.side for s in reading.stances if s.initial_contact_s <= t < s.toe_off_s), None)
        low, high = np.nanmin(body, axis=0), np.nanmax(body, axis=0)
        tall = 1.15 * float(high[1] - low[1])
        x, y = (low + high) / 2
        zoom = TALL_PX / tall
        turn = np.array([[zoom, 0, TALL_PX * 0.33 - zoom * x], [0, zoom, TALL_PX * 0.5 - zoom * y]])
        tile = cv2.warpAffine(picture, turn, (round(TALL_PX * 0.66), TALL_PX), flags=cv2.INTER_AREA)
        for points, name in ((seen[k] / scale, "seen"), (body, "measured")):
            _draw(tile, points @ turn[:, :2].T + turn[:, 2], COLOURS[name], standing)
        cv2.putText(tile, f"{landmarks.times_s[k]:.2f} s {standing or ''}", (6, 16), 0, 0.42, (255, 255, 255), 1, 16)
        tiles.append(tile)
    rows = [np.hstack(tiles[k : k + ACROSS]) for k in range(0, FRAMES, ACROSS)]
    return np.vstack(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for clip in options.clips:
        target = options.out / f"{clip.stem}.png"
        cv2.imwrite(str(target), cv2.cvtColor(sheet(clip), cv2.COLOR_RGB2BGR))
        print(target)


if __name__ == "__main__":
    main()
