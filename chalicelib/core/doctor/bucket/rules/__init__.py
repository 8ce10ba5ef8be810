"""What S3 does to locks by itself: lifecycle rules, replication, Object Lock."""
