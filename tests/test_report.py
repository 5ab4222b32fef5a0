"""The report on many inputs: one content for PDF and page, hostile input, drawn lines that agree with their numbers."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pypdf
import pytest

from gaitcheck.analysis import Analysis
from gaitcheck.analysis import document as doc
from gaitcheck.errors import GaitcheckError
from gaitcheck.pipeline import look_of, report_again
from gaitcheck.pose.landmarks import INDEX, Landmarks
from gaitcheck.report import write_report
from gaitcheck.report.brand import read_brand
from gaitcheck.report.content import Writer
from gaitcheck.report.content.localised import localised
from gaitcheck.report.home_test_sheet import write_home_test_sheet
from gaitcheck.report.pictures.faces import blur_proxy, head_circle
from gaitcheck.report.pictures.tracks import proxy_frames, read_tracks
from gaitcheck.request import Style
from gaitcheck.video import ProxyWriter
from gaitcheck.wording import load_wording
from tests import cases

ARABIC = "عبد الرحمن بن خالد الطويل " * 8


@pytest.fixture
def drawn(short_results: tuple[Path, Analysis], tmp_path: Path) -> Any:
    """A function that draws a changed document with the short clip's pictures: (text of all pages, HTML, folder)."""

    def draw(change: dict[str, Any], look: doc.Presentation | None = None) -> tuple[list[str], str, Path]:
        folder = tmp_path / "results"
        shutil.copytree(short_results[0], folder, dirs_exist_ok=True)
        told = {} if look is None else {"presentation": look}
        write_report(short_results[1].model_copy(update={**change, **told}), folder)
        pages = [" ".join(p.extract_text().split()) for p in pypdf.PdfReader(folder / "report.pdf").pages]
        return pages, (folder / "report.html").read_text(encoding="utf-8"), folder

    return draw


