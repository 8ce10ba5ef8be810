"""What buckets tell, and to whom: our notifications beside those that a bucket has. Pure; the structure is S3's."""
