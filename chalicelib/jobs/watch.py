"""Check the ages of the locks in the book, and alert. The cost depends on the held locks, not on the buckets.

S3 tells the book of new locks. A lock table tells nothing unless it has a stream, so each watch lists the tables too: a
table has one small item for each state, and one for each lock.
"""

from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.listing import standing
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.brief import told_briefly
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.policy import Rules, dropped
from chalicelib.jobs.alerts.digest import changed
from chalicelib.jobs.alerts.round import Round, shuffled
from chalicelib.jobs.nights.sum_up import Nights
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.scan import Scan, by_place, not_listed
from chalicelib.ports.book import BookError
from chalicelib.ports.people import DirectoryError
from chalicelib.ports.world import World


class WatchIncompleteError(Exception):
    """Some locks could not be told; the next watch tries again."""


def watch(world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Read every lock that is due and take its next step, as far as the time of the run allows.

    Raises:
        BookError: without the book there is nothing to watch; the nightly sweep alerts nevertheless.
        WatchIncompleteError: Lambda counts the failure, and an alarm watches that count.
    """
    digests = world.digests.open()  # read before the pages, so that each lock of a digest has its page among them
    joints = world.joints.open()
    pages = world.book.open_pages()
    watched = Round(world, rules, now, run or Run(), pages)
    tables = _begin_tables(pages, watched)
    listed = {page.lock.ref for scan in tables for known in scan.known.values() for page in known}
    for page in shuffled(pages, now):
        if page.lock.ref not in listed:
            _look_at(page, watched)
    for digest in changed(digests, pages, rules, now):
        watched.show(digest)
    for joint in joints:
        watched.attend(joint)
    trouble = _store_groups(world, rules, watched)
    watched.finish()
    done = watched.progress
    counts = standing(pages, rules, now)
    trouble += [*not_listed(tables), *done.untold, *done.failed, *Nights(world, rules, now, counts.stale).sum_up()]
    held = msgspec.structs.asdict(counts)
    did = {
        "alerts": watched.progress.alerts,
        "waiting": watched.progress.waiting,
        "not_reached": len(watched.progress.left),
    }
    world.journal.write(of_run(LineKind.WATCH_FINISHED, now, detail=told_briefly(trouble), **held, **did))
    if trouble:
        raise WatchIncompleteError(told_briefly(trouble)) from done.unexpected


def _begin_tables(pages: list[Page], watched: Round) -> list[Scan]:
    """Put the scans of all lock tables on the agenda, in another order each time: those left out come sooner next."""
    by_home: dict[str, list[Page]] = {}
    for page in pages:
        by_home.setdefault(page.lock.ref.place.home, []).append(page)
    small = [target for target in watched.rules.targets if target.is_small]
    tables = [
        Scan(target, watched, by_place(target, by_home.get(target.home, []))) for target in shuffled(small, watched.now)
    ]
    for scan in tables:
        scan.begin_aside()
    return tables


def _look_at(page: Page, watched: Round) -> None:
    ref = page.lock.ref
    if not page.ending and dropped(ref.place, watched.rules):
        # Its target was removed from the configuration, so the reaper may no longer look whether it is held.
        watched.end(page, Ending(outcome=Outcome.UNWATCHED, at=watched.now))
    elif _due(page, watched):
        watched.look_at(page)


def _due(page: Page, watched: Round) -> bool:
    """Return whether to read the lock: it is over a threshold, or has an alert that may need closing."""
    if page.posted or page.ending or page.sending or page.releasing or page.half_of or page.joint:
        return True
    lock = page.lock
    policy = watched.rules.policy_for(lock.ref.place)
    return policy.level(lock.risk, page.age(watched.now)) > 0


def _store_groups(world: World, rules: Rules, watched: Round) -> list[str]:
    """Store the members of the releasers' user groups, so that ``/tflocks`` need not ask Slack while somebody waits.

    Return a list of troubles, which is complete only when the round is over.
    """
    trouble: list[str] = []

    def store(group: str) -> None:
        try:
            world.groups.replace(group, world.directory.members(group))
        except (DirectoryError, BookError) as error:
            trouble.append(f"user group {group}: {error}")

    for group in sorted(rules.groups):
        watched.aside("user groups", f"user group {group}", partial(store, group))
    return trouble
