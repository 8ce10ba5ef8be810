"""The demo: the packaged application on a local cloud, without an AWS account and without a Slack account."""
