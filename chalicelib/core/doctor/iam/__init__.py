"""Judges requests by the policies of a role, as IAM does, as far as a reader of policies can know."""
