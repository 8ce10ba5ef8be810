"""Look at a lock's place when S3 tells that a version was deleted: a lock that had ended may be current again.

Any order and any number of looks lead to the same result, because each look writes its own memory before it reads what
others wrote, and the line is claimed by its event.
"""

from datetime import timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.audit.event_line import of_reappearance
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.audit.reappeared import UNKNOWN_BEFORE, Standing, may_have_been_hidden, reappearance, standing
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.case import case_of
from chalicelib.jobs.alerts.endings import tell
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.journal_once import journal_once
from chalicelib.ports.people import MessengerError

_INSTANT = timedelta(microseconds=1)


def look_again(case: EventCase, *, settled: bool) -> bool:
    """Return whether a lock is there that the version may have hidden. If that lock had ended, note it as held again.

    An unknown lock may be an acquire that AWS has not told yet, so it is noted only when the release is ``settled``.

    Raises:
        StoreError, BookError: the queue delivers the event again.
    """
    gone, world = case.event, case.world
    lock = world.store.read(gone.place)
    if lock is None or not may_have_been_hidden(gone, lock):
        return False
    if settled:
        world.events.remember_gone(gone)
    page = world.book.find(lock.ref)
    found = standing(lock, page, world.events.before(gone))
    if found is Standing.AGAIN or (found is Standing.UNKNOWN and settled):
        _hold_again(lock, page, case)
    return True


def _hold_again(lock: HeldLock, page: Page | None, case: EventCase) -> None:
    gone, world = case.event, case.world
    # Read again, because the lock may have been let go between the read of its place and the read of its page.
    current = world.store.read(gone.place)
    if current is None or current.ref != lock.ref:
        return
    event = reappearance(gone, lock, _version_of(lock, page, case))
    detail = UNKNOWN_BEFORE if page is None and not _let_go_before(case) else ""
    # The line is written first: once the page has no ending, another look could not tell that the lock had ended.
    line = of_reappearance(event, lock, page, detail)
    journal_once(NotedEvent(event, lock.ref), line, world, case.rules, case.now)
    if page is None:
        world.book.write(telling.remember(lock))
    elif page.ending and _is_told(page, case):
        world.book.write(endings.reopen(lock, case.now))


def _let_go_before(case: EventCase) -> bool:
    before = case.world.events.before(case.event)
    return before is not None and not before.event.acquired


def _is_told(page: Page, case: EventCase) -> bool:
    """Have the message say how the lock ended, because a new page forgets that; return whether it does.

    If Slack refuses, the next watch has the message say it and begins the new page.
    """
    if page.told or not page.spoken_of:
        return True
    try:
        tell(case_of(page, case.world, case.rules, case.now))
    except MessengerError:
        return False
    latest = case.world.book.find(page.lock.ref)
    return latest is None or latest.told


def _version_of(lock: HeldLock, page: Page | None, case: EventCase) -> str:
    """Return the lock's version, from its acquire's event; "" when that is not known."""
    if page is None or page.acquired_at is None:
        return ""
    acquire = case.world.events.before(
        msgspec.structs.replace(case.event, at=page.acquired_at + _INSTANT, sequencer="")
    )
    return acquire.event.version if acquire and acquire.ref == lock.ref else ""
