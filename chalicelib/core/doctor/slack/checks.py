"""The checks of the Slack app."""

from chalicelib.core.doctor.check import Check

CHECKS: tuple[Check, ...] = ()
