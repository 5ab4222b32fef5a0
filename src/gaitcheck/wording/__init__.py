"""Every sentence a user reads, by code. One folder a language."""

from gaitcheck.wording.loader import Wording, load_wording

__all__ = ["Wording", "load_wording"]
