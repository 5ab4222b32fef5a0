"""Every sentence a user reads, by code. One folder a language."""

from gaitcheck.wording.loader import Wording, languages, load_wording

__all__ = ["Wording", "languages", "load_wording"]
