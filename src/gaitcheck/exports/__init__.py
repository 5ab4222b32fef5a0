"""Results in formats that other programs open. One format a file; adding one adds a file."""

from gaitcheck.exports.definition import Export, Exported, exports

__all__ = ["Export", "Exported", "exports"]
