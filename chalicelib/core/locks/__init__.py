"""Locks: where one is kept, what it is, and whose word it goes by."""
