"""The document becomes PDF, page and pictures. Reads the results folder, never the clip."""

from gaitcheck.report.write import Style, parts, require_parts, write_report

__all__ = ["Style", "parts", "require_parts", "write_report"]
