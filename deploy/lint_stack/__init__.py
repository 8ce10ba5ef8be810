"""``make lint-stack``: what cfn-lint and checkov find in our templates, and our answers (``deploy/findings.toml``)."""
