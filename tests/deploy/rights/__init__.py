"""Test what the functions' roles may do."""
