"""Give all lines about one lock in a table the same begin of its hold, by the best clock that any of them has.

A table's lock tells when it was taken only by its client's clock. The lines of its acquire and its release know better:
by AWS's clock with a stream, by the reaper's where the client's cannot be. Alerts and clicks have only the client's.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.core.audit.line import JournalLine, LineKind

_KNOW = (LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED)


def with_one_begin(events: Iterable[JournalLine]) -> list[JournalLine]:
    """Return the lines of one place, each with the begin of its hold, as far as one of them tells it."""
    events = list(events)
    begins: defaultdict[str, list[datetime]] = defaultdict(list)
    for event in events:
        if event.event in _KNOW and event.etag and event.acquired_at:
            begins[event.etag].append(event.acquired_at)
    return [_with_begin(event, begins.get(event.etag, [])) for event in events]


def _with_begin(event: JournalLine, begins: list[datetime]) -> JournalLine:
    if event.event in _KNOW or not begins:
        return event
    begun = max((begin for begin in begins if begin <= event.time), default=min(begins))
    return msgspec.structs.replace(event, acquired_at=begun)
