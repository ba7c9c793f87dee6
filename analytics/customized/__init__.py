"""Customized reports: metrics by dimensions over a filter, saved and shared as views of a list of their own."""
