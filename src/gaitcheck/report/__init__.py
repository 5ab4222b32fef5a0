"""The document becomes PDF, page and pictures. Reads the results folder, never the clip."""

from gaitcheck.report.write import write_report

__all__ = ["write_report"]
