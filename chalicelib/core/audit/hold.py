"""Holds: which one a release ended, and who let it go."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import NEARBY, REMEMBERED, LockEvent
from chalicelib.core.clicks.claim import CLAIM_LASTS
from chalicelib.core.clicks.ending import REAPER, LetGoBy, Outcome, by_identity
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

_SAME_END = timedelta(minutes=5)
"""An ending in the lock book that is so much older than a release is of another one."""


class NotedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as it is remembered. The lock that an acquire is about has its page in the lock book, by this name."""

    event: LockEvent
    ref: LockRef | None = None
    """None: it could not be read, or the event is a release."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that has ended, as far as it is known."""

    since: datetime
    lock: HeldLock | None = None
    record: Page | None = None
    taken_by: str = ""
    """The AWS identity that took the lock, "" where S3 did not tell."""


def page_of(event: LockEvent, records: Iterable[Page]) -> Page | None:
    """The page of the lock that an acquire is about, found without reading the object: by its bytes and its second."""

    def apart(record: Page) -> timedelta:
        return abs(record.lock.ref.since - event.at)

    same = [record for record in records if record.lock.ref.stamp == event.stamp]
    return min((record for record in same if apart(record) < NEARBY), key=apart, default=None)


def hold_ended_by(release: LockEvent, before: NotedEvent | None, records: list[Page]) -> Hold | None:
    """The hold that a release ended; None when none is known: no lock was there, or its acquire was never told.

    ``before`` is the event right before it. A lock that only the lock book knows (older than the reaper, or its event
    was lost) is younger than that event.
    """
    acquire = before if before and before.event.acquired else None
    own = _page(acquire, records) if acquire else None
    unheard = [record for record in records if record is not own and _is_unheard(record, before, release)]
    if unheard:
        record = max(unheard, key=lambda one: one.taken)
        return Hold(since=record.taken, lock=record.lock, record=record, taken_by=record.principal)
    return _begun_by(acquire, own) if acquire else None


def who_let_go(release: LockEvent, hold: Hold | None, release_role: str) -> LetGoBy:
    """Who let the lock go. ``release_role`` is the unique ID of the one role that deletes for the reaper (``AROA...``).

    The role decides where S3 names an identity: whoever clicked may have come after the holder's own release. Where it
    names none, only a delete that S3 has confirmed is the reaper's: one that was begun may have come too late.
    """
    if release.by_lifecycle:
        return LetGoBy.LIFECYCLE
    record = hold.record if hold else None
    if release.principal and release_role:
        ours = release.by(release_role)
    else:
        ours = record is not None and _is_confirmed(record, release)
    if ours:
        return LetGoBy.REAPER if record and record.deleter == REAPER else LetGoBy.SLACK
    return by_identity(hold.taken_by if hold else "", release.principal)


def _is_confirmed(record: Page, release: LockEvent) -> bool:
    """Return whether S3 confirmed a delete of ours at the time of this event. An ending has the time its job began."""
    ending = record.ending
    if ending is None or ending.outcome is not Outcome.RELEASED:
        return False
    return ending.at - NEARBY <= release.at <= ending.at + CLAIM_LASTS


def _is_unheard(record: Page, before: NotedEvent | None, release: LockEvent) -> bool:
    """Whether a lock was there between two events of which neither is its acquire."""
    if record.taken > release.at or (record.ending and record.ending.at < release.at - _SAME_END):
        return False
    # One whose acquire was told is found by that event, unless it was so long ago that the event is forgotten.
    # (DynamoDB forgets in no order: what is left of that time says nothing.)
    if before is None or before.event.at < release.at - REMEMBERED:
        return True
    return record.acquired_at is None and before.event.at < record.taken


def _page(acquire: NotedEvent, records: list[Page]) -> Page | None:
    """The lock book's page of the lock that an acquire is about."""
    if acquire.ref is None:
        return page_of(acquire.event, records)
    return next((record for record in records if record.lock.ref == acquire.ref), None)


def _begun_by(acquire: NotedEvent, page: Page | None) -> Hold:
    # Who took a lock that was put back, or is there again, is not who brought it back.
    if acquire.event.reappeared:
        taken_by = page.principal if page else ""
    else:
        taken_by = page.principal if page and page.restored_by else acquire.event.principal
    return Hold(since=acquire.event.at, lock=page.lock if page else None, record=page, taken_by=taken_by)
