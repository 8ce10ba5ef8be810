"""Journal a release with the hold that it ended, after all earlier events have arrived."""

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.event import NEARBY, NULL_VERSION, LockEvent
from chalicelib.core.audit.event_line import of_release
from chalicelib.core.audit.hold import EndedHold, NotedEvent, hold_ended_by, who_let_go
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.attempts import settle_acquire, was_attempt
from chalicelib.jobs.close import close_alerts, ending_by
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.journal_once import journal_once
from chalicelib.jobs.reappear import look_again


def settle(case: EventCase) -> tuple[Case, ...]:
    """Journal an event when all earlier ones have been told: a release with its hold, or an acquire that met a rival.

    Return cases as ``record_event`` does.

    After a release, look whether a lock is current again. A later deletion of a version may have been told before the
    release. Look again now: at that time it was not known that the lock had ended.

    Raises:
        StoreError, BookError: the queue delivers the order again.
    """
    if case.event.acquired:
        settle_acquire(case)
        return ()
    ended = _journal_release(case)
    if case.event.permanent:
        look_again(case, settled=True)
    for gone in case.world.events.gone_after(case.event):
        look_again(case.of(gone), settled=True)
    return ended


def _journal_release(case: EventCase) -> tuple[Case, ...]:
    release, world = case.event, case.world
    # Read the pages first, because an acquire is noted as an event before it is noted on its lock's page. In the other
    # order, an acquire told between the two reads would be seen in neither, and its release would be taken for the
    # release of the lock before it.
    pages = case.pages(release.at + NEARBY)
    before = world.events.before(release)
    if release.permanent and not _is_of_the_lock(release, before):
        return ()
    hold = hold_ended_by(release, before, pages)
    if was_attempt(case, before):
        return _end(hold, case)
    let_go_by = who_let_go(release, hold, case.recording.release_role)
    journal_once(NotedEvent(release), of_release(release, hold, let_go_by), world, case.rules, case.now)
    return _end(hold, case)


def _end(hold: EndedHold | None, case: EventCase) -> tuple[Case, ...]:
    if hold and hold.page and not hold.page.ending and not _end_unspoken(hold.page, case):
        # The acquire was told after the release, so the release could not close the alert when it came.
        return close_alerts(case)
    return ()


def _is_of_the_lock(deleted: LockEvent, before: NotedEvent | None) -> bool:
    """Return whether the version that was deleted by its ID is the lock itself, not an old version."""
    return before is not None and before.event.acquired and (before.event.version or NULL_VERSION) == deleted.version


def _end_unspoken(page: Page, case: EventCase) -> bool:
    """Note the end of a lock of which nobody was told; return whether it was noted.

    The lock's acquire must have been told, because otherwise nobody knows that the release was of this lock.
    """
    if page.acquired_at is None:
        return False
    ending = ending_by(case.event, page, None, theirs=True)
    return case.world.book.write(endings.end_unspoken(page.lock, ending)).taken
