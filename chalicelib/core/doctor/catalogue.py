"""All checks, in the order of the report."""

from chalicelib.core.doctor.bucket.checks import CHECKS as BUCKET
from chalicelib.core.doctor.check import Check
from chalicelib.core.doctor.migration.checks import CHECKS as MIGRATION
from chalicelib.core.doctor.reach.checks import CHECKS as REACH
from chalicelib.core.doctor.reaper.checks import CHECKS as REAPER
from chalicelib.core.doctor.slack.checks import CHECKS as SLACK
from chalicelib.core.doctor.wiring.checks import CHECKS as WIRING

CHECKS: dict[str, Check] = {
    check.id: check for area in (REACH, BUCKET, WIRING, MIGRATION, REAPER, SLACK) for check in area
}
"""Each check by its ID."""
