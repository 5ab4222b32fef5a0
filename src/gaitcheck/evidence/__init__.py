"""What the literature says: sources, norms, drills. Data files, checked when loaded."""

from gaitcheck.evidence.loader import Drill, Evidence, Limits, Norm, Source, load_evidence

__all__ = ["Drill", "Evidence", "Limits", "Norm", "Source", "load_evidence"]
