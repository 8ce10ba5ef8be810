"""Look at the ages of the locks in the book, alert. What it costs depends on the locks held, not on the buckets."""

from datetime import datetime
from functools import partial

import msgspec

from chalicelib.book_ports import BookError
from chalicelib.core.alert import LockRecord
from chalicelib.core.event import EventType, of_run
from chalicelib.core.listing import standing
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, Outcome
from chalicelib.jobs.digest import refresh
from chalicelib.jobs.round import Round
from chalicelib.ports import DirectoryError, World


class WatchIncompleteError(Exception):
    """Some locks could not be told of; the next watch tries them again."""


def watch(world: World, rules: Rules, now: datetime) -> None:
    """Re-read every lock that is due and take its next step.

    Raises:
        BookError: there is nothing to watch without the book; the nightly sweep alerts all the same.
        WatchIncompleteError: so that the failure is counted by Lambda, which has an alarm on it.
    """
    digests = world.digests.open()  # before the records, so that none of a digest's locks is younger than them
    records = world.book.records()
    watched = Round(world, rules, now)
    for record in records:
        _look_at(record, watched)
    watched.finish()
    trouble = [*watched.untold, *watched.failed, *refresh(digests, records, world, now), *_keep_groups(world, rules)]
    held = msgspec.structs.asdict(standing(records, rules, now))
    world.journal.write(of_run(EventType.WATCH_FINISHED, now, detail="; ".join(trouble), **held))
    if trouble:
        raise WatchIncompleteError("; ".join(trouble))


def _look_at(record: LockRecord, watched: Round) -> None:
    ref = record.lock.ref
    if not record.ending and not watched.rules.covers(ref.bucket, ref.key):
        # Its target was taken out of the configuration: whether it is still held is no longer ours to know.
        watched.end(record, Ending(outcome=Outcome.UNWATCHED, at=watched.now))
    elif _due(record, watched):
        watched.look_at(record, partial(watched.world.store.read, ref.bucket, ref.key))


def _due(record: LockRecord, watched: Round) -> bool:
    """Whether it is worth a look into the bucket: it has something to say, or said something that may be over."""
    if record.posted or record.ending or record.attempt or record.releasing:
        return True
    lock = record.lock
    policy = watched.rules.policy_for(lock.ref.state_path)
    return policy.level(lock.risk, lock.age(watched.now)) > 0


def _keep_groups(world: World, rules: Rules) -> list[str]:
    """Note who is in the user groups of releasers, so that ``/tflocks`` need not ask Slack while somebody waits."""
    trouble = []
    for group in sorted(rules.groups):
        try:
            world.groups.keep(group, world.directory.members(group))
        except (DirectoryError, BookError) as error:
            trouble.append(f"user group {group}: {error}")
    return trouble
