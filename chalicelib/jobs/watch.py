"""Look at the ages of the locks in the book, alert. What it costs depends on the locks held, not on the buckets."""

from datetime import datetime

from chalicelib.core.alert import LockRecord
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, ReleaseOutcome
from chalicelib.jobs.alert import close, new_alerts_first, tend
from chalicelib.ports import BookError, MessengerError, StoreError, World


class WatchIncompleteError(Exception):
    """Some locks could not be told of; the next watch tries them again."""


def watch(world: World, rules: Rules, now: datetime) -> None:
    """Re-read every lock that is due and take its next step.

    Raises:
        BookError: there is nothing to watch without the book; the nightly sweep alerts all the same.
        WatchIncompleteError: so that the failure is counted by Lambda, which has an alarm on it.
    """
    untold = []
    for record in new_alerts_first(world.book.records()):
        try:
            _look_at(record, world, rules, now)
        except (MessengerError, StoreError, BookError) as error:
            untold.append(f"{record.lock.ref.state_path}: {error}")
    if untold:
        raise WatchIncompleteError("; ".join(untold))


def _look_at(record: LockRecord, world: World, rules: Rules, now: datetime) -> None:
    ref = record.lock.ref
    if not rules.covers(ref.bucket, ref.key):
        # Its target was taken out of the configuration: whether it is still held is no longer ours to know.
        close(record, Ending(outcome=ReleaseOutcome.UNWATCHED, at=now), world, rules)
    elif _due(record, rules, now):
        tend(record, world.store.read(ref.bucket, ref.key), world, rules, now)


def _due(record: LockRecord, rules: Rules, now: datetime) -> bool:
    lock = record.lock
    return record.posted is not None or rules.policy_for(lock.ref.state_path).level(lock.risk, lock.age(now)) > 0
