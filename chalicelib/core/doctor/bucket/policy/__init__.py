"""Judges a bucket policy: whom it denies what Terraform and the reaper do with a lock."""
