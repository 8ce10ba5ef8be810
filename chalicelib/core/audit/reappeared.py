"""Decide whether a lock is held again because a version was deleted.

In a versioned bucket a released lock stays as a version beneath a delete marker. When somebody deletes the marker by
its ID, the lock is current again, and S3 tells only that a version was deleted (recorded from AWS, docs/decisions.md).
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
    """The knowledge about a lock that is found after a version was deleted."""

    HELD = "held all along"
    AGAIN = "had ended"
    UNKNOWN = "not known"


def may_have_been_hidden(gone: LockEvent, lock: HeldLock) -> bool:
    """Return whether a lock is older than the event. A younger lock has an acquire event of its own."""
    return lock.ref.since <= gone.at


def standing(lock: HeldLock, page: Page | None, before: NotedEvent | None) -> Standing:
    """Return what is known of a lock, from its page and the event right before the version was deleted."""
    if (page and page.ending) or _was_let_go(lock, page, before):
        return Standing.AGAIN
    return Standing.HELD if page else Standing.UNKNOWN


def reappearance(gone: LockEvent, lock: HeldLock, version: str) -> LockEvent:
    """Return the event of a lock that is held again; the same deletion always gives the same event."""
    return msgspec.structs.replace(
        gone,
        acquired=True,
        permanent=False,
        reappeared=True,
        version=version,
        stamp=lock.ref.stamp,
        # The identity must not depend on the lock's version, which may become known between two looks.
        sequencer=gone.sequencer or gone.version,
    )


def _was_let_go(lock: HeldLock, page: Page | None, before: NotedEvent | None) -> bool:
    if before is None or before.event.acquired:
        return False
    # Last-Modified has whole seconds, so the lock may have been put after a release in the same second: take the latest
    # time that it can mean, unless the acquire's event tells the time.
    taken = page.acquired_at if page and page.acquired_at else lock.ref.since + _SECOND
    return taken <= before.event.at
