"""The command ``slack-manifest``."""
