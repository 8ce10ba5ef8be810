"""Tell whether a lock is there again because a version is gone.

In a versioned bucket a released lock stays beneath a delete marker. Deleting the marker by its ID makes the lock
current again, and S3 tells only that a version is gone (recorded from AWS, docs/decisions.md).
"""

from datetime import timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.locks.lock import HeldLock

UNKNOWN_BEFORE = "the reaper did not know this lock: it may have been held all along"
_SECOND = timedelta(seconds=1)


class Standing(StrEnum):
    """What is known of a lock that is there after a version was deleted."""

    HELD = "held all along"
    AGAIN = "had ended"
    UNKNOWN = "not known"


def may_have_been_hidden(gone: LockEvent, lock: HeldLock) -> bool:
    """Return whether a lock is older than the event; a younger one has an acquire of its own."""
    return lock.ref.since <= gone.at


def standing(lock: HeldLock, page: Page | None, before: NotedEvent | None) -> Standing:
    """Return what is known of a lock, by its page and the event right before the version was deleted."""
    if (page and page.ending) or _was_let_go(lock, page, before):
        return Standing.AGAIN
    return Standing.HELD if page else Standing.UNKNOWN


def reappearance(gone: LockEvent, lock: HeldLock, version: str) -> LockEvent:
    """Return the event as a reappearance: a lock is held from then on. The same event gives the same one each time."""
    return msgspec.structs.replace(
        gone,
        acquired=True,
        permanent=False,
        reappeared=True,
        version=version,
        stamp=lock.ref.stamp,
        # Its identity, which must not hang on the lock's version: that may become known between two looks.
        sequencer=gone.sequencer or gone.version,
    )


def _was_let_go(lock: HeldLock, page: Page | None, before: NotedEvent | None) -> bool:
    if before is None or before.event.acquired:
        return False
    # S3 gives whole seconds: without its acquire's event a lock may have been put after a release of the same second.
    taken = page.acquired_at if page and page.acquired_at else lock.ref.since + _SECOND
    return taken <= before.event.at
