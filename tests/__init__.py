"""Tests of the console; the folders mirror the source."""
