"""Keep the reaper's memory in its one DynamoDB table."""
