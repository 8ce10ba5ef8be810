"""Tests of aws."""
