"""Looks at a bucket for the doctor."""
