"""What is known of a held lock, and its messages: one claim at a time, each thing said once."""

from datetime import datetime

from chalicelib.core.alerts.message import UNDER_WAY, Attempt, Posted
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
from chalicelib.core.locks.lock import StateLock
from chalicelib.core.locks.place import LockRef

CLAIM: tuple[Name, ...] = ("attempt", "claimed_until")
"""Always there together, or neither."""


def remember(lock: StateLock) -> Transition:
    """Open a page for a lock, or write the lock into the page it has."""
    return Transition(ref=lock.ref, put={"lock": lock})


def acquire_recorded(lock: StateLock, at: datetime, principal: str) -> Transition:
    """Note that the journal has its ``lock_acquired``, from the event of that time, by that identity.

    The first acquire that is recorded stays. A restored lock keeps who took it before.
    """
    return Transition(ref=lock.ref, put={"lock": lock}, put_first={"acquired_at": at, "principal": principal})


def claim(lock: StateLock, attempt: Attempt, *, ended: bool = False) -> Transition:
    """Take the right to send one message about a lock: one taker, for as long as a run can take.

    It is not taken when somebody else has it, when an earlier attempt's end is not known, when this has been said
    before, or when the lock has ended (or, with ``ended``, has not).
    """
    return Transition(
        ref=lock.ref,
        put={"lock": lock, "attempt": attempt, "claimed_until": attempt.at + UNDER_WAY},
        only_if=(absent("attempt"), _unsaid(attempt), exists("ending") if ended else absent("ending")),
    )


def said(lock: StateLock, attempt: Attempt, posted: Posted) -> tuple[Transition, ...]:
    """Note that the message of the attempt stands there. Write these in order, until one is taken.

    Usually the first is: it drops the attempt's own claim. The second leaves the claim of somebody who is sending
    something else by now. The third drops a claim to a message that is noted already.
    """
    free = Either((absent("attempt"), equals("attempt", attempt)))
    return (
        _said(lock, attempt, posted, drops=CLAIM, only_if=(_unsaid(attempt), free)),
        _said(lock, attempt, posted, drops=(), only_if=(_unsaid(attempt),)),
        drop_claim(lock.ref, attempt),
    )


def drop_claim(ref: LockRef, attempt: Attempt) -> Transition:
    """Note that the message was not sent, so that anybody may try again. Another's claim is left alone."""
    return Transition(ref=ref, remove=CLAIM, only_if=(equals("attempt", attempt),))


def doubt(ref: LockRef, attempt: Attempt, until: datetime) -> Transition:
    """Note that nobody knows whether the message was sent, nor is it worth looking before that time."""
    return Transition(ref=ref, put={"claimed_until": until}, only_if=(equals("attempt", attempt),))


def shown(ref: LockRef, at: datetime, appearance: str) -> Transition:
    """Note that its message reads as it should, and what that depends on."""
    return Transition(ref=ref, put={"shown_at": at, "appearance": appearance}, only_if=(exists("lock"),))


def _unsaid(attempt: Attempt) -> Check:
    return lacks("said", attempt.saying[0])


def _said(
    lock: StateLock, attempt: Attempt, posted: Posted, *, drops: tuple[Name, ...], only_if: tuple[Check | Either, ...]
) -> Transition:
    """Return the transition that notes a message.

    Levels are a set, of which the highest counts, so that it does not matter in which order two come. A new alert of
    an ended lock does not say so: the ending is untold again. The time when people first heard of the lock stays.
    """
    own, first, untold = _own(attempt, posted) if attempt.is_alert else (Fields(), Fields(), ())
    return Transition(
        ref=lock.ref,
        put={"lock": lock, **own},
        put_first=first,
        add={"said": frozenset(attempt.saying), "levels": frozenset({attempt.level})},
        remove=untold + drops,
        only_if=only_if,
    )


def _own(attempt: Attempt, posted: Posted) -> tuple[Fields, Fields, tuple[Name, ...]]:
    """Return what is put, put first and removed for a lock's own message."""
    put = Fields(posted=posted, shown_at=attempt.at, appearance=attempt.appearance, owner=attempt.owner)
    return put, Fields(alerted_at=attempt.at), ("told",)
