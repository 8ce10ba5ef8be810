"""Tell holds in S3 from attempts: runs that met another holder in the lock table and let S3 go at once.

An acquire that may be an attempt is not journaled at once but settled, as a release is. If its release came within
moments, that decides for both when it is settled.
"""

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from chalicelib.core.audit.attempt import LASTS, Meeting, is_brief, is_same_holder, rival_by_book, was_turned_away
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.event_line import of_attempt
from chalicelib.core.audit.hold import Journaled, NotedEvent, Rival
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.journal_once import journal_acquire, journal_once, pass_over
from chalicelib.ports.locks import StoreError

_WITHIN = LASTS + timedelta(seconds=1)


def places_after(case: EventCase) -> tuple[Place, ...]:
    """Return the places of the same state's lock that a run takes after the event's own."""
    own = case.event.place
    places = case.rules.places_of(own.state_path)
    return tuple(place for place in places if place.traits.release_order < own.traits.release_order)


def rival_of(case: EventCase, own: HeldLock | None) -> Rival | None:
    """Return the lock of another holder by which the run of an acquire may have been turned away; None: there is none.

    An acquire that is told again has the rival that it had the first time.
    """
    places = places_after(case)
    noted = case.world.events.find(case.event) if places else None
    if noted:
        return noted.rival
    rivals = (_rival_at(place, case, own) for place in places)
    return next((rival for rival in rivals if rival), None)


def settle_acquire(case: EventCase) -> None:
    """Journal an acquire that met a rival as a hold, unless its release came at once: that decides when it is settled.

    So no two orders try to journal one acquire at the same time.
    """
    noted = case.world.events.find(case.event)
    if noted is None or noted.rival is None or noted.journaled is not Journaled.NOTHING:
        return
    release = _right_after(case)
    if release is None or release.journaled is not Journaled.NOTHING or not is_brief(case.event, release.event):
        journal_acquire(noted, _own(noted, case), case)


def was_attempt(case: EventCase, before: NotedEvent | None) -> bool:
    """Return whether a release ended only an attempt, so that it is no line of its own. ``before`` is its acquire."""
    if before is None or before.rival is None or not before.event.acquired:
        return False
    if not is_brief(before.event, case.event):
        return False
    if before.journaled is Journaled.NOTHING:
        return _decide(before, before.rival, NotedEvent(case.event), case.of(before.event))
    if before.journaled is Journaled.ATTEMPT:
        pass_over(NotedEvent(case.event), case.world, case.now)
    return before.journaled is Journaled.ATTEMPT


def _rival_at(place: Place, case: EventCase, own: HeldLock | None) -> Rival | None:
    try:
        found = case.world.store.read(place)
    except StoreError:
        return None  # the trail of S3's locks does not depend on the table
    if found and not is_same_holder(found, own):
        return Rival(found, case.now)
    if not case.rules.stream_of(place):
        return None
    pages = [page for page in case.world.book.pages_of(place.state_path, case.now) if page.lock.ref.place == place]
    lock = rival_by_book(case.event, own, pages)
    return Rival(lock) if lock else None


def _own(acquire: NotedEvent, case: EventCase) -> HeldLock | None:
    """Return the lock that was acquired, from its page."""
    page = case.world.book.find(acquire.ref) if acquire.ref else None
    return page.lock if page else None


def _decide(acquire: NotedEvent, rival: Rival, release: NotedEvent, case: EventCase) -> bool:
    """Journal an acquire whose release came at once; return whether as an attempt."""
    own = _own(acquire, case)
    if was_turned_away(_meeting(release.event, own, rival, case)):
        journal_once(acquire, of_attempt(case.event, own, rival.lock), case.world, case.rules, case.now)
        pass_over(release, case.world, case.now)
        return True
    journal_acquire(acquire, own, case)
    return False


def _meeting(release: LockEvent, own: HeldLock | None, rival: Rival, case: EventCase) -> Meeting:
    place, world = rival.lock.ref.place, case.world
    return Meeting(
        acquire=case.event,
        release=release,
        own=own,
        rival=rival,
        rival_page=world.book.find(rival.lock.ref),
        in_table=tuple(_in_table(place, case)),
        has_stream=bool(case.rules.stream_of(place)),
    )


def _in_table(place: Place, case: EventCase) -> Iterator[NotedEvent]:
    """Yield the events of a place in a table until now, backwards to the first before the second of the acquire."""
    events, acquire = case.world.events, case.event
    last = events.before(LockEvent(acquired=True, place=place, at=case.now, told_by=ToldBy.STREAM))
    while last:
        yield last
        last = events.before(last.event) if last.event.second >= acquire.second else None


def _right_after(case: EventCase) -> NotedEvent | None:
    """Return the release that followed the acquire within moments; None: it was not told."""
    events, acquire = case.world.events, case.event
    following: NotedEvent | None = None
    last = events.before(msgspec.structs.replace(acquire, at=acquire.at + _WITHIN, sequencer=""))
    while last and acquire.before(last.event):
        following, last = last, events.before(last.event)
    return following if following and not following.event.acquired else None
