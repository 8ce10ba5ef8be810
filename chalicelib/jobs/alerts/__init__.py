"""Carry out the table of ``core.alerts.life`` for each lock: alerts, digests, endings."""
