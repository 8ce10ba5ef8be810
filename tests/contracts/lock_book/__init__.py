"""Test what holds of every lock book."""
