"""Every picture of a report, made once into a folder: overlay, stills, figures, drawings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitcheck.analysis.document import Analysis, MetricValue
from gaitcheck.analysis.kept import read_steps
from gaitcheck.analysis.store import numbered
from gaitcheck.quality import joints_fit
from gaitcheck.report.content import Content, Writer
from gaitcheck.report.content.numbers import assumed_leg_cm, scale_of, with_unit
from gaitcheck.report.drawing import drawing_svg
from gaitcheck.report.figures import Drawn, curve_groups, write_curves, write_foot_strip
from gaitcheck.report.pictures.drawn import drawing_of
from gaitcheck.report.pictures.overlay import Caption, Mark, Overlay, write_overlay
from gaitcheck.report.pictures.stills import (
    ALL_ANGLES,
    INSTANTS,
    LEGS,
    Candidate,
    candidates,
    choose,
    leading_angle,
    still_svg,
)
from gaitcheck.report.pictures.tracks import Tracks, proxy_frames, read_tracks
from gaitcheck.report.pictures.who import who_svg
from gaitcheck.typing import FloatArray, Picture
from gaitcheck.views import view_named
from gaitcheck.wording.loader import decimals

CAPTION_S = 1.4
KEY_FRAME_HEIGHT_PX = 420


@dataclass(frozen=True)
class StillPicture:
    """A still: its file, whose leg, when in which clip, its caption, and the contact it shows, from when to when, s."""

    file: str
    clip: int
    side: str
    time_s: float
    caption: str
    contact_s: tuple[float, float]


@dataclass(frozen=True)
class Assets:
    """Pictures in a folder.

    ``key_frames`` are initial contact, mid-stance and toe-off of one step of each leg; ``findings`` holds the still of
    each finding told, in order, None where there is none; ``legs`` is a still without a face,
    ``thumbnail`` one without words too; ``who`` shows who was measured, for each clip with several people in it.
    ``overlays`` draw what each clip's film shows.
    """

    folder: Path
    stills: list[StillPicture]
    key_frames: list[StillPicture]
    findings: list[str | None]
    figures: list[Drawn]
    drawings: dict[str, str]
    legs: str | None
    thumbnail: str | None
    who: list[str]
    overlays: list[Overlay]


def _worth_printing(metric: MetricValue) -> bool:
    """Whether a value without its interval still says something: rated, or known to half of itself."""
    known = metric.interval
    return known is not None and (metric.position != "not_rated" or known.half <= 0.5 * abs(known.value))


def _label(writer: Writer, metric: MetricValue | None, alone: bool = False) -> str:
    """An average in as few characters as a picture bears; ``alone`` in its picture it needs no name."""
    known = None if metric is None else metric.interval
    if metric is None or known is None:
        return ""
    clip = None if metric.clip is None else writer.analysis.clips[metric.clip]
    scale = scale_of(metric.unit, clip, writer.wording, assumed_leg_cm(writer.analysis))
    digits = min(decimals(scale.factor * known.half), 1)
    unit = scale.unit if scale.unit in ("°", "cm") else "%"
    short = writer.wording.metrics.get(metric.name, {}).get("short_plus" if known.value >= 0 else "short_minus")
    value = abs(known.value) if short is not None else known.value
    shown = with_unit(f"{scale.factor * value:z.{digits}f}", unit)
    entry = writer.wording.metrics.get(metric.name, {})
    of_leg = writer.wording.units["leg_length"].removeprefix("%")
    plain = writer.wording.report["figures"]["still_label"]
    label = "{value} {short}" if alone and short else entry.get("still", plain)
    if not alone and "zero" in entry and not float(f"{scale.factor * value:.{digits}f}"):
        label, shown, short = entry.get("still", plain), entry["zero"], ""
    text: str = label.format(value=shown, short=short or "")
    text = writer.wording.numbered(text)
    return (text.replace(of_leg, "") if unit == "cm" else text).strip()


def labels_of(writer: Writer, clip: int, side: str, alone: bool = False) -> dict[str, str]:
    """What a still may print: only values that come from its own clip; without their names where it shows but one.

    Nothing where the angles lie off the limbs in the picture.
    """
    shown: dict[str, str] = {}
    if not joints_fit(note.code for note in writer.analysis.quality if note.clip == clip):
        return shown
    for metric in writer.analysis.metrics:
        if metric.clip == clip and metric.side in (side, "both") and _worth_printing(metric):
            shown[metric.name] = _label(writer, metric, alone)
    return shown


def _captions(content: Content, chosen: dict[str, Candidate]) -> list[Caption]:
    """Each finding of a side while that side's still is on screen; the second waits until the first is gone."""
    found: list[Caption] = []
    for told in content.findings:
        candidate = chosen.get(told.side_code)
        if candidate is None:
            continue
        start = candidate.stance.initial_contact_s
        start = max([start, *(c.end_s for c in found if abs(c.start_s - start) < 2 * CAPTION_S)])
        found.append(Caption(start, start + CAPTION_S, told.sentence))
    return found


