"""``make deploy CHANGESET=1``: show what a deployment would change, and ask before it does."""
