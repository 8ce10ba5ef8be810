"""Look at the ages of the locks in the book, alert. What it costs depends on the locks held, not on the buckets."""

from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.listing import standing
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import EventType, of_run
from chalicelib.core.brief import told_briefly
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.digest import changed
from chalicelib.jobs.alerts.round import Round, shuffled
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.book import BookError
from chalicelib.ports.people import DirectoryError
from chalicelib.ports.world import World


class WatchIncompleteError(Exception):
    """Some locks could not be told of; the next watch tries them again."""


def watch(world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Re-read every lock that is due and take its next step, as far as the time of the run allows.

    Raises:
        BookError: there is nothing to watch without the book; the nightly sweep alerts all the same.
        WatchIncompleteError: so that the failure is counted by Lambda, which has an alarm on it.
    """
    digests = world.digests.open()  # before the records, so that none of a digest's locks is younger than them
    records = world.book.open_pages()
    watched = Round(world, rules, now, run or Run(), records)
    for record in shuffled(records, now):
        _look_at(record, watched)
    for digest in changed(digests, records, rules, now):
        watched.show(digest)
    trouble = _keep_groups(world, rules, watched)
    watched.finish()
    done = watched.progress
    trouble += [*done.untold, *done.failed]
    held = msgspec.structs.asdict(standing(records, rules, now))
    did = {
        "alerts": watched.progress.alerts,
        "waiting": watched.progress.waiting,
        "not_reached": len(watched.progress.left),
    }
    world.journal.write(of_run(EventType.WATCH_FINISHED, now, detail=told_briefly(trouble), **held, **did))
    if trouble:
        raise WatchIncompleteError(told_briefly(trouble)) from done.unexpected


def _look_at(record: Page, watched: Round) -> None:
    ref = record.lock.ref
    if not record.ending and not watched.rules.covers(ref.place):
        # Its target was taken out of the configuration: whether it is still held is no longer ours to know.
        watched.end(record, Ending(outcome=Outcome.UNWATCHED, at=watched.now))
    elif _due(record, watched):
        watched.look_at(record)


def _due(record: Page, watched: Round) -> bool:
    """Whether it is worth a look into the bucket: it has something to say, or said something that may be over."""
    if record.posted or record.ending or record.sending or record.releasing:
        return True
    lock = record.lock
    policy = watched.rules.policy_for(lock.ref.state_path)
    return policy.level(lock.risk, lock.age(watched.now)) > 0


def _keep_groups(world: World, rules: Rules, watched: Round) -> list[str]:
    """Note who is in the user groups of releasers, so that ``/tflocks`` need not ask Slack while somebody waits.

    Return what goes wrong, which is known when the round is over.
    """
    trouble: list[str] = []

    def keep(group: str) -> None:
        try:
            world.groups.replace(group, world.directory.members(group))
        except (DirectoryError, BookError) as error:
            trouble.append(f"user group {group}: {error}")

    for group in sorted(rules.groups):
        watched.aside("user groups", f"user group {group}", partial(keep, group))
    return trouble
