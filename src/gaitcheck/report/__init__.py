"""The document becomes PDF, page and pictures. Reads the results folder, never the clip."""

from gaitcheck.report.write import parts, require_parts, write_report

__all__ = ["parts", "require_parts", "write_report"]
