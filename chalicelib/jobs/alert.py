"""Carry out what ``core.alert`` decided about one lock. Sweep and watch both end here."""

from contextlib import suppress
from datetime import datetime

from chalicelib.core.alert import LockRecord, Posted, StateWritten, Step, alert_for, next_step
from chalicelib.core.event import EventType, of_lock
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Policy, Rules
from chalicelib.core.release import Ending, Presence, ReleaseOutcome, presence
from chalicelib.ports import BookError, MessageGoneError, MessengerError, StoreError, World


def tend(record: LockRecord, current: StateLock | None, world: World, rules: Rules, now: datetime) -> Step:
    """Take the next step for one lock, given what is there now at its place.

    Raises:
        MessengerError: Slack would not take the message; the journal has it and the next run tries again.
        BookError: an ending could not be remembered.
    """
    there = presence(record.lock.ref, current)
    policy = rules.policy_for(record.lock.ref.state_path)
    step = next_step(record, policy, now, held=there is Presence.SAME)
    if step is Step.POST:
        return _post(record, policy, world, now)
    if step is Step.EDIT:
        _edit(record, policy, world, now)
    if step is Step.CLOSE:
        _close_unless_told(record, there, current, world, rules, now)
    return step


def close(record: LockRecord, ending: Ending, world: World, rules: Rules) -> None:
    """Say in the lock's message, if it has one, how it ended; then remember it.

    In this order: an ending that is remembered but untold would never be told, one told twice reads the same.
    """
    if record.posted:
        policy = rules.policy_for(record.lock.ref.state_path)
        alert = alert_for(record, policy, ending.at, None, ending)
        with suppress(MessageGoneError):  # Somebody deleted the message: there is nothing left to put right.
            world.messenger.edit(record.posted, alert)
    world.book.end(record.lock, ending)


def _close_unless_told(
    record: LockRecord, there: Presence, current: StateLock | None, world: World, rules: Rules, now: datetime
) -> None:
    """A listing of the book can be older than an ending that release_lock has told by now."""
    latest = world.book.find(record.lock.ref) or record
    if not latest.ending:
        close(latest, _ending(latest, there, current, now), world, rules)


def state_written(ref: LockRef, world: World) -> StateWritten | None:
    """The evidence about the state, or None: an alert without it is better than no alert."""
    try:
        return world.store.state_written(ref)
    except StoreError:
        return None


def _ending(record: LockRecord, there: Presence, current: StateLock | None, now: datetime) -> Ending:
    replaced = there is Presence.REPLACED
    outcome = ReleaseOutcome.REPLACED if replaced else ReleaseOutcome.GONE
    if record.requested_by:
        outcome = ReleaseOutcome.UNCONFIRMED
    return Ending(outcome=outcome, at=now, user=record.requested_by, held_now=current)


def _post(record: LockRecord, policy: Policy, world: World, now: datetime) -> Step:
    ref = record.lock.ref
    if not _claim(ref, world, now):
        return Step.NOTHING
    alert = alert_for(record, policy, now, state_written(ref, world))
    try:
        posted = world.messenger.post(policy.channel, alert)
    except MessengerError as error:
        world.journal.write(
            of_lock(EventType.ALERT_FAILED, record.lock, now, channel=policy.channel, detail=str(error))
        )
        raise
    told = {"channel": posted.channel, "message_ts": posted.ts, "detail": _remember(ref, posted, alert.level, world)}
    world.journal.write(of_lock(EventType.ALERT_POSTED, record.lock, now, **told))
    _settle(record, posted, policy, world)
    return Step.POST


def _claim(ref: LockRef, world: World, now: datetime) -> bool:
    try:
        return world.book.claim_alert(ref, now)
    except BookError:
        return True  # A repeated alert is a smaller harm than a silent one.


def _remember(ref: LockRef, posted: Posted, level: int, world: World) -> str:
    try:
        world.book.alert_posted(ref, posted, level)
    except BookError as error:
        return f"not remembered, so it may be posted again: {error}"
    return ""


def _edit(record: LockRecord, policy: Policy, world: World, now: datetime) -> None:
    alert = alert_for(record, policy, now, state_written(record.lock.ref, world))
    if record.posted is None:
        return
    posted = record.posted
    try:
        world.messenger.edit(posted, alert)
    except MessageGoneError:
        posted = world.messenger.post(policy.channel, alert)
        world.book.alert_posted(record.lock.ref, posted, alert.level)
    _settle(record, posted, policy, world)


def _settle(record: LockRecord, posted: Posted, policy: Policy, world: World) -> None:
    """Put right what was just said of a lock that ended while it was being said.

    Who ends a lock notes it in the book before the message; so a look at the book after ours misses none.
    """
    with suppress(BookError):
        latest = world.book.find(record.lock.ref)
        if latest and latest.ending:
            world.messenger.edit(posted, alert_for(latest, policy, latest.ending.at, None, latest.ending))
