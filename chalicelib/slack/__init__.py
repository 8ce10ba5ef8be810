"""Know Slack: read its requests, write messages, send them."""
