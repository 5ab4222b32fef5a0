"""A practice's own look: logo, name, colour, contact. Nothing of it is trusted; everything is escaped or checked."""

from __future__ import annotations

import base64
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gaitcheck.analysis.document import Presentation
from gaitcheck.checked import LARGEST_WRITTEN_BYTES, plain_file, text_of, toml_of
from gaitcheck.errors import InputError, UsageError

LARGEST_LOGO_BYTES = 2_000_000
LONGEST_TEXT = 120
LOGO_HEIGHT_PX = 240
KEYS = {"name", "colour", "contact", "logo"}


@dataclass(frozen=True)
class Brand:
    """Name and contact as text, a dark enough colour as ``#rrggbb``, a logo as PNG bytes."""

    name: str = ""
    contact: str = ""
    colour: str = "#14506e"
    logo: bytes | None = None

    @property
    def logo_url(self) -> str:
        """The logo as a data URL, or nothing."""
        return "" if self.logo is None else "data:image/png;base64," + base64.b64encode(self.logo).decode("ascii")


def brand_of(presentation: Presentation) -> Brand:
    """The brand that a document keeps."""
    logo = None if presentation.brand_logo is None else base64.b64decode(presentation.brand_logo)
    colour = presentation.brand_colour or Brand.colour
    return Brand(presentation.brand_name, presentation.brand_contact, colour, logo)


def _contrast_with_white(colour: str) -> float:
    """WCAG contrast ratio of ``#rrggbb`` against white."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def _text(table: dict[str, object], key: str, path: Path) -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InputError(f"{path.name}: {key} must be text of at most {LONGEST_TEXT} characters.")
    return value


def _logo(path: Path) -> bytes:
    """A PNG or JPEG drawn anew, so that nothing but its picture gets into a report."""
    try:
        if plain_file(path).stat().st_size > LARGEST_LOGO_BYTES:
            raise InputError(f"The logo {path.name} is larger than 2 MB; make it smaller.")
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise UsageError(f"The logo {path} can't be read; give a PNG or JPEG file beside the brand file.") from error
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if len(data) else None
    if picture is None:
        raise InputError(f"The logo {path.name} is not a PNG or JPEG picture.")
    scale = min(1.0, LOGO_HEIGHT_PX / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, png = cv2.imencode(".png", small)
    assert done
    return png.tobytes()


def read_brand(path: Path) -> Brand:
    """Read a brand from a TOML file; the logo's path is relative to it.

    Raises
    ------
    UsageError
        If the file or its logo is not there.
    InputError
        If it can't be used.
    """
    try:
        table = toml_of(text_of(path, LARGEST_WRITTEN_BYTES))
    except OSError as error:
        raise UsageError(f"{path} can't be read; give --brand a TOML file.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name} is no TOML file; write name, colour, contact and logo.") from error
    unknown = set(table) - KEYS
    if unknown:
        raise InputError(f"{path.name}: there is no {sorted(unknown)[0]!r}; use name, colour, contact, logo.")
    colour = _text(table, "colour", path) or Brand.colour
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise InputError(f"{path.name}: colour must be like #14506e.")
    if _contrast_with_white(colour) < 4.5:
        raise InputError(f"{path.name}: the colour {colour} is too light to read on white; choose a darker one.")
    logo = _text(table, "logo", path)
    return Brand(
        name=_text(table, "name", path),
        contact=_text(table, "contact", path),
        colour=colour,
        logo=_logo(path.parent / logo) if logo else None,
    )
