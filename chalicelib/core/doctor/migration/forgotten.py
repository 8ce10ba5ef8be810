"""Tables that nobody locks in any more, and what they cost a month.

Prices are those of us-east-1, for an idea of the size: aws.amazon.com/dynamodb/pricing/provisioned and /on-demand, read
in November 2026. Other regions differ by up to some ten percent.
"""

from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.core.doctor.finding import Finding, green, grey, yellow
from chalicelib.core.doctor.migration.checks import FORGOTTEN
from chalicelib.core.doctor.migration.evidence import Evidence, Table
from chalicelib.core.doctor.migration.proof import last_lock, last_write, named
from chalicelib.core.doctor.migration.steps import delete

FORGOTTEN_AFTER = timedelta(days=90)
READ_UNIT_HOUR, WRITE_UNIT_HOUR = 0.00013, 0.00065
"""Dollars for one provisioned unit for an hour."""
STORED_GB, BACKED_UP_GB = 0.25, 0.20
"""Dollars for a gigabyte a month, in the table and in its point-in-time recovery."""
_HOURS, _GB = 730, 1024**3
_CENT = 0.01


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a table's data, and what that is known of."""

    recovery: bool | None = None
    """Whether point-in-time recovery is on; None: it is not known."""
    denied: str = ""
    """The right that asking about it lacks."""


def forgotten_finding(evidence: Evidence, keeping: Keeping) -> Finding:
    """Return whether a table has been forgotten, and what it costs."""
    cost = monthly(evidence.table, keeping)
    notes = f"; it costs {_dollars(cost)} a month{_notes(evidence.table, keeping)}"
    data = {"monthly_usd": round(cost, 4), "point_in_time_recovery": keeping.recovery}
    data |= {"deletion_protection": evidence.table.protected, "digests": len(evidence.items.digests)}
    latest = max((one for one in (last_lock(evidence), last_write(evidence)) if one), default=None)
    if latest and evidence.now - latest < FORGOTTEN_AFTER:
        return green(FORGOTTEN.id, evidence.subject, f"in use: last written by {latest:%Y-%m-%d}{notes}", data=data)
    if evidence.now - evidence.table.created < FORGOTTEN_AFTER:
        return green(
            FORGOTTEN.id,
            evidence.subject,
            f"too new to be forgotten: made on {evidence.table.created:%Y-%m-%d}{notes}",
            data=data,
        )
    if evidence.metrics.asked_since is None or evidence.metrics.asked_since > evidence.now - FORGOTTEN_AFTER:
        return _unknown(evidence, notes, data)
    return _forgotten(evidence, notes, data)


def monthly(table: Table, keeping: Keeping) -> float:
    """Return what a table costs a month while nobody uses it, in dollars."""
    capacity = _HOURS * (table.read_units * READ_UNIT_HOUR + table.write_units * WRITE_UNIT_HOUR)
    return capacity + table.size / _GB * (STORED_GB + (BACKED_UP_GB if keeping.recovery else 0))


def _forgotten(evidence: Evidence, notes: str, data: dict[str, Any]) -> Finding:
    paths = sorted(evidence.items.digests)
    left = f"only digests are left, of {len(paths)} states ({named(paths)})" if paths else "it is empty"
    days = (evidence.now - (last_write(evidence) or evidence.metrics.asked_since or evidence.table.created)).days
    seen = f"nothing was written for {days} days or longer, by CloudWatch; {left}{notes}"
    step = delete(evidence.table)
    fix = msgspec.structs.replace(
        step,
        do=f"Ask whose states these are: once it is deleted, a run that still names it fails at its lock. {step.do}",
    )
    return yellow(FORGOTTEN.id, evidence.subject, seen, fix, details=tuple(paths), data=data)


def _unknown(evidence: Evidence, notes: str, data: dict[str, Any]) -> Finding:
    metrics = evidence.metrics
    why = f"CloudWatch proves nothing: {metrics.trouble}" if metrics.trouble else "CloudWatch's numbers begin too late"
    found = grey(FORGOTTEN.id, evidence.subject, f"no lock in it is known, and {why}{notes}", metrics.denied)
    return msgspec.structs.replace(found, data=data)


def _dollars(cost: float) -> str:
    return "less than $0.01" if cost < _CENT else f"about ${cost:.2f}"


def _notes(table: Table, keeping: Keeping) -> str:
    recovery = {True: "on", False: "off", None: "not known"}[keeping.recovery]
    protected = ", deletion protection on" if table.protected else ""
    units = f"{table.read_units} read and {table.write_units} write units" if table.write_units else "on demand"
    return f" ({units}, point-in-time recovery {recovery}{protected})"
