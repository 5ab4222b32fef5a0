"""Who of several people was measured: the whole picture, small, with a frame around the runner."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from gaitcheck.typing import FloatArray, Picture

TALL_PX = 360


def who_svg(picture: Picture, points: FloatArray, clip_height: int, alt: str) -> str:
    """The picture as SVG text.

    Parameters
    ----------
    picture
        RGB (H, W, 3) of the proxy.
    points
        (33, 2) px of the clip, the runner's.
    clip_height
        px.
    """
    scale = TALL_PX / picture.shape[0]
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    body = points * TALL_PX / clip_height
    low, high = np.nanmin(body, axis=0), np.nanmax(body, axis=0)
    room = 0.06 * float(high[1] - low[1])
    x0, y0 = (max(float(v) - room, 2.0) for v in low)
    x1, y1 = (min(float(v) + room, edge - 2.0) for v, edge in zip(high, (width, height), strict=True))
    box = f'x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" rx="6" fill="none"'
    photo = base64.b64encode(data.tobytes()).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{alt}">'
        f'<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{photo}"/>'
        f'<rect {box} stroke="#101820" stroke-width="7"/><rect {box} stroke="#ffe08a" stroke-width="3.5"/></svg>'
    )
