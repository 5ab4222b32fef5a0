"""Metrics of the frontal group."""
