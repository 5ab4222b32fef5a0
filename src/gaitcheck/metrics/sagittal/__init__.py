"""Metrics of the sagittal group."""
