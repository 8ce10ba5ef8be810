"""What is known of a held lock, and its messages: one claim at a time, each thing said once."""

from datetime import datetime

from chalicelib.core.alerts.message import UNDER_WAY, Posted, Sending
from chalicelib.core.alerts.page import Fields, Name
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
from chalicelib.core.locks.place import LockRef

CLAIM: tuple[Name, ...] = ("sending", "claimed_until")
"""Always there together, or neither."""


def remember(lock: HeldLock) -> Transition:
    """Open a page for a lock, or write the lock into the page it has."""
    return Transition(ref=lock.ref, put={"lock": lock})


def acquire_recorded(lock: HeldLock, at: datetime, principal: str) -> Transition:
    """Note that the journal has its ``lock_acquired``, from the event of that time, by that identity.

    The first acquire that is recorded stays. A restored lock keeps who took it before.
    """
    return Transition(ref=lock.ref, put={"lock": lock}, put_first={"acquired_at": at, "principal": principal})


def claim(lock: HeldLock, sending: Sending, *, ended: bool = False) -> Transition:
    """Take the right to send one message about a lock: one taker, for as long as a run can take.

    It is not taken when somebody else has it, when an earlier sending's end is not known, when this has been said
    before, or when the lock has ended (or, with ``ended``, has not).
    """
    return Transition(
        ref=lock.ref,
        put={"lock": lock, "sending": sending, "claimed_until": sending.at + UNDER_WAY},
        only_if=(_unsaid(sending), absent("sending"), exists("ending") if ended else absent("ending")),
    )


def said(lock: HeldLock, sending: Sending, posted: Posted) -> tuple[Transition, ...]:
    """Note where a message stands. Write these in order, until one is taken.

    Usually the first is: it drops the message's own claim. The second leaves the claim of somebody who is sending
    something else by now. The third drops a claim to a message that is noted already.
    """
    unsaid, mine = _unsaid(sending), equals("sending", sending)
    free = Either((absent("sending"), mine))
    return (
        _said(lock, sending, posted, drops=CLAIM, only_if=(unsaid, free)),
        _said(lock, sending, posted, drops=(), only_if=(unsaid,)),
        Transition(ref=lock.ref, remove=CLAIM, only_if=(mine,)),
    )


def drop_claim(ref: LockRef, sending: Sending) -> Transition:
    """Note that the message was not sent, so that anybody may try again. Another's claim is left alone."""
    return Transition(ref=ref, remove=CLAIM, only_if=(equals("sending", sending),))


def doubt(ref: LockRef, sending: Sending, until: datetime) -> Transition:
    """Note that nobody knows whether the message was sent, nor is it worth looking before that time."""
    return Transition(ref=ref, put={"claimed_until": until}, only_if=(equals("sending", sending),))


def shown(ref: LockRef, at: datetime, appearance: str) -> Transition:
    """Note that its message reads as it should, and what that depends on."""
    return Transition(ref=ref, put={"shown_at": at, "appearance": appearance}, only_if=(exists("lock"),))


def _unsaid(sending: Sending) -> Check:
    return lacks("said", sending.first.name)


def _said(
    lock: HeldLock, sending: Sending, posted: Posted, *, drops: tuple[Name, ...], only_if: tuple[Check | Either, ...]
) -> Transition:
    """Return the transition that notes a message.

    Levels are a set, of which the highest counts, so that it does not matter in which order two come. A new alert of
    an ended lock does not say so: the ending is untold again. The time when people first heard of the lock stays.
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
    """Return what is put, put first and removed for a lock's own message."""
    put = Fields(posted=posted, shown_at=sending.at, appearance=sending.appearance, owner=sending.owner)
    return put, Fields(alerted_at=sending.at), ("told",)
