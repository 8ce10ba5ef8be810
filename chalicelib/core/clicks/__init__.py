"""Clicks: who may do what, and how it ended."""
