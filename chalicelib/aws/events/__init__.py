"""Translate the payloads of AWS's events into ``core.audit``'s; pure."""
