"""List the locks of a bucket: pages are cut down to their locks before they are parsed, giant buckets are split."""
