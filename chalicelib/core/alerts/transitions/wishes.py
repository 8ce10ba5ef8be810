"""Change a page when people want something of a held lock: quiet, or a release that takes two people.

``withdrawn`` and ``quiet_at`` are never removed, because SQS may redeliver a click at any time.
"""

from datetime import datetime

from chalicelib.core.alerts.page import Asked, Snooze
from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions.transition import Either, Transition, absent, equals, exists, lacks, less
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef


def snooze(lock: HeldLock, wanted: Snooze | None, at: datetime) -> Transition:
    """Note a snooze; None: its end. Of two clicks the later one counts, in whatever order they are delivered.

    A click at the same time is the same click, delivered again.
    """
    put = Fields(lock=lock, quiet_at=at)
    if wanted:
        put["snooze"] = wanted
    earlier = Either((absent("quiet_at"), less("quiet_at", at)))
    return Transition(ref=lock.ref, put=put, remove=() if wanted else ("snooze",), only_if=(earlier,))


def ask(lock: HeldLock, asked: Asked) -> Transition:
    """Note who asks for a release that takes two people; an earlier request stays.

    A click that was withdrawn and is delivered again does not ask again.
    """
    again = lacks("withdrawn", asked.click)
    return Transition(ref=lock.ref, put={"lock": lock}, put_first={"asked": asked}, only_if=(again,))


def withdraw(ref: LockRef, asked: Asked) -> Transition:
    """Note that this request is withdrawn. It is not taken when the page has no request, or another one."""
    withdrawn = frozenset({asked.click})
    return Transition(ref=ref, add={"withdrawn": withdrawn}, remove=("asked",), only_if=(equals("asked", asked),))


def refused(ref: LockRef, user: str) -> Transition:
    """Note that this user asked for a release and is not among the releasers."""
    return Transition(ref=ref, add={"refused": frozenset({user})}, only_if=(exists("lock"),))
