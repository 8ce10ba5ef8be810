"""Decide which hold a release ended, and who let the lock go."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import NEARBY, RELEASING, REMEMBERED, LockEvent
from chalicelib.core.clicks.claim import CLAIM_LASTS
from chalicelib.core.clicks.ending import REAPER, LetGoBy, Outcome, by_identity, is_operator
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import NO_TIME, Clock, LockRef

_SAME_END = timedelta(minutes=5)
"""An ending in the lock book that is older than a release by more than this belongs to an earlier release."""


class Journaled(StrEnum):
    """The answers to: what does the journal say of an event?"""

    NOTHING = "nothing"
    HOLD = "hold"
    """Its own line: a hold began or ended by it."""
    ATTEMPT = "attempt"
    """A line that a run took the lock in S3 and was turned away by the lock table (``core.audit.attempt``)."""


class Rival(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another holder's lock in a lock table, on the state path that a run locked in S3."""

    lock: HeldLock
    seen_at: datetime | None = None
    """When the reaper read the lock in the table; None: only the lock book says that it was there."""


class NotedEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as the event book remembers it, with the lock that the event is about."""

    event: LockEvent
    ref: LockRef | None = None
    """The lock that an acquire took; None: the lock could not be read, or S3 told of a release."""
    rival: Rival | None = None
    """Another holder's lock in a lock table when the acquire was told. The acquire is journaled when it is settled."""
    journaled: Journaled = Journaled.NOTHING


class EndedHold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that has ended, with what is known of it."""

    since: datetime | None
    """None: nothing tells when the lock was taken."""
    clock: Clock = Clock.AWS
    """Whose clock ``since`` is by."""
    lock: HeldLock | None = None
    page: Page | None = None
    taken_by: str = ""
    """The AWS identity that took the lock; "" when S3 did not tell."""


def page_of(event: LockEvent, pages: Iterable[Page]) -> Page | None:
    """Return the page of the lock that an acquire took: the page with the event's stamp and about its time."""

    def apart(page: Page) -> timedelta:
        return abs(page.lock.ref.since - event.at)

    same = [page for page in pages if page.lock.ref.stamp == event.stamp]
    return min((page for page in same if apart(page) < NEARBY), key=apart, default=None)


def hold_ended_by(release: LockEvent, before: NotedEvent | None, pages: list[Page]) -> EndedHold | None:
    """Return the hold that a release ended; None: no lock was there, or AWS never told of its acquire.

    ``before`` is the event right before the release. Only the lock book knows a lock that is older than the reaper, or
    whose event was lost; such a lock counts if it is younger than ``before``.
    """
    acquire = before if before and before.event.acquired else None
    if release.lock:
        return _hold_of(release.lock, release.at, acquire, pages)
    own = _page(acquire, pages) if acquire else None
    unheard = [page for page in pages if page is not own and _is_unheard(page, before, release)]
    if unheard:
        page = max(unheard, key=lambda one: one.taken)
        return EndedHold(since=page.taken, lock=page.lock, page=page, taken_by=page.principal)
    return _begun_by(acquire, own) if acquire else None


def who_let_go(release: LockEvent, hold: EndedHold | None, release_role: str) -> LetGoBy:
    """Return who let a lock go. ``release_role`` is the unique ID (``AROA...``) of the reaper's deleting role.

    When S3 names an identity, that decides, because a click may have come after the holder's own release. In another
    account the reaper's identity is a session with a name of its own. When S3 names none, only a delete that S3
    confirmed to the reaper counts as the reaper's, because one that was only begun may have come too late.
    """
    if release.by_lifecycle:
        return LetGoBy.LIFECYCLE
    page = hold.page if hold else None
    if release.principal and release_role:
        elsewhere = page is not None and page.deleter != "" and release.in_session(RELEASING)
        ours = release.by(release_role) or elsewhere
    else:
        ours = page is not None and _is_confirmed(page, release)
    if page and _is_operators(page, release):
        return LetGoBy.OPERATOR
    if ours:
        return LetGoBy.REAPER if page and page.deleter == REAPER else LetGoBy.SLACK
    return by_identity(hold.taken_by if hold else "", release.principal)


def _is_operators(page: Page, release: LockEvent) -> bool:
    """Return whether AWS confirmed this delete to ``tflocks release``, and does not name another session."""
    session = session_name(release.principal)
    same = not session or page.deleter.endswith(f"/{session}")
    return is_operator(page.deleter) and same and _is_confirmed(page, release)


def _hold_of(lock: HeldLock, until: datetime, acquire: NotedEvent | None, pages: list[Page]) -> EndedHold:
    """Return the hold of the lock that the event of a release has."""
    page = next((page for page in pages if page.lock.ref == lock.ref), None)
    if acquire and acquire.ref == lock.ref:
        return EndedHold(since=acquire.event.at, lock=lock, page=page)
    since, clock = (page.taken, page.clock) if page else (lock.ref.since, lock.ref.place.traits.clock)
    known = since != NO_TIME and since <= until
    return EndedHold(since=since if known else None, clock=clock if known else Clock.AWS, lock=lock, page=page)


def _is_confirmed(page: Page, release: LockEvent) -> bool:
    """Return whether S3 confirmed to the reaper a delete at the time of this event.

    The time of an ending is when its job began, so the event may be later than the ending, by as much as a claim lasts.
    """
    ending = page.own_ending
    if ending is None or ending.outcome is not Outcome.RELEASED:
        return False
    return ending.at - NEARBY <= release.at <= ending.at + CLAIM_LASTS


def _is_unheard(page: Page, before: NotedEvent | None, release: LockEvent) -> bool:
    """Return whether a lock was there between two events of which neither is its acquire."""
    if page.taken > release.at or (page.ending and page.ending.at < release.at - _SAME_END):
        return False
    # A lock whose acquire was told is found by that event, unless the event is forgotten by now.
    # DynamoDB's TTL deletes in no order, so events older than REMEMBERED prove nothing.
    if before is None or before.event.at < release.at - REMEMBERED:
        return True
    return page.acquired_at is None and before.event.at < page.taken


def _page(acquire: NotedEvent, pages: list[Page]) -> Page | None:
    """Return the page of the lock that an acquire took."""
    if acquire.ref is None:
        return page_of(acquire.event, pages)
    return next((page for page in pages if page.lock.ref == acquire.ref), None)


def _begun_by(acquire: NotedEvent, page: Page | None) -> EndedHold:
    # For a lock that was put back, or is current again, the event names who brought it back, the page who took it.
    if acquire.event.reappeared:
        taken_by = page.principal if page else ""
    else:
        taken_by = page.principal if page and page.restored_by else acquire.event.principal
    return EndedHold(since=acquire.event.at, lock=page.lock if page else None, page=page, taken_by=taken_by)
