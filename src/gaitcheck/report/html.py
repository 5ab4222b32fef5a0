"""The page: one file, pictures inside it, the videos beside it, and a script that only this page may run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from gaitcheck.analysis.document import Analysis
from gaitcheck.analysis.store import numbered
from gaitcheck.report.assets import Assets
from gaitcheck.report.brand import brand_of
from gaitcheck.report.content import Content
from gaitcheck.report.typesetting import FONTS, TEMPLATES


def inline_svg(text: str, name: str) -> Markup:
    """A figure of our own making, without its XML prologue and with ids of its own: a page holds many."""
    text = text[text.index("<svg") :]
    prefix = re.sub(r"\W", "_", name) + "_"
    text = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{prefix}{m[1]}"', text)
    text = re.sub(r'((?:xlink:)?href)="#([^"]+)"', lambda m: f'{m[1]}="#{prefix}{m[2]}"', text)
    return Markup(re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{prefix}{m[1]})", text))


def _svg(path: Path) -> Markup:
    return inline_svg(path.read_text(encoding="utf-8"), path.stem)


def _opening(clip: int, content: Content, assets: Assets) -> float | None:
    """Where a clip's film begins: the step of the first finding's leg, or the first that is shown."""
    own = [still for still in assets.stills if still.clip == clip]
    led = [still for still in own if content.findings and still.side == content.findings[0].side_code]
    return round((led or own)[0].time_s, 4) if own else None


def _events(analysis: Analysis, content: Content, assets: Assets) -> dict[str, Any]:
    """What the script needs: stances and the instants worth holding at, by clip."""
    return {
        "clips": [
            {
                "fps": clip.looked_at_fps,
                "stances": [
                    [s.side, round(s.initial_contact_s, 4), round(s.toe_off_s, 4)]
                    for s in analysis.stances
                    if s.clip == k
                ],
                "stills": {s.side: round(s.time_s, 4) for s in assets.stills if s.clip == k},
                "opening": _opening(k, content, assets),
                "slow": [[round(t, 4) for t in s.contact_s] for s in assets.stills if s.clip == k],
            }
            for k, clip in enumerate(analysis.clips)
        ],
        "findings": [{"side": f.side_code, "text": f"{f.title}, {f.side}: {f.number}"} for f in content.findings],
    }


def inline_json(data: dict[str, Any]) -> str:
    """JSON that can't end the element it stands in."""
    return json.dumps(data, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _script(templates: Traversable, name: str) -> str:
    places = ((TEMPLATES, "theme.js"), (templates, f"{name}.js"))
    return "".join((folder / file).read_text(encoding="utf-8") for folder, file in places)


def script_hash(templates: Traversable, name: str) -> str:
    """The fingerprint by which a browser knows a page's own script."""
    return base64.b64encode(hashlib.sha256(_script(templates, name).encode("utf-8")).digest()).decode("ascii")


def render_page(templates: Traversable, name: str, **values: Any) -> str:
    """A page from ``NAME.html.jinja`` and ``NAME.js``; every text is escaped, and only its own script may run."""
    script, digest = _script(templates, name), script_hash(templates, name)
    source = (templates / f"{name}.html.jinja").read_text(encoding="utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    return template.render(script=Markup(script), script_hash=digest, **values)


def _font(name: str) -> str:
    """A face of the report as a data URL."""
    return f"data:font/otf;base64,{base64.b64encode((FONTS / name).read_bytes()).decode('ascii')}"


def page_fonts() -> dict[str, str]:
    """The two weights that pages use."""
    return {"regular": _font("SourceSansPro-Regular.otf"), "semibold": _font("SourceSansPro-Semibold.otf")}


def write_html(analysis: Analysis, content: Content, assets: Assets, target: Path) -> None:
    """Write the page; every text is escaped by the template engine. Videos lie beside it."""
    page = render_page(
        TEMPLATES,
        "report",
        c=content,
        brand=brand_of(analysis.presentation),
        stills=[{**asdict(still), "svg": _svg(assets.folder / still.file)} for still in assets.stills],
        finding_stills=[None if file is None else _svg(assets.folder / file) for file in assets.findings],
        key_frames=[{**asdict(still), "svg": _svg(assets.folder / still.file)} for still in assets.key_frames],
        readers=analysis.presentation.readers,
        language=analysis.presentation.language,
        fonts=page_fonts(),
        figures=[{**asdict(figure), "svg": _svg(assets.folder / figure.file)} for figure in assets.figures],
        drawings={name: _svg(assets.folder / file) for name, file in assets.drawings.items()},
        who=[_svg(assets.folder / file) for file in assets.who],
        clips=[
            {"overlay": numbered("overlay", ".mp4", k), "plain": numbered("proxy", ".mp4", k), "view": clip.view}
            for k, clip in enumerate(analysis.clips)
        ],
        data=Markup(inline_json(_events(analysis, content, assets))),
    )
    target.write_text(page, encoding="utf-8")
