"""Reach the places where locks are kept, one module a kind."""
