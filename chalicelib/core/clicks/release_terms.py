"""Decide what may be released: a lock, an empty object, or an object that can be brought back.

==============================  =======================================================================
what it is                      may be released
==============================  =======================================================================
a lock, or empty                always
neither, and readable           if the reaper keeps its bytes, or the bucket keeps it as a version
not readable, a lock's size     if the bucket keeps it as a version
what may be a state             never
what the reaper may not see     never
an item with a state's digest   never
==============================  =======================================================================
"""

from enum import StrEnum

from chalicelib.core.clicks.ending import Refusal, WayBack
from chalicelib.core.locks.lock import Body, HeldLock


class Terms(StrEnum):
    """The terms on which a kind of body may be released."""

    ALWAYS = "always"
    IF_IT_CAN_COME_BACK = "if it can come back"
    NEVER = "never"


TERMS = {
    Body.LOCK: Terms.ALWAYS,
    Body.EMPTY: Terms.ALWAYS,
    Body.FOREIGN: Terms.IF_IT_CAN_COME_BACK,
    Body.SEALED: Terms.IF_IT_CAN_COME_BACK,
    Body.STATE: Terms.NEVER,
    Body.DENIED: Terms.NEVER,
    Body.DIGEST: Terms.NEVER,
}


def way_back(lock: HeldLock, *, keeps: bool) -> WayBack | None:
    """Return how to bring back, after a release, an object that is no lock; None: it is a lock, or it cannot be done.

    ``keeps`` tells whether the reaper keeps the bytes of what it releases; with ``undo = "never"`` it does not.
    """
    if TERMS[lock.body] is not Terms.IF_IT_CAN_COME_BACK:
        return None
    if keeps and lock.body is Body.FOREIGN:
        return WayBack.KEPT
    return WayBack.VERSION if lock.versioned else None


def why_not_releasable(lock: HeldLock, *, keeps: bool) -> Refusal | None:
    """Return why nobody may release this object from Slack; None: it may be released."""
    if lock.body is Body.STATE:
        return Refusal.MAY_BE_STATE
    if lock.body is Body.DENIED:
        return Refusal.UNSEEN
    if lock.body is Body.DIGEST:
        return Refusal.HAS_DIGEST
    comes_back = TERMS[lock.body] is Terms.ALWAYS or way_back(lock, keeps=keeps)
    return None if comes_back else Refusal.NO_WAY_BACK
