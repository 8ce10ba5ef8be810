"""Change the pages of a released lock that is put back: who may put it, and where its message goes.

``restorers`` is never removed, because a lock with the mark of one of them may appear at any time.
"""

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Fields, Name
from chalicelib.core.alerts.transitions.telling import CLAIM
from chalicelib.core.alerts.transitions.transition import Transition, absent, equals, exists, still
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

_NO_PARTS = Fields()


def begin_restore(ref: LockRef, restoring: Restoring, instead_of: Restoring | None) -> Transition:
    """Take the right to put back a lock that ended. It replaces the claim that the caller has seen, if any.

    It is not taken when the lock is back already, or when another claim came in between.
    """
    return Transition(
        ref=ref,
        put={"restoring": restoring},
        add={"restorers": frozenset({Restorer(restoring.by, restoring.click)})},
        only_if=(exists("ending"), absent("undone"), still("restoring", instead_of)),
    )


def abandon_restore(ref: LockRef, restoring: Restoring) -> Transition:
    """Drop a claim whose put is known to have done nothing. The claim of another click stays."""
    return Transition(ref=ref, remove=("restoring",), only_if=(equals("restoring", restoring),))


def restored(old: Page, lock: HeldLock, by: Restorer, parts: Fields = _NO_PARTS) -> tuple[Transition, Transition]:
    """Note that a released lock is held again, as the lock with this click's mark. Write both in this order.

    The first writes the new page, with ``parts`` about its halves. If the second is never written, both pages have the
    message; writing both again repairs that.
    """
    return _inherited(old, lock, by, parts), handed_over(old.lock.ref, lock.ref, by)


def undone(ref: LockRef, by: Restorer) -> Transition:
    """Note that this click put a released lock back and its holder has let it go since; its message is to say so.

    When this is noted twice, it may be told twice; nothing else happens.
    """
    return Transition(ref=ref, put_first={"undone": by}, remove=("told", "restoring"), only_if=(exists("ending"),))


def _inherited(old: Page, lock: HeldLock, by: Restorer, parts: Fields) -> Transition:
    """Give the new page what the page of the released lock has. ``principal`` stays who took the lock first."""
    put = Fields(lock=lock, restored_by=by.by, principal=old.principal, owner=old.owner, **parts)
    if old.posted:
        put["posted"] = old.posted
    if old.alerted_at:
        put["alerted_at"] = old.alerted_at
    if old.joint and "half_of" not in parts:
        put["joint"] = old.joint
    leads: tuple[Name, ...] = () if "half_of" in parts else ("half_of",)
    return Transition(ref=lock.ref, put=put, remove=("told", *leads), only_if=(absent("restored_by"),))


def lead_after_all(ref: LockRef, posted: Posted) -> Transition:
    """Give the message to the page of a half that was put back to follow another half, which is gone by now.

    It is not taken when the page has a message, or began anew since.
    """
    silent = (absent("posted"), absent("ending"), absent("reopened_at"))
    put = Fields(posted=posted)
    return Transition(ref=ref, put=put, remove=("half_of",), only_if=(exists("restored_by"), *silent))


def handed_over(old: LockRef, new: LockRef, by: Restorer) -> Transition:
    """Take the message off the page of the released lock, because it belongs to the new page now."""
    return Transition(
        ref=old,
        put={"told": True},
        put_first={"undone": by, "back_as": new},
        remove=("posted", "restoring", *CLAIM),
        only_if=(exists("ending"),),
    )
