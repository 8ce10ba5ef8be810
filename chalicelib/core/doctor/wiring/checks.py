"""The checks of notifications and streams."""

from chalicelib.core.doctor.check import Check

CHECKS: tuple[Check, ...] = ()
