"""What tests write into a lock book."""

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import restores, telling
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.clicks.claim import Restorer
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import LockBook


def page_after(book: LockBook, transition: Transition) -> Page:
    """Return the page as it is after a transition, taken or not."""
    page = book.write(transition).page
    assert page is not None
    return page


def say(book: LockBook, lock: HeldLock, sending: Sending, posted: Posted) -> None:
    """Note a message as the jobs do."""
    for transition in telling.said(lock, sending, posted):
        if book.write(transition).taken:
            return


def put_back(book: LockBook, old: Page, lock: HeldLock, by: Restorer) -> Page:
    """Note a lock put back as the jobs do; return its page."""
    inherited, handed_over = restores.restored(old, lock, by)
    page = page_after(book, inherited)
    book.write(handed_over)
    return page


def kept(book: LockBook, ref: LockRef) -> LockObject | None:
    """Return what can be put back of a lock."""
    page = book.find(ref)
    return page.kept if page else None
