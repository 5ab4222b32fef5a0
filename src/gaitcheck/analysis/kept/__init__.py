"""Tables kept beside the document, written and read back. One table a file."""

from gaitcheck.analysis.kept.definition import ClipTracks, KeptTable, StrideValue, file_names, results_kind, write_all
from gaitcheck.analysis.kept.read import read_landmark_table, read_landmarks_of, read_steps

__all__ = [
    "ClipTracks",
    "KeptTable",
    "StrideValue",
    "file_names",
    "read_landmark_table",
    "read_landmarks_of",
    "read_steps",
    "results_kind",
    "write_all",
]
