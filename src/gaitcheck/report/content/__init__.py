"""What the report says, in words and formatted numbers, once for PDF and page."""

from gaitcheck.report.content.writer import Content, Writer

__all__ = ["Content", "Writer"]
