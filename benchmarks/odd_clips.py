"""What real phones and apps make of clips, and what gaitcheck makes of those.

    python benchmarks/odd_clips.py FOLDER                # make every case, analyse it, print the table
    python benchmarks/odd_clips.py FOLDER --only slow    # cases whose name holds a word
    python benchmarks/odd_clips.py FOLDER --write        # and write the table into docs/validation.md

Every case is made from the project's rendered samples, from rendered walkers, or from the shared clips where they are
present. A case is right if it says what the untouched clip says (view, cadence, contact, knee angle and foot placement
of each side), or what is written here; refused if it is refused with exit code 3 and the words written here; else
wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

os.environ.setdefault("LP_NUM_THREADS", "1")

import numpy as np

import film_tools as film
import other_motions
from clips import SHARED, recorded_jobs
from gaitcheck.analysis import Analysis, load
from gaitcheck.analysis.document import Athlete
from gaitcheck.analysis.store import write_whole
from gaitcheck.errors import GaitcheckError
from gaitcheck.pipeline import analyze
from gaitcheck.report.content import Writer
from gaitcheck.request import Request
from gaitcheck.setup import Setup
from gaitcheck.synthetic.population import random_recipe
from gaitcheck.synthetic.recipe import render_clip
from torture_case import TOLERANCES, table

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_videos"
REAR, OTHER_REAR, FRONT = "rear_valgus_crossover", "rear_typical", "front_valgus"
SIDE, OTHER_SIDE, SLOW = "left_overstriding", "right_typical", "left_slow_motion_240fps"
Make = Callable[[Path], Path]


@dataclass(frozen=True)
class Case:
    """One odd clip. ``like``: the sample or clip it must agree with; ``refused``: words of the refusal that is right,
    instead or as well; ``note``: a quality code that must be told; ``view``: told otherwise than by ``like``;
    ``also``: a second clip of the visit; ``steps``: every step must bear the name of the true foot."""

    name: str
    kind: str
    make: Make
    like: str | None = None
    refused: str | None = None
    note: str | None = None
    view: str | None = None
    mirror: bool = False
    also: Make | None = None
    steps: bool = False
    asked: dict[str, Any] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)


def sample(name: str) -> Path:
    return SAMPLES / f"{name}.mp4"


def shared(name: str) -> Make:
    def make(target: Path) -> Path:
        return SHARED / name

    return make


@lru_cache(maxsize=4)
def _all(name: str) -> tuple[film.Picture, ...]:
    return tuple(film.pictures(sample(name)))


def shots(name: str, start_s: float = 0.0, seconds: float = 6.0, every: int = 1) -> list[film.Picture]:
    """Pictures of a sample that plays at 60 a second."""
    whole = _all(name)
    return list(whole[round(60 * start_s) : round(60 * (start_s + seconds)) : every])


def filmed(shown: Callable[[], list[film.Picture]], fps: float = 60.0, **how: Any) -> Make:
    """A clip of pictures."""

    def make(target: Path) -> Path:
        return film.write(target, shown(), fps, **how)

    return make


def paced(shown: Callable[[], list[film.Picture]], pace: Callable[[int, int], float], fps: float = 30.0) -> Make:
    """A clip whose pictures each last as long as ``pace`` (number, count) says, in frames."""

    def make(target: Path) -> Path:
        seen = shown()
        stamps = np.concatenate([[0.0], np.cumsum([pace(k, len(seen)) / fps for k in range(len(seen) - 1)])])
        return film.write(target, seen, fps, stamps_s=list(stamps))

    return make


def moved(motion: str, view: str, seconds: float = 6.0, seed: int = 0) -> Make:
    """A rendered body that walks or stands."""

    def make(target: Path) -> Path:
        folder = target.parent / "motions"
        if not (folder / "walking_joint_centres.csv").is_file():
            folder.mkdir(parents=True, exist_ok=True)
            other_motions.walking(folder)
            other_motions.walking(folder, 125.0, name="fast_walking")
            other_motions.standing(folder)
        recipe = random_recipe(8000 + seed, group="calibration", view=view, duration_s=seconds)
        filming = replace(recipe.filming, dropped=0.0, rate_jitter=0.0, fps=30.0)
        render_clip(replace(recipe, motion=f"{motion}_joint_centres.csv", filming=filming), target, folder=folder)
        return target

    return make


def recorded(name: str) -> Make:
    """A rendered body led by a motion-captured runner."""

    def make(target: Path) -> Path:
        job = next((job for job in recorded_jobs("held_out") if job.name == name), None)
        if job is None:
            raise FileNotFoundError(name)
        render_clip(job.recipe, target, folder=job.folder)
        return target

    return make


def _walker(seconds: float, view: str = "rear") -> list[film.Picture]:
    """A walker at 60 pictures a second, as large as the samples."""
    folder = Path(tempfile.gettempdir()) / "gaitcheck-odd-walker"
    path = folder / f"walker_{view}.mp4"
    if not path.is_file():
        folder.mkdir(exist_ok=True)
        moved("walking", view)(path)
    doubled = [picture for picture in film.pictures(path, 0.0, seconds) for _ in range(2)]
    return film.sized(doubled, 720, 1280)


def _stander(seconds: float) -> list[film.Picture]:
    folder = Path(tempfile.gettempdir()) / "gaitcheck-odd-walker"
    path = folder / "stander.mp4"
    if not path.is_file():
        folder.mkdir(exist_ok=True)
        moved("standing", "front", seed=3)(path)
    doubled = [picture for picture in film.pictures(path, 0.0, seconds) for _ in range(2)]
    return film.sized(doubled, 720, 1280)


def _with_coach() -> list[film.Picture]:
    """A coach before the treadmill, larger than the runner and cut at the knees, on the picture's left."""
    near = film.zoomed(_stander(5.9), 1.75, (0.5, 0.33))
    width = near[0].shape[1]
    cropped = [picture[:, round(0.22 * width) : round(0.78 * width)] for picture in near]
    return film.beside(cropped, shots(REAR, 0.0, 5.9))


