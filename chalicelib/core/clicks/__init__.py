"""Decide about clicks: who may do what, and how it ended."""
