"""Look into accounts for the buckets and lock tables that target rules name."""