def squeezed(text: str) -> str:
    """Text without what line breaks and hyphenation change."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for inner in value.values() for t in texts(inner)]
    return [t for inner in value for t in texts(inner)] if isinstance(value, list | tuple) else []


SAID_IN_BOTH = ("headline", "before_all", "first", "undecided", "action", "good", "bars", "plan", "picture", "sides",
                "missing", "sides_differ", "quality", "references", "method", "limits", "sources", "parts", "stop",
                "guide")  # fmt: skip
CODES = {
    "name",
    "rating_code",
    "level_code",
    "band_code",
    "clip",
    "side_code",
    "lead",
    "likely",
    "compact",
    "svg",
    "risk_factor",
    "strides",
    "unit",
    "value",
    "sources",
}


def test_pdf_and_page_say_the_same_sentence_by_sentence(rear_results) -> None:
    out, analysis = rear_results
    content = asdict(localised(Writer(analysis).write(), load_wording()))
    pdf = squeezed("".join(p.extract_text() for p in pypdf.PdfReader(out / "report.pdf").pages))
    import html

    page = squeezed(html.unescape(re.sub(r"<(?!script)[^>]+>", "", (out / "report.html").read_text(encoding="utf-8"))))

    def said(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [t for key, inner in value.items() if key not in CODES for t in said(inner)]
        return [t for inner in value for t in said(inner)] if isinstance(value, list) else texts(value)

    missing = [
        (where, text)
        for section in SAID_IN_BOTH
        for text in said(content[section])
        for where, whole in (("pdf", pdf), ("page", page))
        if squeezed(text) not in whole
        and not (where == "page" and text in {w for x in content["plan"]["weeks"] for w in x["cue"]})
    ]
    assert missing == []


def test_a_drawn_line_agrees_with_its_number(rear_results) -> None:
    """Angles read off the drawn joints at mid-stance are those in the table, but for perspective."""
    out, analysis = rear_results
    tracks = read_tracks(out, 0)
    strides = pd.read_csv(out / "strides.csv")
    off: dict[str, list[float]] = {"knee": [], "hips": []}
    for stance in analysis.stances:
        sign = 1.0 if stance.side == "left" else -1.0
        frame = tracks.frame_at(0.5 * (stance.initial_contact_s + stance.toe_off_s))
        hip, knee, ankle = (tracks.points[frame, INDEX[f"{stance.side}_{j}"]] for j in ("hip", "knee", "ankle"))

        def lean(a: np.ndarray, b: np.ndarray) -> float:
            return float(np.rad2deg(np.arctan2(-(b - a)[0], (b - a)[1])))

        hips = tracks.points[frame, INDEX["left_hip"]] - tracks.points[frame, INDEX["right_hip"]]
        read = {
            "knee": sign * (lean(knee, ankle) - lean(hip, knee)),
            "hips": sign * float(np.rad2deg(np.arctan2(-hips[1], -hips[0]))),
        }
        metrics = {"knee": "frontal_plane_projection_angle", "hips": "contralateral_pelvic_drop"}
        for name, metric in metrics.items():
            own = strides[(strides["metric"] == metric) & (strides["number"] == stance.number)]["value"]
            if len(own) and np.isfinite(own.iloc[0]):
                off[name].append(abs(read[name] - float(own.iloc[0])))
    assert np.mean(off["knee"]) < 3.0
    assert np.mean(off["hips"]) < 2.0


def test_a_name_in_any_script_is_printed_whole_and_pages_stay_few(drawn, short_results) -> None:
    athlete = short_results[1].athlete.model_copy(update={"name": ARABIC[:200]})
    pages, page, _ = drawn({"athlete": athlete})
    assert ARABIC[:200].strip() in page
    assert sum("\u0600" <= c <= "\u06ff" or "\ufb50" <= c <= "\ufeff" for c in pages[0]) > 100
    assert 4 <= len(pages) <= 8


def test_one_side_and_one_metric_still_make_a_report(drawn, short_results) -> None:
    base = short_results[1]
    one_side = [m if m.side != "right" else _missing(m) for m in base.metrics]
    pages, _, _ = drawn({"metrics": one_side})
    assert 3 <= len(pages) <= 8
    one = [m if (m.name, m.side) == ("cadence", "both") else _missing(m) for m in base.metrics]
    pages, page, _ = drawn({"metrics": one, "findings": [], "symmetry": []})
    assert 2 <= len(pages) <= 8
    assert "168" in page or "169" in page


def _missing(metric: Any) -> Any:
    nothing = {
        "value": None,
        "sd": None,
        "ci95_low": None,
        "ci95_high": None,
        "clip": None,
        "position": "not_rated",
        "certainty": "none",
    }
    return metric.model_copy(update={**nothing, "reason": "too_few_strides"})


def test_where_little_can_be_said_one_page_says_how_to_film_again(drawn, short_results) -> None:
    base = short_results[1]
    poor = cases.visit(cases.stories()["10_clip_too_poor"])
    change = {
        "metrics": [_missing(m) for m in base.metrics], "findings": [], "symmetry": [],
        "risk_factors": poor.risk_factors, "risk_picture": poor.risk_picture,
    }  # fmt: skip
    pages, page, _ = drawn(change)
    assert "How to film the next one" in pages[0]
    assert "What the pictures show" not in " ".join(pages)
    assert "fewer than three usable steps" in pages[0]
    assert "How to film the next one" in page


def test_too_close_to_call_and_off_the_legs_are_told_apart(rear_results) -> None:
    analysis = rear_results[1]
    off = ("frontal_plane_projection_angle", "left")
    metrics = [m.model_copy(update={"off_the_limbs": (m.name, m.side) == off}) for m in analysis.metrics]
    unclear = {"position": "cant_tell", "certainty": "none", "probability": None}
    factors = [f.model_copy(update=unclear) for f in analysis.risk_factors if f.side == "left"]
    told = Writer(analysis.model_copy(update={"metrics": metrics, "risk_factors": factors})).write().undecided
    close, _, not_judged = told.partition("Not judged")
    assert "close to call" in close and "knee turning in" not in close
    assert "knee turning in (left)" in not_judged and "midline" not in not_judged.split(".")[0]


def test_what_an_earlier_version_measured_is_said_to_be(rear_results) -> None:
    analysis = rear_results[1]
    assert not any("earlier version" in line for line in Writer(analysis).write().first)
    older = analysis.model_copy(
        update={"provenance": analysis.provenance.model_copy(update={"error_model_version": 9})}
    )
    assert any("error model 9" in line for line in Writer(older).write().first)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595.3, 841.9)), ("letter", (612.0, 792.0))])
def test_both_papers(drawn, paper: str, size: tuple[float, float]) -> None:
    _, _, folder = drawn({}, look_of(Style(paper=paper)))
    reader = pypdf.PdfReader(folder / "report.pdf")
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.5)
    assert 4 <= len(reader.pages) <= 8
    assert (folder / "report.pdf").stat().st_size < 3_000_000
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"


def _brand(folder: Path, text: str) -> Path:
    path = folder / "brand.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_brand_is_printed_and_its_text_is_only_text(drawn, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "logo.png"), np.full((400, 900, 3), 40, np.uint8))
    text = 'name = "#let x = 1 <script>alert(1)</script>"\ncontact = "$x$ & \\"me\\""\n'
    text += 'colour = "#7a1f3d"\nlogo = "logo.png"\n'
    pages, page, _ = drawn({}, look_of(Style(brand=_brand(tmp_path, text))))
    assert "#let x = 1 <script>alert(1)</script>" in pages[0]
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "#7a1f3d" in page
    assert "data:image/png;base64," in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "no TOML"), ("nme = 'x'", "no 'nme'"), ("colour = 'red'", "like #14506e"),
        ("colour = '#ffff00'", "too light"), ("name = 3", "must be text"), ("logo = 'nowhere.png'", "can't be read"),
        ("logo = 'brand.toml'", "not a PNG"), ("name = '" + "x" * 500 + "'", "at most 120"),
        ("colour = '#14506e;} body{display:none'", "like #14506e"),
    ],
)  # fmt: skip
def test_a_brand_that_can_t_be_used_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(GaitcheckError, match=words):
        read_brand(_brand(tmp_path, text))


def test_only_the_page_s_own_script_may_run(drawn) -> None:
    _, page, _ = drawn({})
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    script = page[page.index("<script>") + 8 : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"\son[a-z]+=", page[: page.index("<script>")])
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_overlay_is_not_much_larger_than_the_clip(rear_results, side_results) -> None:
    for out, analysis in (rear_results, side_results):
        assert (out / "overlay.mp4").stat().st_size <= 1.2 * analysis.clips[0].size_bytes


def test_faces_are_blurred_beyond_recognition_in_what_is_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "proxy.mp4"
    frames, pixels = 12, np.full((12, 33, 2), np.nan)
    for name, place in {"nose": (100, 60), "left_ear": (110, 58), "right_ear": (90, 58), "left_eye": (104, 55),
                        "right_eye": (96, 55), "mouth_left": (103, 66), "mouth_right": (97, 66),
                        "left_shoulder": (120, 100), "right_shoulder": (80, 100), "left_hip": (112, 170),
                        "right_hip": (88, 170)}.items():  # fmt: skip
        pixels[:, INDEX[name]] = place
    pixels[5] = np.nan
    board = (rng.integers(0, 2, (50, 40)) * 255).astype(np.uint8)
    picture = np.repeat(cv2.resize(board, (200, 250), interpolation=cv2.INTER_NEAREST)[..., None], 3, axis=2)
    with ProxyWriter(path, 30.0) as writer:
        for k in range(frames):
            writer.write(picture, k / 30)
    landmarks = Landmarks(np.arange(frames) / 30, pixels, np.zeros((12, 33, 3)), np.ones((12, 33)), 200, 250)
    beside = replace(landmarks, pixels=pixels + np.array([70.0, 0.0]))
    blur_proxy(path, [landmarks, beside], 30.0)
    circle = head_circle(pixels[0])
    assert circle is not None
    assert circle[2] > 25
    for shown in (frame.picture() for frame in proxy_frames(path)):
        legs = shown[190:240, 60:140].astype(float)
        for head in (shown[45:75, 85:115].astype(float), shown[45:75, 155:185].astype(float)):
            assert cv2.Laplacian(head, cv2.CV_64F).std() < 0.1 * cv2.Laplacian(legs, cv2.CV_64F).std()
    assert len(list(tmp_path.iterdir())) == 1


def _laplacian(picture: np.ndarray) -> float:
    return float(cv2.Laplacian(picture.astype(float), cv2.CV_64F).std())


@pytest.mark.parametrize("lost", [range(12), range(48, 60), range(20, 26), [7], [30, 31]])
def test_a_face_the_pose_model_loses_or_misplaces_stays_blurred(tmp_path: Path, lost: Sequence[int]) -> None:
    """The head moves across the picture; where the model lost it, before anybody was seen too, nothing is shown."""
    count, path = 60, tmp_path / "proxy.mp4"
    rng = np.random.default_rng(0)
    face = np.repeat(rng.integers(0, 2, (8, 8), dtype=np.uint8)[..., None] * 255, 3, axis=2)
    face = cv2.resize(face, (32, 32), interpolation=cv2.INTER_NEAREST)
    pixels = np.full((count, 33, 2), np.nan)
    lefts = [80 + round(0.8 * k) for k in range(count)]
    with ProxyWriter(path, 30.0) as writer:
        for k, left in enumerate(lefts):
            picture = np.full((400, 240, 3), 120, dtype=np.uint8)
            picture[40:72, left : left + 32] = face
            writer.write(picture, k / 30)
            for name in ("nose", "left_ear", "right_ear", "left_eye", "right_eye", "mouth_left", "mouth_right"):
                pixels[k, INDEX[name]] = (left + 16, 56)
            for name, y in (("left_shoulder", 90), ("right_shoulder", 90), ("left_hip", 180), ("right_hip", 180)):
                pixels[k, INDEX[name]] = (left + 16, y)
    clear = [_laplacian(frame.picture()[40:72, x : x + 32]) for frame, x in zip(proxy_frames(path), lefts, strict=True)]
    pixels[list(lost)] = np.nan if len(lost) > 1 else pixels[list(lost)] + 150.0
    blur_proxy(
        path, [Landmarks(np.arange(count) / 30, pixels, np.zeros((count, 33, 3)), np.ones((count, 33)), 240, 400)], 30.0
    )
    for k, (frame, left) in enumerate(zip(proxy_frames(path), lefts, strict=True)):
        assert _laplacian(frame.picture()[40:72, left : left + 32]) < 0.1 * clear[k], k


def test_a_frame_in_which_nobody_was_found_for_long_shows_nobody(tmp_path: Path) -> None:
    count, path = 60, tmp_path / "proxy.mp4"
    board = np.random.default_rng(0).integers(0, 2, (40, 24), dtype=np.uint8) * 255
    picture = np.repeat(cv2.resize(board, (240, 400), interpolation=cv2.INTER_NEAREST)[..., None], 3, axis=2)
    with ProxyWriter(path, 30.0) as writer:
        for k in range(count):
            writer.write(picture, k / 30)
    pixels = np.full((count, 33, 2), np.nan)
    pixels[40:] = np.linspace((100, 50), (140, 350), 33)
    blur_proxy(
        path, [Landmarks(np.arange(count) / 30, pixels, np.zeros((count, 33, 3)), np.ones((count, 33)), 240, 400)], 30.0
    )
    sharp = [_laplacian(frame.picture()) for frame in proxy_frames(path)]
    assert max(sharp[:24]) < 0.05 * min(sharp[40:])


def test_a_report_again_keeps_the_look_it_is_given(short_results, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    shutil.copytree(short_results[0], folder)
    report_again(folder, style=Style(brand=_brand(tmp_path, "name = 'Praxis'"), paper="letter"))
    reader = pypdf.PdfReader(folder / "report.pdf")
    assert "Praxis" in reader.pages[0].extract_text()


def _accessible(path: Path) -> bool:
    """Whether a PDF says of itself that it is PDF/UA-1, and is tagged, titled and in a language."""
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    claims = root["/Metadata"].get_object().get_data().decode("utf-8")
    return (
        "<pdfuaid:part>1</pdfuaid:part>" in claims
        and bool(root["/MarkInfo"]["/Marked"])
        and bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
        and root["/Lang"] in ("en", "de")
        and "/StructTreeRoot" in root
    )


def _described(node: Any) -> list[str]:
    """Descriptions of every figure below a node of the tags."""
    node = node.get_object()
    if not isinstance(node, dict):
        return [text for kid in node for text in _described(kid)] if isinstance(node, list) else []
    own = [str(node.get("/Alt", ""))] if node.get("/S") == "/Figure" else []
    return own + (_described(node["/K"]) if "/K" in node else [])


def test_every_paper_is_for_everybody(drawn, tmp_path: Path) -> None:
    """PDF/UA-1: typst checks tags, headings, descriptions, language and fonts while it writes."""
    _, _, folder = drawn({})
    assert _accessible(folder / "report.pdf")
    figures = _described(pypdf.PdfReader(folder / "report.pdf").trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert len(figures) > 5 and all(figures)
    write_home_test_sheet(tmp_path / "tests.pdf", language="de")
    assert _accessible(tmp_path / "tests.pdf")


def test_a_name_no_font_can_write_still_gets_a_report(drawn, short_results) -> None:
    athlete = short_results[1].athlete.model_copy(update={"name": "田中 \U0001f3c3"})
    pages, _, _ = drawn({"athlete": athlete})
    assert len(pages) >= 3
