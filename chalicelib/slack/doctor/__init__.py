"""Looks at the Slack app for the doctor. It posts nothing."""
