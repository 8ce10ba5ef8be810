"""What makes a bucket a safe home for states and their locks."""
