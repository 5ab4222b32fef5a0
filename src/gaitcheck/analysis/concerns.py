"""The concerns of a document, so that report, board, comparison and history weigh alike."""

from __future__ import annotations

from gaitcheck.advice.attention import Concern, Measure, find_concerns
from gaitcheck.analysis.document import Analysis
from gaitcheck.evidence import Evidence


def concerns_of(analysis: Analysis, evidence: Evidence) -> list[Concern]:
    """The concerns of a document, most first."""
    measures = [
        Measure(m.name, m.side, *known, m.position) for m in analysis.metrics if (known := m.interval) is not None
    ]
    return find_concerns(measures, analysis.athlete.sex, analysis.context, evidence)
