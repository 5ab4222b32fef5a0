"""Metrics of the temporal group."""
