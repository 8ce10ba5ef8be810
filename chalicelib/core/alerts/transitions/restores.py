"""A released lock that is put back: who may put it, and its message that moves to the page of the lock there now.

``restorers`` is never removed, because the mark on a lock tells at any time which of them put it there.
"""

from chalicelib.core.alerts.page import Fields, Page
from chalicelib.core.alerts.transitions.telling import CLAIM
from chalicelib.core.alerts.transitions.transition import Transition, absent, equals, exists, still
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef


def begin_restore(ref: LockRef, restoring: Restoring, instead_of: Restoring | None) -> Transition:
    """Take the right to put back a lock that ended, in place of the claim that was seen there, or of none.

    It is not taken when the lock is back already, or when another claim has come in between.
    """
    return Transition(
        ref=ref,
        put={"restoring": restoring},
        add={"restorers": frozenset({Restorer(restoring.by, restoring.click)})},
        only_if=(exists("ending"), absent("undone"), still("restoring", instead_of)),
    )


def abandon_restore(ref: LockRef, restoring: Restoring) -> Transition:
    """Drop a claim whose put is known to have done nothing. Another's is left alone."""
    return Transition(ref=ref, remove=("restoring",), only_if=(equals("restoring", restoring),))


def restored(old: Page, lock: HeldLock, by: Restorer) -> tuple[Transition, Transition]:
    """Note that a released lock is held again, as the lock with this click's mark. Write both, in this order.

    The new page comes first: when nothing follows, both pages have the message, and the same once more puts that right.
    """
    return _inherited(old, lock, by), _handed_over(old.lock.ref, lock.ref, by)


def undone(ref: LockRef, by: Restorer) -> Transition:
    """Note that a released lock was put back by this click, and let go since: its message is to say so.

    Noted twice it may be told twice, and that is all.
    """
    return Transition(ref=ref, put_first={"undone": by}, remove=("told", "restoring"), only_if=(exists("ending"),))


def _inherited(old: Page, lock: HeldLock, by: Restorer) -> Transition:
    """Give the page of a restored lock what the released one's has. Who took it is not who put it back."""
    put = Fields(lock=lock, restored_by=by.by, principal=old.principal, owner=old.owner)
    if old.posted:
        put["posted"] = old.posted
    if old.alerted_at:
        put["alerted_at"] = old.alerted_at
    return Transition(ref=lock.ref, put=put, remove=("told",), only_if=(absent("restored_by"),))


def _handed_over(old: LockRef, new: LockRef, by: Restorer) -> Transition:
    """Leave the page of a released lock without its message, so that nobody looks for it there any more."""
    return Transition(
        ref=old,
        put={"told": True},
        put_first={"undone": by, "back_as": new},
        remove=("posted", "restoring", *CLAIM),
        only_if=(exists("ending"),),
    )