def _marks(writer: Writer, content: Content, clip: int, found: dict[str, list[Candidate]]) -> list[Mark]:
    """The steps near the median, with the angle that says most of each side: its finding's, or its plane's leading."""
    lead = leading_angle(writer.analysis.clips[clip])
    marks = []
    for side, own in found.items():
        labels = labels_of(writer, clip, side)
        told = [f.lead for f in content.findings if f.side_code == side and f.lead in labels and drawing_of(f.lead)]
        metric = (told or [lead])[0]
        marks += [Mark(c.stance, metric, labels[metric]) for c in own if metric in labels]
    return marks


@dataclass(frozen=True)
class _Chosen:
    """The step shown of one side of one clip."""

    clip: int
    side: str
    frame: int
    picture: Picture
    points: FloatArray


@dataclass(frozen=True)
class _OfClip:
    """Pictures of one clip: stills with the steps they show, key frames, and who of several people was measured."""

    stills: list[tuple[StillPicture, _Chosen]]
    key_frames: list[StillPicture]
    who: str | None
    overlay: Overlay


def _key_frames(
    writer: Writer, clip: int, side: str, best: Candidate, frames: dict[int, Picture], tracks: Tracks, into: Path
) -> list[StillPicture]:
    """Initial contact, mid-stance and toe-off of one step."""
    words, about = writer.wording.report["figures"], writer.analysis.clips[clip]
    found = []
    for instant, frame in zip(INSTANTS, best.instants, strict=True):
        if frame not in frames or not np.isfinite(tracks.points[frame]).any():
            continue
        caption = words["key_frame"].format(side=writer.wording.words[side], instant=words[f"at_{instant}"])
        name = f"key_{clip}_{side}_{instant}.svg"
        svg = still_svg(frames[frame], tracks.points[frame], side, about, {}, caption, LEGS, KEY_FRAME_HEIGHT_PX)
        (into / name).write_text(svg, encoding="utf-8")
        found.append(StillPicture(name, clip, side, float(tracks.times_s[frame]), caption, best.contact_s))
    return found


def _one_clip(writer: Writer, content: Content, clip: int, folder: Path, into: Path) -> _OfClip:
    """Overlay and pictures of one clip, from one pass over its proxy."""
    analysis, about, figures = writer.analysis, writer.analysis.clips[clip], writer.wording.report["figures"]
    tracks: Tracks = read_tracks(folder, clip)
    strides = read_steps(folder)
    sides = view_named(about.view).visible_sides
    found = {side: candidates(analysis, strides, clip, side, tracks) for side in sides}
    captions = _captions(content, {side: own[0] for side, own in found.items() if own})
    marks = _marks(writer, content, clip, found)
    overlay = Overlay(analysis, clip, tracks, captions, writer.wording.report["overlay"], marks)
    wanted = {frame for own in found.values() for c in own for frame in (c.frame, *c.instants)}
    middle = tracks.frame_at(float(np.median(tracks.times_s)))
    proxy = folder / numbered("proxy", ".mp4", clip)
    frames = write_overlay(overlay, proxy, about, wanted | {middle}, folder / numbered("overlay", ".mp4", clip))
    stills, key_frames = [], []
    for side in sides:
        best = choose(found[side], frames, tracks, about)
        if best is None:
            continue
        key_frames += _key_frames(writer, clip, side, best, frames, tracks, into)
        caption = figures[f"caption_{about.detector}"].format(side=writer.wording.words[side].capitalize())
        svg = still_svg(
            frames[best.frame],
            tracks.points[best.frame],
            side,
            about,
            labels_of(writer, clip, side),
            caption,
            ALL_ANGLES,
        )
        name = f"still_{clip}_{side}.svg"
        (into / name).write_text(svg, encoding="utf-8")
        still = StillPicture(name, clip, side, float(tracks.times_s[best.frame]), caption, best.contact_s)
        stills.append((still, _Chosen(clip, side, best.frame, frames[best.frame], tracks.points[best.frame])))
    if about.people < 2 or middle not in frames or not np.isfinite(tracks.points[middle]).any():
        return _OfClip(stills, key_frames, None, overlay)
    who = f"who_{clip}.svg"
    svg = who_svg(frames[middle], tracks.points[middle], about.height, figures["who"])
    (into / who).write_text(svg, encoding="utf-8")
    return _OfClip(stills, key_frames, who, overlay)


def clip_stills(writer: Writer, clip: int, folder: Path) -> dict[str, str]:
    """The still of each visible side of one clip as SVG, from its proxy alone."""
    analysis, about, figures = writer.analysis, writer.analysis.clips[clip], writer.wording.report["figures"]
    tracks, strides = read_tracks(folder, clip), read_steps(folder)
    sides = view_named(about.view).visible_sides
    found = {side: candidates(analysis, strides, clip, side, tracks) for side in sides}
    wanted = {candidate.frame for own in found.values() for candidate in own}
    frames = {
        k: frame.picture()
        for k, frame in enumerate(proxy_frames(folder / numbered("proxy", ".mp4", clip)))
        if k in wanted
    }
    stills = {}
    for side in sides:
        best = choose(found[side], frames, tracks, about)
        if best is not None:
            caption = figures[f"caption_{about.detector}"].format(side=writer.wording.words[side].capitalize())
            labels = labels_of(writer, clip, side)
            stills[side] = still_svg(
                frames[best.frame], tracks.points[best.frame], side, about, labels, caption, ALL_ANGLES
            )
    return stills


