"""Alerts to supervisors: which kinds there are, when one begins and ends, and what its readers do about it."""
