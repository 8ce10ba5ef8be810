"""Close the alerts of the locks that a release ended."""

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, by_identity
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.case import Case, case_of
from chalicelib.jobs.alerts.endings import note_ending
from chalicelib.jobs.event_case import EventCase


def close_alerts(case: EventCase) -> tuple[Case, ...]:
    """Note the end of the locks that are gone; return the cases whose messages have to say so.

    Locks of which nobody was told end when the release is settled.
    """
    release = case.event
    # Read the book before the place. In the other order, a lock acquired in between would be taken for gone.
    known = case.pages(release.at)
    if all(page.ending or (page.acquired_at and not page.spoken_of) for page in known):
        return ()
    current = case.world.store.read(release.place)
    gone = [page for page in known if _gone_by(release, page, current)]
    noted = (
        note_ending(
            case_of(page, case.world, case.rules, release.at),
            ending_by(release, page, current, theirs=page is gone[-1]),
        )
        for page in gone
        # When the reaper began the release, release_lock tells how it ended.
        if not page.ending and page.releasing is None
    )
    return tuple(ended for ended in noted if ended)


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


def _gone_by(release: LockEvent, page: Page, current: HeldLock | None) -> bool:
    """Return whether a lock was there before the event and is not now. A younger lock has an event of its own."""
    return page.taken <= release.at and presence(page.lock.ref, current) is not Presence.SAME
