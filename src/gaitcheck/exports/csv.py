"""Curves over time as CSV."""

from gaitcheck.exports.definition import Export
from gaitcheck.exports.tables import write_csv

EXPORT = Export("csv", ".csv", "every curve over time, tidy (CSV)", write_csv)
