"""Change a page when a held lock becomes known, and when messages are sent: one at a time, each thing once."""

from datetime import datetime

from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.alerts.stored import Fields, Name
from chalicelib.core.alerts.transitions.transition import (
    Check,
    Either,
    Transition,
    absent,
    equals,
    exists,
    lacks,
)
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Clock, LockRef

CLAIM: tuple[Name, ...] = ("sending", "claimed_until")
"""The two fields of a claim to send a message; a page has both or neither."""


def remember(lock: HeldLock, at: datetime | None = None) -> Transition:
    """Open a page for a lock, or write the lock into the page that it has.

    ``at`` is the time of the look, which is noted for a lock whose own time is not AWS's; the first look counts.
    """
    first = Fields(seen_at=at) if at and lock.ref.place.traits.clock is not Clock.AWS else Fields()
    return Transition(ref=lock.ref, put={"lock": lock}, put_first=first)


def acquire_recorded(lock: HeldLock, at: datetime, principal: str) -> Transition:
    """Note that the journal has the lock's ``lock_acquired``, from the event at that time by that identity.

    The first acquire that is noted stays. On the page of a restored lock, who took it first stays.
    """
    return Transition(ref=lock.ref, put={"lock": lock}, put_first={"acquired_at": at, "principal": principal})


def claim(lock: HeldLock, sending: Sending, *, ended: bool = False) -> Transition:
    """Take the right to send one message about a lock. One run has it at a time, for as long as a run can take.

    It is not taken when another run has it, when nobody knows how an earlier sending ended, when the thing has been
    said before, or when the lock has ended (with ``ended``: when it has not ended).
    """
    return Transition(
        ref=lock.ref,
        put={"lock": lock, "sending": sending, "claimed_until": sending.at + UNDER_WAY},
        only_if=(_unsaid(sending), absent("sending"), exists("ending") if ended else absent("ending")),
    )


def said(lock: HeldLock, sending: Sending, posted: Posted) -> tuple[Transition, ...]:
    """Note where a message stands. Write these transitions in order until one is taken.

    The first, usually taken, drops the message's own claim too. The second leaves the claim of another run, which is
    sending something else by now. The third drops a claim to a message that is noted already.
    """
    unsaid, mine = _unsaid(sending), equals("sending", sending)
    free = Either((absent("sending"), mine))
    return (
        _said(lock, sending, posted, drops=CLAIM, only_if=(unsaid, free)),
        _said(lock, sending, posted, drops=(), only_if=(unsaid,)),
        Transition(ref=lock.ref, remove=CLAIM, only_if=(mine,)),
    )


def drop_claim(ref: LockRef, sending: Sending) -> Transition:
    """Note that the message was not sent, so that any run may try again. The claim of another run stays."""
    return Transition(ref=ref, remove=CLAIM, only_if=(equals("sending", sending),))


def doubt(ref: LockRef, sending: Sending, until: datetime) -> Transition:
    """Note that the message may or may not have been sent, and that looking for it before ``until`` proves nothing."""
    return Transition(ref=ref, put={"claimed_until": until}, only_if=(equals("sending", sending),))


def shown(ref: LockRef, at: datetime, appearance: str) -> Transition:
    """Note that the lock's message is up to date, and what it depends on."""
    return Transition(ref=ref, put={"shown_at": at, "appearance": appearance}, only_if=(exists("lock"),))


def _unsaid(sending: Sending) -> Check:
    return lacks("said", sending.first.name)


def _said(
    lock: HeldLock, sending: Sending, posted: Posted, *, drops: tuple[Name, ...], only_if: tuple[Check | Either, ...]
) -> Transition:
    """Return the transition that notes a message.

    The highest of a set of levels counts, so two messages may be noted in any order. A new alert of a lock that has
    ended does not say so: the ending is untold again. The time when people were first told of the lock stays.
    """
    own, first, untold = _own(sending, posted) if sending.is_alert else (Fields(), Fields(), ())
    return Transition(
        ref=lock.ref,
        put={"lock": lock, **own},
        put_first=first,
        add={"said": frozenset(saying.name for saying in sending.saying), "levels": frozenset({sending.level})},
        remove=untold + drops,
        only_if=only_if,
    )


def _own(sending: Sending, posted: Posted) -> tuple[Fields, Fields, tuple[Name, ...]]:
    """Return the fields to put, to put first and to remove for a lock's own message."""
    put = Fields(posted=posted, shown_at=sending.at, appearance=sending.appearance, owner=sending.owner)
    return put, Fields(alerted_at=sending.at), ("told",)
