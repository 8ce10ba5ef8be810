"""Test sessions in other accounts."""
