"""The journal's lines as CloudWatch has them, read into events: each once, whatever came twice or is not understood."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from chalicelib.core.audit.line import EventType, LockEvent
from tflocks.holds.acquires import SEEN_HELD

ABOUT_HOLDS = (
    EventType.LOCK_ACQUIRED,
    EventType.LOCK_RELEASED,
    EventType.LOCK_REAPPEARED,
    EventType.RELEASE_ANSWERED,
    *SEEN_HELD,
)
_S3_BEGAN = datetime(2006, 3, 14, tzinfo=UTC)
_NEVER = datetime(2200, 1, 1, tzinfo=UTC)
"""A time beyond is nobody's, and near the ends of the calendar there is nothing to add or take away."""


class Lines(msgspec.Struct, frozen=True):
    """What was read, and how many lines were not what they should be."""

    events: tuple[LockEvent, ...] = ()
    not_understood: int = 0


class _Kind(msgspec.Struct):
    event: str = ""


def read(lines: Iterable[str]) -> Lines:
    """The events about holds, each once, oldest first, in whatever order and however often they come."""
    events: dict[str, LockEvent] = {}
    bad = 0
    for line in lines:
        try:
            event = _event(line)
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
            bad += 1
            continue
        if event:
            known = events.get(event.event_id)
            events[event.event_id] = min(known, event, key=_completeness) if known else event
    return Lines(tuple(sorted(events.values(), key=lambda event: (event.time, event.event_id))), bad)


def _event(line: str) -> LockEvent | None:
    """None for an event that is none of ours, of this version or a later one."""
    if msgspec.json.decode(line, type=_Kind).event not in ABOUT_HOLDS:
        return None
    event = msgspec.json.decode(line, type=LockEvent)
    acquired = _utc(event.acquired_at) if event.acquired_at else None
    return msgspec.structs.replace(event, time=_utc(event.time), acquired_at=acquired)


def _utc(time: datetime) -> datetime:
    utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if not _S3_BEGAN <= utc < _NEVER:
        raise ValueError(f"{utc} is no time of a lock")
    return utc


def _completeness(event: LockEvent) -> tuple[bool, int, bytes]:
    """A line that was written twice says the same, unless one knows less (the lock was gone by then): it is last."""
    told = msgspec.to_builtins(event)
    return event.incomplete, -len(told), msgspec.json.encode(event)
