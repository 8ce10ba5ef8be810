"""Look at the ages of the locks in the book, alert. What it costs depends on the locks held, not on the buckets."""

from datetime import datetime

from chalicelib.core.alert import LockRecord
from chalicelib.core.policy import Rules
from chalicelib.jobs.alert import tend
from chalicelib.ports import MessengerError, StoreError, World


class WatchIncompleteError(Exception):
    """Some locks could not be told of; the next watch tries them again."""


def watch(world: World, rules: Rules, now: datetime) -> None:
    """Re-read every lock that is due and take its next step.

    Raises:
        BookError: there is nothing to watch without the book; the nightly sweep alerts all the same.
        WatchIncompleteError: so that the failure is counted by Lambda, which has an alarm on it.
    """
    untold = []
    for record in world.book.records():
        ref = record.lock.ref
        if not rules.covers(ref.bucket, ref.key) or not _due(record, rules, now):
            continue
        try:
            tend(record, world.store.read(ref.bucket, ref.key), world, rules, now)
        except (MessengerError, StoreError) as error:
            untold.append(f"{ref.state_path}: {error}")
    if untold:
        raise WatchIncompleteError("; ".join(untold))


def _due(record: LockRecord, rules: Rules, now: datetime) -> bool:
    lock = record.lock
    return record.posted is not None or rules.policy_for(lock.ref.state_path).level(lock.risk, lock.age(now)) > 0
