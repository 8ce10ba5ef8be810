"""Test the Slack stand-in."""
