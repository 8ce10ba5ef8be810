"""Decide whether an acquire in S3 was only an attempt: the run met another holder in the lock table, and let S3 go.

Terraform with both kinds of locks takes S3's first, then the table's. If the table's is another holder's, the run drops
S3's within milliseconds and fails, or tries again (``-lock-timeout``), each time with the same ID.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import NotedEvent, Rival
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.state_lock import same_holder

LASTS = timedelta(seconds=2)
"""Longest time from the acquire to the release of an attempt. EventBridge's times are whole seconds."""


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known when an acquire that met a rival is settled."""

    acquire: LockEvent
    release: LockEvent
    own: HeldLock | None
    """The lock that was acquired; None: it was gone before it could be read."""
    rival: Rival
    rival_page: Page | None
    in_table: tuple[NotedEvent, ...]
    """The events of the rival's place, back to the last one before the second of the acquire; none without a stream."""
    has_stream: bool


def rival_by_book(acquire: LockEvent, own: HeldLock | None, pages: Iterable[Page]) -> HeldLock | None:
    """Return the lock of another holder that was there at the time of an acquire, by the pages of its place."""
    there = [
        page
        for page in pages
        if page.taken <= acquire.at
        and (page.ending is None or _second(page.ending.at) >= _second(acquire.at))
        and not is_same_holder(page.lock, own)
    ]
    return max(there, key=lambda page: page.taken).lock if there else None


def is_same_holder(lock: HeldLock, own: HeldLock | None) -> bool:
    """Return whether a lock is another half of the holder's own lock; False if that one could not be read."""
    return own is not None and same_holder(lock, own)


def is_brief(acquire: LockEvent, release: LockEvent) -> bool:
    """Return whether a lock was there so shortly that its run may have been turned away."""
    return release.at - acquire.at <= LASTS


def was_turned_away(met: Meeting) -> bool:
    """Return whether the rival held the state from before the acquire until after the release, a moment later."""
    return (
        is_brief(met.acquire, met.release) and _was_there_before(met) and not _took_table(met) and _was_there_after(met)
    )


def _was_there_before(met: Meeting) -> bool:
    page = met.rival_page
    taken = page.taken if page else met.rival.lock.ref.since
    if _has_id(met.own):
        return taken <= met.acquire.at
    # Without its ID, the run's own half in the table looks like a rival; a run takes both within a moment.
    return taken < met.acquire.at - LASTS


def _took_table(met: Meeting) -> bool:
    """Return whether the run took the table's lock too, after S3's."""
    begin, end = met.acquire.second, met.release.second
    during = (noted.event for noted in met.in_table if begin <= noted.event.second <= end)
    return any(event.acquired and event.lock and is_same_holder(event.lock, met.own) for event in during)


def _was_there_after(met: Meeting) -> bool:
    if met.rival.seen_at and met.rival.seen_at >= met.release.at:
        return True
    if not met.has_stream:  # an ending that a look found came some time before the look
        return False
    until = _until(met)
    # A stream's times are whole seconds: in the second of the acquire, the rival may have gone before it.
    return until is not None and _second(until) > _second(met.acquire.at)


def _until(met: Meeting) -> datetime | None:
    """Return when the table's lock that was there before the acquire was released; None: nothing tells."""
    released = (noted.event.at for noted in met.in_table if not noted.event.acquired)
    ending = met.rival_page.ending if met.rival_page else None
    # Of other endings the page knows only when they were noticed.
    deleted = ending.at if ending and ending.outcome is Outcome.RELEASED else None
    return min(released, default=deleted)


def _has_id(own: HeldLock | None) -> bool:
    return own is not None and own.info is not None and bool(own.info.ID)


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
