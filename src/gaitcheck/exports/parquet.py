"""Curves over time as Parquet."""

from gaitcheck.exports.definition import Export
from gaitcheck.exports.tables import write_parquet

EXPORT = Export("parquet", ".parquet", "every curve over time, tidy (Parquet)", write_parquet)
