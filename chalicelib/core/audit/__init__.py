"""Decide about the audit trail: what AWS told, which hold it began or ended, and the journal's lines."""
