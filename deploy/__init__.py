"""Package and deploy tflock-reaper; nothing in here is in the Lambda package."""
