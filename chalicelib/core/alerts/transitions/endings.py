"""Change a page when a lock ends, when somebody may delete it, and when it is held after all.

The first ending of a lock stays. One thing replaces it: the ending of whoever deleted the lock, unless the lock was
put back since.
"""

from datetime import datetime

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Fields, Name
from chalicelib.core.alerts.transitions.transition import Check, Either, Transition, absent, equals, exists, still
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef

_END: tuple[Name, ...] = (
    "ending",
    "half_ending",
    "told",
    "releasing",
    "kept",
    "kept_halves",
    "restoring",
    "undone",
    "back_as",
)
"""The fields about a lock's end."""
_STORY: tuple[Name, ...] = (
    "halves",
    "half_of",
    "joint",
    "rivals",
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
"""The fields about a held lock's halves, what people were told of it, and what they wanted."""
_NO_PARTS = Fields()
_UNSPOKEN: tuple[Name, ...] = ("ending", "posted", "sending", "said", "releasing")


def begin_release(
    lock: HeldLock,
    releasing: Releasing,
    kept: LockObject | None,
    instead_of: Releasing | None,
) -> Transition:
    """Take the right to delete a lock. It replaces the claim that the caller has seen on the page, if any.

    It is not taken when the lock has ended, or when another claim came in between. ``kept`` is the object that can be
    put back.
    """
    put = Fields(lock=lock, releasing=releasing)
    if kept:
        put["kept"] = kept
    return Transition(ref=lock.ref, put=put, only_if=(absent("ending"), still("releasing", instead_of)))


def begin_halves(seen: Page, lock: HeldLock, releasing: Releasing, parts: Fields) -> Transition:
    """Take the right to delete the halves of a lock. ``seen`` is its page from before the look at the halves.

    It is not taken when the lock has ended, or when another click came in between, even if that one is over: it may
    have deleted a half. ``parts`` are what can be put back, and how the half of this page ended if it is gone: once the
    earlier claim is replaced, nothing else tells who deleted that half.
    """
    same = (still("releasing", seen.releasing), still("half_ending", seen.half_ending))
    put = Fields(lock=lock, releasing=releasing, **parts)
    return Transition(ref=lock.ref, put=put, only_if=(absent("ending"), *same))


def abandon_release(ref: LockRef, releasing: Releasing) -> Transition:
    """Drop a claim whose delete is known to have done nothing. The claim of another click stays.

    ``kept`` stays, because it is the same for the next person who releases this lock.
    """
    return Transition(ref=ref, remove=("releasing",), only_if=(equals("releasing", releasing),))


def end(lock: HeldLock, ending: Ending, seen: Releasing | None = None, parts: Fields = _NO_PARTS) -> Transition:
    """Note that the lock is no longer held, and that its message does not say so yet.

    ``seen`` is the claim to a delete that the ending takes into account. When another claim came in between, the ending
    may name the wrong person, so it is not noted. ``parts`` are the fields about the halves of the lock, if it has
    several.
    """
    put = Fields(lock=lock, ending=ending, **parts)
    return Transition(ref=lock.ref, put=put, remove=("told",), only_if=_believed(ending, seen))


def end_half(lock: HeldLock, ending: Ending, seen: Releasing | None) -> Transition:
    """Note that the half of a silent page is no longer held. The page of another half tells people."""
    put = Fields(lock=lock, ending=ending, told=True)
    return Transition(ref=lock.ref, put=put, only_if=_believed(ending, seen))


def keep_open(ref: LockRef, parts: Fields, seen: Releasing | None) -> Transition:
    """Drop a claim whose deletes are over, and note which halves they left. The lock is still held by one of them."""
    return Transition(
        ref=ref, put=parts, remove=("releasing",), only_if=(exists("lock"), absent("ending"), still("releasing", seen))
    )


def _believed(ending: Ending, seen: Releasing | None) -> tuple[Check | Either, ...]:
    if ending.outcome is Outcome.RELEASED:
        return (absent("undone"),)
    return (absent("ending"), still("releasing", seen))


def end_unspoken(lock: HeldLock, ending: Ending) -> Transition:
    """Note the end of a lock of which nothing was ever said, so that nothing remains to be told.

    It is not taken when something was said or is being said, when the lock has ended, or when a delete was begun.
    """
    put = Fields(lock=lock, ending=ending, told=True)
    return Transition(ref=lock.ref, put=put, only_if=tuple(absent(name) for name in _UNSPOKEN))


def ending_told(ref: LockRef) -> Transition:
    """Note that the lock's message, if there is one, says how the lock ended."""
    return Transition(ref=ref, put={"told": True}, only_if=(exists("ending"),))


def reopen(lock: HeldLock, at: datetime) -> Transition:
    """Begin a new page for a lock that is held after all. Of two callers, the second finds the page of the first.

    The old message stays in Slack as it is. Clicks from before ``at`` do not count any more: they were about the hold
    that ended. A sending whose end is not known stays, because its message may exist; then it belongs to the new page.
    """
    return Transition(
        ref=lock.ref, put={"lock": lock, "reopened_at": at}, remove=_END + _STORY, only_if=(exists("ending"),)
    )
