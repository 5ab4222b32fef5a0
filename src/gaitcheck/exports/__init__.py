"""Tables written beside the document. One format a file."""

from gaitcheck.exports.definition import ClipTracks, Export, StrideValue, file_names, results_kind, write_all

__all__ = ["ClipTracks", "Export", "StrideValue", "file_names", "results_kind", "write_all"]
