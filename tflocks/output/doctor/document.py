"""Write a report of the doctor as the JSON document of ``--json``."""

import json
from datetime import datetime

from chalicelib.core.doctor.catalogue import CHECKS
from chalicelib.core.doctor.finding import Finding
from tflocks.output.doctor.report import Report
from tflocks.output.rows import iso

SCHEMA = 1


def document(report: Report, now: datetime) -> str:
    """Return one JSON document in ASCII, which a terminal shows without acting on it."""
    told = {
        "schema": SCHEMA,
        "generated_at": iso(now),
        "account": report.account or None,
        "stack": report.stack or None,
        "seconds": round(report.seconds, 3),
        "counts": {colour.value: number for colour, number in report.counts.items()},
        "notes": report.notes,
        "findings": [_row(one) for found in report.by_subject.values() for one in found],
    }
    # JSON leaves DEL as it is, although it is a control character too.
    return json.dumps(told, indent=2).replace("\x7f", "\\u007f")


def _row(one: Finding) -> dict[str, object]:
    fix = one.fix
    return {
        "subject": one.subject,
        "check": one.check,
        "title": CHECKS[one.check].title,
        "colour": one.colour.value,
        "seen": one.seen,
        "why": CHECKS[one.check].why,
        "fix": {"do": fix.do, "cli": fix.cli or None, "hcl": fix.hcl or None} if fix else None,
        "right": one.right or None,
        "details": one.details,
        "data": one.data,
    }
