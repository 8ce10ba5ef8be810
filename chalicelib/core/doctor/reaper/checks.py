"""The checks of the reaper's own parts in AWS."""

from chalicelib.core.doctor.check import Check

CHECKS: tuple[Check, ...] = ()
