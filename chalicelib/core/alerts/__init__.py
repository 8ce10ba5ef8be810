"""Decide about alerts: what is remembered of a lock, what is said of it, and what to do next."""
