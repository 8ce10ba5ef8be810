"""Decide: all that the reaper knows, pure; no clock, no environment, no SDK."""
