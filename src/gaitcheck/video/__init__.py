"""A clip file becomes upright frames with true capture times, and a small proxy."""

from gaitcheck.video.decode import Frame, decode
from gaitcheck.video.probe import ClipInfo, probe
from gaitcheck.video.proxy import ProxyWriter

__all__ = ["ClipInfo", "Frame", "ProxyWriter", "decode", "probe"]
