"""The checks of the migration."""

from chalicelib.core.doctor.check import Check

CHECKS: tuple[Check, ...] = ()
