"""Holds: from what happened to who held what, and for how long; pure."""
