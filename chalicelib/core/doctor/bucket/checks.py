"""The checks of a bucket."""

from chalicelib.core.doctor.check import Check

CHECKS: tuple[Check, ...] = ()
