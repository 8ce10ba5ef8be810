"""Carry out what ``core.alert`` decided about one lock. Sweep and watch both end here."""

from contextlib import suppress
from datetime import datetime

from chalicelib.core.alert import Alert, LockRecord, Posted, StateWritten, Step, alert_for, next_step
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
        StoreError: S3 would not say whether a lock that had ended is there again.
    """
    there = presence(record.lock.ref, current)
    record = _as_seen(record, current, world)
    policy = rules.policy_for(record.lock.ref.state_path)
    step = next_step(record, policy, now, held=there is Presence.SAME)
    if step is Step.POST:
        return _post(record, policy, world, now)
    if step is Step.EDIT:
        _edit(record, policy, world, now)
    if step is Step.CLOSE:
        _close_unless_told(record, there, current, world, rules, now)
    if step is Step.REOPEN:
        return _reopen(record, world, rules, now)
    return step


def close(record: LockRecord, ending: Ending, world: World, rules: Rules) -> None:
    """Say in the lock's message, if it has one, how it ended; then remember it.

    In this order: an ending that is remembered but untold would never be told, one told twice reads the same.
    """
    policy = rules.policy_for(record.lock.ref.state_path)
    if record.posted:
        _tell(record, record.posted, ending, policy, world)
    world.book.end(record.lock, ending)
    _settle(record.lock.ref, policy, world)


def new_alerts_first(records: list[LockRecord]) -> list[LockRecord]:
    """What nobody has heard of yet before what only has to be edited: Slack takes so many messages a minute."""
    return sorted(records, key=lambda record: record.posted is not None)


def state_written(ref: LockRef, world: World) -> StateWritten | None:
    """The evidence about the state, or None: an alert without it is better than no alert."""
    try:
        return world.store.state_written(ref)
    except StoreError:
        return None


def _as_seen(record: LockRecord, current: StateLock | None, world: World) -> LockRecord:
    """A lock that could not be read when it was remembered may be readable by now; what was read is not unread."""
    if current is None or current.ref != record.lock.ref or current == record.lock or current.opaque:
        return record
    return world.book.remember(current)


def _close_unless_told(
    record: LockRecord, there: Presence, current: StateLock | None, world: World, rules: Rules, now: datetime
) -> None:
    """A listing of the book can be older than an ending that release_lock has told by now."""
    latest = world.book.find(record.lock.ref) or record
    if not latest.ending:
        close(latest, _ending(latest, there, current, now), world, rules)


def _reopen(record: LockRecord, world: World, rules: Rules, now: datetime) -> Step:
    """A lock that had ended and is there again, as when a delete marker is taken away, is held.

    Looked at once more, because it may have been let go since the look that came before the book's.
    """
    ref = record.lock.ref
    current = world.store.read(ref.bucket, ref.key)
    if current is None or current.ref != ref:
        return Step.NOTHING
    return tend(world.book.reopen(current), current, world, rules, now)


def _ending(record: LockRecord, there: Presence, current: StateLock | None, now: datetime) -> Ending:
    replaced = there is Presence.REPLACED
    outcome = ReleaseOutcome.REPLACED if replaced else ReleaseOutcome.GONE
    if record.requested_by:
        outcome = ReleaseOutcome.UNCONFIRMED
    return Ending(outcome=outcome, at=now, user=record.requested_by, held_now=current)


def _post(record: LockRecord, policy: Policy, world: World, now: datetime) -> Step:
    if not _claim(record.lock, world, now):
        return Step.NOTHING
    _post_anew(alert_for(record, policy, now, state_written(record.lock.ref, world)), policy, world)
    return Step.POST


def _post_anew(alert: Alert, policy: Policy, world: World) -> None:
    lock = alert.lock
    try:
        posted = world.messenger.post(policy.channel, alert)
    except MessengerError as error:
        with suppress(BookError):
            world.book.drop_claim(lock.ref)
        world.journal.write(of_lock(EventType.ALERT_FAILED, lock, alert.now, channel=policy.channel, detail=str(error)))
        raise
    told = {"channel": posted.channel, "message_ts": posted.ts, "detail": _remember(lock, posted, alert.level, world)}
    world.journal.write(of_lock(EventType.ALERT_POSTED, lock, alert.now, **told))
    _settle(lock.ref, policy, world)


def _claim(lock: StateLock, world: World, now: datetime) -> bool:
    try:
        return world.book.claim_alert(lock, now)
    except BookError:
        return True  # A repeated alert is a smaller harm than a silent one.


def _remember(lock: StateLock, posted: Posted, level: int, world: World) -> str:
    try:
        world.book.alert_posted(lock, posted, level)
    except BookError as error:
        return f"not remembered, so it may be posted again: {error}"
    return ""


def _edit(record: LockRecord, policy: Policy, world: World, now: datetime) -> None:
    if record.posted is None:
        return
    alert = alert_for(record, policy, now, state_written(record.lock.ref, world))
    try:
        world.messenger.edit(record.posted, alert)
    except MessageGoneError:
        _post_anew(alert, policy, world)
        return
    _settle(record.lock.ref, policy, world)


def _settle(ref: LockRef, policy: Policy, world: World) -> None:
    """Make the message of a lock that has ended say so, whatever was said while it was ending.

    Whoever speaks of a lock looks into the book afterwards, and whoever ends one notes it before a last word: of two
    at once, the later one sees what the other noted.
    """
    with suppress(BookError):
        latest = world.book.find(ref)
        if latest and latest.ending and latest.posted:
            _tell(latest, latest.posted, latest.ending, policy, world)


def _tell(record: LockRecord, posted: Posted, ending: Ending, policy: Policy, world: World) -> None:
    with suppress(MessageGoneError):  # Somebody deleted the message: there is nothing left to put right.
        world.messenger.edit(posted, alert_for(record, policy, ending.at, None, ending))
