"""What the literature says: sources, norms, drills, exercises, tests, rules. Data files, checked when loaded."""

from gaitcheck.evidence.loader import Evidence, EvidenceError, check, load_evidence, read_evidence
from gaitcheck.evidence.schema import Drill, Exercise, HomeTest, Limits, Norm, RiskFactorDefinition, Source, Strength

__all__ = [
    "Drill",
    "Evidence",
    "EvidenceError",
    "Exercise",
    "HomeTest",
    "Limits",
    "Norm",
    "RiskFactorDefinition",
    "Source",
    "Strength",
    "check",
    "load_evidence",
    "read_evidence",
]
