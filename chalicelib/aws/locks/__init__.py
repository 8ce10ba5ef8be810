"""Reach the places where locks are kept, with one module for each kind of place."""
