"""Package, deploy and wire tflock-reaper; nothing in here is in the Lambda package."""