def _crossing() -> list[film.Picture]:
    """Somebody of the runner's size passes before the camera, from left to right in two seconds, and is gone."""
    near = film.zoomed(_stander(2.0), 1.3, (0.5, 0.4))
    width = near[0].shape[1]
    passer = [picture[:, round(0.3 * width) : round(0.7 * width)] for picture in near]
    shown = [picture.copy() for picture in shots(REAR, 0.0, 12.0)]
    for k, person in enumerate(passer):
        left = round((shown[0].shape[1] + person.shape[1]) * k / len(passer)) - person.shape[1]
        low, high = max(left, 0), min(left + person.shape[1], shown[0].shape[1])
        shown[420 + k][:, low:high] = person[:, low - left : high - left]
    return shown


def _late() -> list[film.Picture]:
    """An empty room, somebody who stands, then the runner."""
    return _stander(3.0) + shots(REAR, 0.0, 7.0)


def _poster() -> list[film.Picture]:
    """A picture of another runner on the wall, beside the one who runs."""
    still = shots(OTHER_REAR, 1.0, 0.02)[0]
    return film.beside(shots(REAR, 0.0, 6.0), [still] * 360)


def _gap(target: Path) -> Path:
    seen = shots(REAR, 0.0, 8.0)
    stamps = [k / 60 + (10.0 if k >= 300 else 0.0) for k in range(len(seen))]
    return film.write(target, seen, 60.0, stamps_s=stamps)


def _sizes(target: Path) -> Path:
    first = film.write(target.with_suffix(".a.mp4"), shots(REAR, 0.0, 6.0))
    second = film.write(target.with_suffix(".b.mp4"), film.sized(shots(OTHER_REAR, 0.0, 3.0), 540, 960))
    return film.joined(first, second, target)


def _sideways_pixels(target: Path) -> Path:
    """Non-square pixels in a turned film: what is told as wide is high."""
    lying = film.quarter(shots(REAR), 1)
    squeezed = [picture[:, ::1] for picture in film.sized(lying, 960, 720)]
    return film.write(target, squeezed, 60.0, aspect=Fraction(4, 3))