def _of_findings(writer: Writer, content: Content, chosen: list[_Chosen], into: Path) -> list[str | None]:
    """For each finding told, its leg with its own angle alone, from the clip that measured it."""
    made: list[str | None] = []
    for k, told in enumerate(content.findings):
        metric = writer.analysis.metric(told.lead, told.side_code) or writer.analysis.metric(told.lead, "both")
        own = [c for c in chosen if metric is not None and c.clip == metric.clip and told.side_code in (c.side, "both")]
        if not own or drawing_of(told.lead) is None:
            made.append(None)
            continue
        c, about = own[0], writer.analysis.clips[own[0].clip]
        labels = labels_of(writer, c.clip, c.side, alone=True)
        alt = f"{told.title}, {told.side}"
        name = f"finding_{k}.svg"
        svg = still_svg(c.picture, c.points, c.side, about, labels, alt, told.lead)
        (into / name).write_text(svg, encoding="utf-8")
        made.append(name)
    return made


def _legs(writer: Writer, findings: list[str | None], chosen: list[_Chosen], into: Path) -> str | None:
    """The first finding's still, or where nothing was found, a leg with its plane's leading angle."""
    told = [name for name in findings if name is not None]
    if told or not chosen:
        return told[0] if told else None
    return _one_leg(writer, chosen[0], True, into / "legs.svg")


def _one_leg(writer: Writer, c: _Chosen, labelled: bool, target: Path) -> str:
    """A leg with its plane's leading angle, or small enough for a board, with its lines alone."""
    about = writer.analysis.clips[c.clip]
    labels = labels_of(writer, c.clip, c.side, alone=True) if labelled else {}
    focus = leading_angle(about) if labelled or about.detector != "frontal" else LEGS
    target.write_text(still_svg(c.picture, c.points, c.side, about, labels, "", focus), encoding="utf-8")
    return target.name


def _thumbnail(content: Content, chosen: list[_Chosen], writer: Writer, into: Path) -> str | None:
    """The leg that leads, without a face and without words."""
    if not chosen:
        return None
    told = [c for f in content.findings for c in chosen if f.side_code in (c.side, "both")]
    return _one_leg(writer, (told or chosen)[0], False, into / "thumbnail.svg")


def _drawings(content: Content, into: Path) -> dict[str, str]:
    """Drawings of the plan's exercises and cue, and of where to film from, by name."""
    plan = content.plan
    shown = {e.name: e.title for e in plan.exercises} | {e.name: e.title for e in plan.offered}
    names = [*shown, *([plan.cue.name] if plan.cue else [])]
    titles = shown | {
        "filming": content.guide.behind,
        "filming_beside": content.guide.beside,
    }
    found = {}
    for name in [*names, "filming", "filming_beside"]:
        svg = drawing_svg(name, titles.get(name, name.replace("_", " ")))
        if svg is not None:
            (into / f"drawing_{name}.svg").write_text(svg, encoding="utf-8")
            found[name] = f"drawing_{name}.svg"
    return found


def _figures(writer: Writer, folder: Path, into: Path) -> list[Drawn]:
    """Every plot; they need nothing of the films, so they are drawn beside them."""
    strips = [
        write_foot_strip(writer, folder, clip, into / f"feet_{clip}.svg") for clip in range(len(writer.analysis.clips))
    ]
    curves = [
        write_curves(writer, curves, into / f"curve_{clip}_{curve}.svg")
        for (clip, curve), curves in curve_groups(writer.analysis).items()
    ]
    return [strip for strip in strips if strip is not None] + curves


def make_assets(writer: Writer, content: Content, folder: Path, into: Path) -> Assets:
    """Everything a report shows; overlays go into ``folder``, the rest into ``into``."""
    analysis: Analysis = writer.analysis
    stills, key_frames, people, overlays = [], [], [], []
    with ThreadPoolExecutor(1) as beside:
        plotted = beside.submit(_figures, writer, folder, into)
        for clip in range(len(analysis.clips)):
            own = _one_clip(writer, content, clip, folder, into)
            stills += own.stills
            key_frames += own.key_frames
            people += [] if own.who is None else [own.who]
            overlays.append(own.overlay)
        figures = plotted.result()
    findings = _of_findings(writer, content, [chosen for _, chosen in stills], into)
    legs = _legs(writer, findings, [chosen for _, chosen in stills], into)
    thumbnail = _thumbnail(content, [chosen for _, chosen in stills], writer, into)
    shown = [still for still, _ in stills]
    drawings = _drawings(content, into)
    return Assets(into, shown, key_frames, findings, figures, drawings, legs, thumbnail, people, overlays)
