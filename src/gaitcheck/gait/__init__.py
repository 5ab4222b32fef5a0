"""Trajectories become contacts, stances and a calibrated plane."""
