"""Everything that knows Slack: requests in, messages, messenger out."""
