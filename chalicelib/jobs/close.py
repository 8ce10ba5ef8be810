"""Close the alerts of the locks that a release ended."""

from collections.abc import Iterator

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, by_identity
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.case import Case, case_of
from chalicelib.jobs.alerts.endings import note_ending
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.event_case import EventCase


def close_alerts(case: EventCase) -> tuple[Case, ...]:
    """Note the end of the locks that are gone; return the cases whose messages have to say so.

    Locks of which nobody was told end when the release is settled. A lock with another half that is held has not ended.
    """
    release = case.event
    # Read the book before the place. In the other order, a lock acquired in between would be taken for gone.
    known = case.pages(release.at)
    if all(page.ending or (page.acquired_at and not _is_told(page, case)) for page in known):
        return ()
    current = case.world.store.read(release.place)
    gone = [page for page in known if _gone_by(release, page, current) and not _held_elsewhere(page, current, case)]
    ended = [(page, ending_by(release, page, current, theirs=page is gone[-1])) for page in gone]
    ended += [(lead, ending_by(release, lead, None, theirs=True)) for lead in _gone_leads(gone, case)]
    noted = (
        note_ending(case_of(page, case.world, case.rules, release.at), ending)
        for page, ending in ended
        # When the reaper began the release, release_lock tells how it ended.
        if not page.ending and page.releasing is None
    )
    return tuple(closed for closed in noted if closed)


def ending_by(release: LockEvent, page: Page, current: HeldLock | None, *, theirs: bool) -> Ending:
    """Return the ending of a lock that a release ended.

    The event is the release of the youngest lock (``theirs``). The release of an older lock was never told, so nobody
    knows who released that one.
    """
    principal = release.principal if theirs else ""
    return Ending(
        outcome=Outcome.REPLACED if current else Outcome.GONE,
        at=release.at,
        principal=principal,
        let_go_by=by_identity(page.principal, principal),
        held_now=current,
    )


def _is_told(page: Page, case: EventCase) -> bool:
    """Return whether people were told of a lock, by its own message or by that of its other half."""
    lead = case.world.book.find(page.half_of) if page.half_of else None
    return page.spoken_of or (lead is not None and lead.spoken_of)


def _gone_by(release: LockEvent, page: Page, current: HeldLock | None) -> bool:
    """Return whether a lock was there before the event and is not now. A younger lock has an event of its own."""
    # An event that has the lock itself tells which one it was; the time of a table's lock may be a client's.
    before = page.lock.ref == release.lock.ref if release.lock else page.taken <= release.at
    return before and presence(page.lock.ref, current) is not Presence.SAME


def _held_elsewhere(page: Page, current: HeldLock | None, case: EventCase) -> bool:
    """Return whether another half of a lock is held, and note in the lock's page which halves are."""
    if page.ending or page.half_of:
        return False
    halves = Halves(case.world, case.rules, case.event.at)
    seen = halves.leads(page, halves.state_lock(page.lock.ref.place, current))
    return any(half.held for half in seen.halves)


def _gone_leads(gone: list[Page], case: EventCase) -> Iterator[Page]:
    """Yield the pages that had the alert for one of these halves and have no half left."""
    for ref in {page.half_of for page in gone if page.half_of}:
        lead = case.world.book.find(ref)
        if lead and not lead.ending:
            current = case.world.store.read(ref.place)
            if presence(ref, current) is not Presence.SAME and not _held_elsewhere(lead, current, case):
                yield lead