def _from_file(name: str, change: Callable[[Path, Path], Path]) -> Make:
    def make(target: Path) -> Path:
        return change(sample(name), target)

    return make


GYM_REAR = "video/gym_rear_30fps_464x832.mp4"
SLOW_TAG = {"com.android.capture.fps": "240.0"}
CASES = (
    # ------------------------------------------------------------ the speed of time
    Case("android_lowlight", "a tag believed", shared("odd/android_lowlight.mp4"), REAR, note="tag_not_believed"),
    Case("tag_240_in_real_time", "a tag believed", filmed(lambda: shots(REAR), tags=SLOW_TAG), REAR),
    Case("tag_240_in_slow_motion", "a tag believed", filmed(lambda: list(_all(SLOW)), 30.0, tags=SLOW_TAG), SLOW,
         note="slow_motion_found"),
    Case("tag_120_at_18_frames", "a tag believed", filmed(lambda: shots(REAR, 0, 9, 3), 20.0,
         tags={"com.android.capture.fps": "120.0"}), REAR),
    Case("slow_2", "time scale", filmed(lambda: shots(REAR), 30.0), REAR, note="slow_motion_found"),
    Case("slow_8", "time scale", filmed(lambda: list(_all(SLOW)), 30.0), SLOW, note="slow_motion_found"),
    Case("slow_10", "time scale", filmed(lambda: list(_all(SLOW)), 24.0), SLOW, note="slow_motion_found"),
    Case("slow_4_at_60", "time scale", filmed(lambda: list(_all(SLOW)), 60.0), SLOW, note="slow_motion_found"),
    Case("slow_2_5", "time scale", filmed(lambda: shots(REAR), 24.0), REAR, refused="--capture-fps"),
    Case("slow_2_front", "time scale", filmed(lambda: shots(FRONT), 30.0), FRONT, note="slow_motion_found"),
    Case("real_time_at_30", "time scale", filmed(lambda: shots(REAR, 0, 8, 2), 30.0), REAR),
    Case("real_time_at_15", "time scale", filmed(lambda: shots(OTHER_SIDE, 0, 12, 4), 15.0), OTHER_SIDE,
         refused="frames"),
    Case("twice_too_fast", "time scale", filmed(lambda: shots(REAR, 0, 12, 2), 60.0), refused="too fast"),
    Case("capture_fps_15", "time scale", filmed(lambda: shots(REAR)), refused="--capture-fps",
         asked={"capture_fps": 15.0}),
    Case("capture_fps_told", "time scale", filmed(lambda: shots(REAR), 30.0), REAR, asked={"capture_fps": 60.0}),
    Case("ramp", "time scale", shared("odd/ramp.mp4"), SIDE, note="left_out_running"),
    Case("ramp_4", "time scale", paced(lambda: shots(REAR, 0, 9), lambda k, n: 2.0 if n // 3 <= k < n // 2 else 0.5),
         REAR),
    Case("gym_rear_slow_2", "time scale", lambda t: film.write(t, film.pictures(SHARED / GYM_REAR, 0, 8), 15.0),
         GYM_REAR, refused="--capture-fps"),
    # ------------------------------------------------------------ not running
    Case("walking_rear", "not running", moved("walking", "rear"), refused="walks"),
    Case("walking_left", "not running", moved("walking", "left", seed=1), refused="walks"),
    Case("walking_front", "not running", moved("walking", "front", seed=2), refused="walks"),
    Case("walking_fast", "not running", moved("fast_walking", "right", seed=4), refused="walks"),
    Case("walking_slow_motion", "not running", lambda t: film.write(t, _walker(6.0)[::2], 15.0), refused=""),
    Case("standing", "not running", moved("standing", "rear", seed=5), refused="stands"),
    Case("standing_side", "not running", moved("standing", "left", seed=6), refused="stands"),
    Case("walks_then_runs", "not running", filmed(lambda: _walker(4.0) + shots(REAR)), REAR),
    Case("runs_then_stands", "not running", filmed(lambda: shots(REAR) + _stander(3.0)), REAR),
    # ------------------------------------------------------------ one take
    Case("jump_front", "one take", shared("odd/jump_front.mp4"), FRONT, note="left_out_step_missing"),
    Case("step_missing_rear", "one take", filmed(lambda: shots(REAR, 0, 5) + shots(REAR, 5.355, 4)), REAR,
         note="left_out_step_missing"),
    Case("step_missing_side", "one take", filmed(lambda: shots(SIDE, 0, 6) + shots(SIDE, 6.38, 4)), SIDE,
         note="left_out_step_missing"),
    Case("stride_missing", "one take", filmed(lambda: shots(REAR, 0, 5) + shots(REAR, 5.71, 4)), REAR),
    Case("third_of_a_step_missing", "one take", filmed(lambda: shots(REAR, 0, 5) + shots(REAR, 5.12, 4)), REAR),
    Case("freeze_tail", "one take", shared("odd/freeze_tail.mp4"), REAR, note="left_out_still"),
    Case("freeze_in_the_middle", "one take",
         filmed(lambda: shots(REAR, 0, 6) + shots(REAR, 6, 0.02) * 120 + shots(REAR, 6, 3)), REAR),
    Case("black_lead_in", "one take",
         filmed(lambda: [np.zeros_like(p) for p in shots(REAR, 0, 2)] + shots(REAR)), REAR),
    Case("two_runners_in_turn", "one take", filmed(lambda: shots(REAR, 0, 7) + shots(OTHER_REAR, 0, 4)), REAR),
    Case("rear_then_side", "one take",
         filmed(lambda: shots(REAR, 0, 7) + film.sized(shots(SIDE, 0, 4), 720, 1280)), REAR),
    Case("side_then_front", "one take", filmed(lambda: shots(SIDE, 0, 7) + shots(FRONT, 0, 4)), SIDE),
    Case("zoomed_half_way", "one take", filmed(lambda: shots(REAR, 0, 7) + film.zoomed(shots(REAR, 7, 4), 1.35)), REAR),
    Case("forward_then_backward", "one take", filmed(lambda: shots(REAR, 0, 6) + shots(REAR, 0, 6)[::-1]), REAR,
         note="left_out_turned_back"),
    Case("boomerang_side", "one take", filmed(lambda: shots(SIDE, 0, 6) + shots(SIDE, 0, 6)[::-1]), SIDE),
    Case("backward", "one take", filmed(lambda: shots(REAR)[::-1]), refused="backward"),
    Case("a_pause_of_10_s", "one take", _gap, REAR, note="left_out_gap"),
    Case("two_side_by_side", "people", filmed(lambda: film.beside(shots(REAR, 0, 5), shots(OTHER_REAR, 0, 5))),
         note="several_people", view="rear"),
    Case("runner_left", "people", filmed(lambda: film.beside(shots(REAR, 0, 5), shots(OTHER_REAR, 0, 5))), REAR,
         asked={"runner": "left"}),
    Case("runner_2", "people", filmed(lambda: film.beside(shots(REAR, 0, 5), shots(OTHER_REAR, 0, 5))), OTHER_REAR,
         asked={"runner": "2"}),
    Case("runner_3_of_2", "people", filmed(lambda: film.beside(shots(REAR, 0, 5), shots(OTHER_REAR, 0, 5))),
         refused="no person 3", asked={"runner": "3"}),
    Case("coach_in_front", "people", filmed(_with_coach), REAR, note="several_people"),
    Case("somebody_crosses", "people", filmed(_crossing), REAR),
    Case("the_runner_comes_late", "people", filmed(_late), REAR),
    Case("poster", "people", filmed(_poster), REAR, note="several_people"),
    # ------------------------------------------------------------ not upright
    Case("up", "not upright", shared("odd/up.mp4"), REAR, note="picture_turned"),
    Case("up_front", "not upright", filmed(lambda: film.quarter(shots(FRONT), 2)), FRONT, note="picture_turned"),
    Case("turned_90", "not upright", filmed(lambda: film.quarter(shots(REAR), 1)), REAR, note="picture_turned"),
    Case("turned_270", "not upright", filmed(lambda: film.quarter(shots(SIDE), 3)), SIDE, note="picture_turned"),
    Case("tilted_4", "not upright", filmed(lambda: film.turned(shots(REAR), 4.0)), REAR),
    Case("tilted_20", "not upright", filmed(lambda: film.turned(shots(REAR), 20.0)), refused="tilted"),
    # ------------------------------------------------------------ what is in the file
    Case("one_bad_packet", "damaged", shared("odd/one_bad_packet.mp4"), REAR, note="pictures_damaged"),
    Case("corruptmid", "damaged", shared("odd/corruptmid.mp4"), refused="damaged"),
    Case("bad_packets_late", "damaged", lambda t: film.damage(sample(REAR), t, (400, 500, 640)), REAR,
         note="pictures_damaged"),
    Case("two_thirds_of_a_file", "damaged", _from_file(REAR, lambda s, t: film.cut_off(s, t, 0.66)), REAR,
         note="shorter_than_declared"),
    Case("a_tenth_of_a_file", "damaged", _from_file(REAR, lambda s, t: film.cut_off(s, t, 0.1)), refused="damaged"),
    Case("size_changes", "damaged", _sizes, REAR, note="left_out_size"),
    Case("sar43", "container", shared("odd/sar43.mp4"), REAR),
    Case("sar_in_a_turned_film", "container", _sideways_pixels, REAR, note="picture_turned"),
    Case("cover_first", "container", shared("odd/cover_first.mp4"), REAR),
    Case("two_video", "container", shared("odd/two_video.mp4"), REAR),
    Case("raw_stream", "container", lambda t: film.remuxed(sample(REAR), t.with_suffix(".h264"), "h264"),
         refused="--capture-fps"),
    Case("raw_stream_told", "container", lambda t: film.remuxed(sample(REAR), t.with_suffix(".h264"), "h264"), REAR,
         asked={"capture_fps": 60.0}),
    # ------------------------------------------------------------ sides
    Case("mirrored_unsaid", "sides", filmed(lambda: film.mirrored(shots(REAR))), REAR, mirror=True),
    Case("mirrored_told", "sides", filmed(lambda: film.mirrored(shots(REAR))), REAR, asked={"mirrored": True}),
    Case("mirrored_side_told", "sides", filmed(lambda: film.mirrored(shots(SIDE))), SIDE, asked={"mirrored": True}),
    *(Case(f"recorded_{view}_{k}", "sides", recorded(f"held_out_recorded_{view}_{k}"), view=view, steps=True)
      for view in ("rear", "right") for k in range(3)),
    # ------------------------------------------------------------ two clips of one visit
    Case("two_clips_agree", "two clips", filmed(lambda: shots(REAR, 0, 6)), REAR,
         also=filmed(lambda: shots(REAR, 6, 6))),
    Case("two_speeds", "two clips", lambda t: sample(REAR), REAR, note="clips_differ", also=lambda t: sample(SIDE)),
    Case("two_speeds_side_first", "two clips", lambda t: sample(SIDE), SIDE, note="clips_differ",
         also=lambda t: sample(REAR)),
    # ------------------------------------------------------------ real clips
    Case("gym_rear", "real", shared(GYM_REAR), view="rear", first={"cadence": 169.6}),
    Case("gym_side", "real", shared("video/gym_side_60fps_1080x1920.mp4"), view="right", first={"cadence": 167.7}),
    Case("garage_side", "real", shared("video/garage_side_30fps_720x1280.mp4"), view="left", first={"cadence": 168.6}),
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    case: Case
    what: str
    said: str


def _analysed(*clips: Path, **asked: Any) -> Analysis:
    with tempfile.TemporaryDirectory() as scratch:
        request = Request(clips=clips, athlete=Athlete(height_cm=171.0), setup=Setup(**asked))
        return analyze(request, Path(scratch) / "results")


@lru_cache(maxsize=16)
def _untouched(name: str, folder: Path) -> Analysis:
    """What the clip itself says; kept in ``folder``, for the next case like it."""
    path = SHARED / name if "/" in name else sample(name)
    kept = folder / f"{path.stem}.untouched.json"
    if not kept.is_file():
        found = _analysed(path, **({"capture_fps": 240.0} if name == SLOW else {}))
        write_whole(kept, found.to_json())
    return load(kept)


def _differences(case: Case, found: Analysis, folder: Path) -> list[str]:
    """What a case says otherwise than it should."""
    wrong = []
    like = _untouched(case.like, folder) if case.like else None
    view = case.view or (like.clips[0].view if like else None)
    if view and found.clips[0].view != view:
        wrong.append(f"view {found.clips[0].view} for {view}")
    other = {"left": "right", "right": "left", "both": "both"}
    for metric in like.metrics if like else ():
        side = other[metric.side] if case.mirror else metric.side
        own = found.metric(metric.name, side)
        if metric.name not in TOLERANCES or metric.value is None or own is None or own.value is None:
            continue
        if abs(own.value - metric.value) > TOLERANCES[metric.name]:
            wrong.append(f"{metric.name} {side} {own.value:.3g} for {metric.value:.3g}")
    for name, value in case.first.items():
        own = found.metric(name, "both")
        if own is None or own.value is None or abs(own.value - value) > TOLERANCES[name]:
            wrong.append(f"{name} not {value}")
    if case.note and not any(q.code == case.note for q in found.quality):
        wrong.append(f"nothing said of {case.note}")
    if case.mirror and "mirrored" not in Writer(found).write().check:
        wrong.append("nothing said of mirrors")
    return wrong


def _misnamed(found: Analysis, clip: Path) -> int:
    """Steps that bear the other foot's name, by the truth beside the clip, whose times are those of the whole film."""
    truth = json.loads(clip.with_suffix(".truth.json").read_text(encoding="utf-8"))["steps"]
    middles = [(0.5 * (s["initial_contact_s"] + s["toe_off_s"]), s["side"]) for s in truth]
    wrong, start_s = 0, found.clips[0].start_s
    for stance in found.stances:
        middle = start_s + 0.5 * (stance.initial_contact_s + stance.toe_off_s)
        near = min(middles, key=lambda one: abs(one[0] - middle))
        wrong += abs(near[0] - middle) < 0.15 and near[1] != stance.side
    return wrong


def judge(case: Case, folder: Path) -> Verdict | None:
    """Make a case and see what becomes of it; None where its material is not on this machine."""
    target = folder / f"{case.name}.mp4"
    try:
        clip = target if target.is_file() else case.make(target)
    except FileNotFoundError:
        return None
    if not clip.is_file():
        return None
    try:
        second = () if case.also is None else (case.also(folder / f"{case.name}_2.mp4"),)
        found = _analysed(clip, *second, **case.asked)
    except GaitcheckError as error:
        fine = case.refused is not None and case.refused in str(error) and error.exit_code == 3
        return Verdict(case, "refused" if fine else "wrong", str(error))
    wrong = _differences(case, found, folder)
    if case.steps and (misnamed := _misnamed(found, clip)):
        wrong.append(f"{misnamed} steps named after the other foot")
    if case.refused is not None and case.like is None:
        wrong.append(f"not refused ({case.refused})")
    cadence = found.metric("cadence", "both")
    said = "; ".join(wrong) or (f"cadence {cadence.value:.1f}" if cadence and cadence.value else "")
    return Verdict(case, "wrong" if wrong else "right", said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--exactly", default="", help="the one case of this name")
    parser.add_argument("--write", action="store_true", help="write the table into docs/validation.md")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    verdicts = []
    for case in (case for case in CASES if options.only in case.name and options.exactly in ("", case.name)):
        verdict = judge(case, options.folder)
        if verdict is None:
            print(f"absent   {case.name}", file=sys.stderr)
            continue
        verdicts.append(verdict)
        print(f"{verdict.what:8s} {case.name}: {verdict.said}", file=sys.stderr, flush=True)
    counted = table("kind", [(v.case.kind, v.what) for v in verdicts])
    print(counted)
    if options.write:
        page = ROOT / "docs" / "validation.md"
        text = page.read_text(encoding="utf-8")
        head, rest = text.split("<!-- odd clips: begin -->\n")
        tail = rest.split("<!-- odd clips: end -->")[1]
        page.write_text(f"{head}<!-- odd clips: begin -->\n{counted}\n<!-- odd clips: end -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
