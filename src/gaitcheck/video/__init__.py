"""A clip file becomes upright frames with true capture times, and a small proxy."""

from gaitcheck.video.decode import Frame, Tally, decode
from gaitcheck.video.film import Film
from gaitcheck.video.probe import ClipInfo, probe
from gaitcheck.video.proxy import ProxyWriter, proxy_size, recut_proxy

__all__ = ["ClipInfo", "Film", "Frame", "ProxyWriter", "Tally", "decode", "probe", "proxy_size", "recut_proxy"]
