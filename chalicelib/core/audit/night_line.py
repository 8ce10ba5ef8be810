"""Make the journal's line of a night."""

from datetime import datetime

from chalicelib.core.audit.line import JournalLine, LineKind, line_of
from chalicelib.core.brief import told_briefly
from chalicelib.core.nights.summary import AccountNight, NightSummary, NotSwept

_LITTERED = 3
"""Most targets whose lock debris is named."""


def of_night(summary: NightSummary, time: datetime, stale: int) -> JournalLine:
    """Return the line of a night. However often it is written, it has the same ID."""
    found = summary.found
    counts = {"targets": summary.targets, "failed": summary.failed, "locks": found.locks, "stale": stale}
    listed = {"objects": found.objects, "alerts": found.alerts}
    littered = [f"lock debris in {target}: {debris.count}" for target, debris in summary.debris[:_LITTERED]]
    detail = told_briefly([*littered, *map(_of_account, summary.accounts)])
    known_by = (LineKind.NIGHT_FINISHED, summary.began.isoformat())
    return line_of(LineKind.NIGHT_FINISHED, time, known_by, None, detail=detail, **counts, **listed)


def _of_account(night: AccountNight) -> str:
    swept = f"{night.account}: {night.swept} of {night.targets} targets swept, {_locks(night.found.locks)}"
    return ", ".join([swept, *map(_not_swept, night.not_swept)])


def _not_swept(one: NotSwept) -> str:
    return f"{one.target} {one.standing.value}" + (f" ({one.why})" if one.why else "")


def _locks(number: int) -> str:
    return "1 lock" if number == 1 else f"{number} locks"
