"""How a lock ended, who may delete it, and a lock that is held after all.

The first to end a lock is believed, except the deleter, who always is, unless the lock was put back since.
"""

from datetime import datetime

from chalicelib.core.alerts.page import Fields, Name
from chalicelib.core.alerts.transitions.transition import Transition, absent, equals, exists, still
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

_END: tuple[Name, ...] = ("ending", "told", "releasing", "kept", "restoring", "undone", "back_as")
"""What is noted of a lock's end."""
_STORY: tuple[Name, ...] = (
    "posted",
    "alerted_at",
    "shown_at",
    "appearance",
    "owner",
    "levels",
    "said",
    "snooze",
    "refused",
    "asked",
)
"""All that people were told of a held lock, and what they wanted."""
_UNSPOKEN: tuple[Name, ...] = ("ending", "posted", "sending", "said", "releasing")


def begin_release(
    lock: HeldLock, releasing: Releasing, kept: LockObject | None, instead_of: Releasing | None
) -> Transition:
    """Take the right to delete a lock, in place of the claim that was seen there, or of none.

    It is not taken when the lock has ended, or when another claim has come in between. ``kept`` is what can be put
    back.
    """
    put = Fields(lock=lock, releasing=releasing)
    if kept:
        put["kept"] = kept
    return Transition(ref=lock.ref, put=put, only_if=(absent("ending"), still("releasing", instead_of)))


def abandon_release(ref: LockRef, releasing: Releasing) -> Transition:
    """Drop a claim whose delete is known to have done nothing. Another's is left alone.

    What was kept stays: it is the same for whoever releases this lock next.
    """
    return Transition(ref=ref, remove=("releasing",), only_if=(equals("releasing", releasing),))


def end(lock: HeldLock, ending: Ending, seen: Releasing | None = None) -> Transition:
    """Note that the lock is no longer held. It has not been told.

    ``seen`` is the claim to a delete that the ending takes into account: where another one has come in between, the
    ending may name the wrong person, and is not noted.
    """
    by_deleter = ending.outcome is Outcome.RELEASED
    believed = (absent("undone"),) if by_deleter else (absent("ending"), still("releasing", seen))
    return Transition(ref=lock.ref, put={"lock": lock, "ending": ending}, remove=("told",), only_if=believed)


def end_unspoken(lock: HeldLock, ending: Ending) -> Transition:
    """Note the end of a lock of which nothing was ever said, so that there is nothing to tell.

    It is not taken when something was, or is being said, when the lock had ended, or when somebody's delete was begun.
    """
    put = Fields(lock=lock, ending=ending, told=True)
    return Transition(ref=lock.ref, put=put, only_if=tuple(absent(name) for name in _UNSPOKEN))


def ending_told(ref: LockRef) -> Transition:
    """Note that its message, if it has one, says how it ended."""
    return Transition(ref=ref, put={"told": True}, only_if=(exists("ending"),))


def reopen(lock: HeldLock, at: datetime) -> Transition:
    """Begin a new page for a lock that is held after all; of two callers the second finds the first one's.

    What was posted of it stays in Slack as it is. No click from before ``at`` counts any more: it was about the hold
    that ended. A sending whose end is not known stays: its message may stand there, and then it is the new page's.
    """
    return Transition(
        ref=lock.ref, put={"lock": lock, "reopened_at": at}, remove=_END + _STORY, only_if=(exists("ending"),)
    )
