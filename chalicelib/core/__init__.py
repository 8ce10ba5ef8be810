"""Decide. All code here is pure: no clock, no environment, no SDK."""
