"""Reads what there is to know of the way from lock tables to S3 locks."""
