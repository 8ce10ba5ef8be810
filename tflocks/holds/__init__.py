"""Holds, derived from what happened: who held what, and for how long. Pure."""
