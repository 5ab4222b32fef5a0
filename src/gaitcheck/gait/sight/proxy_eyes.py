"""Eyes on the proxy: crops of the frames asked for, in one pass over it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from gaitcheck.errors import InputError
from gaitcheck.gait.sight.crop import cut
from gaitcheck.pose.landmarks import Landmarks


class ProxyEyes:
    """Shows crops of a take's frames from the proxy of its whole clip.

    Parameters
    ----------
    proxy
        One picture for every frame that was tracked, in order; it may be smaller than the clip.
    first
        The proxy's picture of the landmarks' first frame.
    landmarks
        Of the take, which say where to cut.
    mirrored
        The proxy shows the landmarks' runner in a mirror.
    """

    def __init__(self, proxy: Path, first: int, landmarks: Landmarks, *, mirrored: bool = False) -> None:
        self._proxy, self._first, self._landmarks, self._mirrored = proxy, first, landmarks, mirrored

    def __call__(self, frames: list[int]) -> dict[int, NDArray[np.uint8]]:
        """Crops (TALL, WIDE, 3) of frames, counted from the take's first.

        Raises
        ------
        InputError
            If the proxy is not there, or damaged.
        """
        try:
            return self._crops(set(frames))
        except (av.error.FFmpegError, IndexError) as error:
            raise InputError(f"{self._proxy} is not there or damaged; analyse the clip again.") from error

    def _crops(self, wanted: set[int]) -> dict[int, NDArray[np.uint8]]:
        found = {}
        last = max(wanted, default=-1)
        converter = VideoReformatter()
        with av.open(str(self._proxy)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for number, coded in enumerate(container.decode(video=0)):
                frame = number - self._first
                if frame > last:
                    break
                if frame not in wanted:
                    continue
                picture = np.asarray(converter.reformat(coded, format="rgb24").to_ndarray(), dtype=np.uint8)
                picture = picture[:, ::-1] if self._mirrored else picture
                share = picture.shape[0] / self._landmarks.height
                found[frame] = cut(picture, self._landmarks.pixels[frame] * share)
        return found
