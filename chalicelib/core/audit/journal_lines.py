"""Read the journal's lines, as CloudWatch has them, into events."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from chalicelib.core.audit.line import JournalLine, LineKind

SEEN_HELD = (
    LineKind.ALERT_POSTED,
    LineKind.ALERT_RAISED,
    LineKind.ALERT_FAILED,
    LineKind.RELEASE_REQUESTED,
    LineKind.LOCK_RESTORED,
)
"""Lines about a lock that the reaper has seen held. Other lines about clicks can come long after the lock is gone."""
ABOUT_HOLDS = (
    LineKind.LOCK_ACQUIRED,
    LineKind.LOCK_RELEASED,
    LineKind.LOCK_REAPPEARED,
    LineKind.LOCK_ATTEMPTED,
    LineKind.RELEASE_ANSWERED,
    *SEEN_HELD,
)
_S3_BEGAN = datetime(2006, 3, 14, tzinfo=UTC)
_NEVER = datetime(2200, 1, 1, tzinfo=UTC)
"""No lock has a later time. Near the ends of the calendar, adding to a time or taking from it would overflow."""


class Lines(msgspec.Struct, frozen=True):
    """The events of some lines, and how many lines could not be read."""

    events: tuple[JournalLine, ...] = ()
    not_understood: int = 0


class _LineKind(msgspec.Struct):
    event: str = ""


def read(lines: Iterable[str]) -> Lines:
    """Return the events about holds, each once, oldest first, whatever the order of the lines and their repetitions."""
    events: dict[str, JournalLine] = {}
    bad = 0
    for line in lines:
        try:
            event = _event(line)
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
            bad += 1
            continue
        if event:
            known = events.get(event.event_id)
            events[event.event_id] = min(known, event, key=_by_knowledge) if known else event
    return Lines(tuple(sorted(events.values(), key=lambda event: (event.time, event.event_id))), bad)


def _event(line: str) -> JournalLine | None:
    """Return a line's event; None for a line that is not about holds, also one of a later version."""
    if msgspec.json.decode(line, type=_LineKind).event not in ABOUT_HOLDS:
        return None
    event = msgspec.json.decode(line, type=JournalLine)
    acquired = _utc(event.acquired_at) if event.acquired_at else None
    return msgspec.structs.replace(event, time=_utc(event.time), acquired_at=acquired)


def _utc(time: datetime) -> datetime:
    utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if not _S3_BEGAN <= utc < _NEVER:
        raise ValueError(f"{utc} is no time of a lock")
    return utc


def _by_knowledge(event: JournalLine) -> tuple[bool, int, bytes]:
    """Sort the line that knows more first.

    An event that was journaled twice has equal lines, unless the lock was gone when the second one was written.
    """
    told = msgspec.to_builtins(event)
    return event.incomplete, -len(told), msgspec.json.encode(event)
