"""Journal the holds that the reaper sees in lock tables whose streams do not tell of them: each begin and end once."""

from datetime import datetime

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.event_line import of_acquire, of_release
from chalicelib.core.audit.hold import EndedHold, NotedEvent, who_let_go
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.place import NO_TIME, Clock
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.journal_once import journal_once
from chalicelib.ports.world import World


def seen_held(page: Page, world: World, rules: Rules, now: datetime) -> None:
    """Journal the begin of a hold that a look found. Call it when a page was opened or begun again.

    Raises:
        BookError: another look that finds the lock again may journal it.
    """
    if page.acquired_at is None and _is_only_seen(page, rules):
        since, clock = _since(page)
        event = _event(page, since or now, acquired=True)
        line = of_acquire(event, page.lock, page.restored_by, clock if since else Clock.REAPER)
        journal_once(NotedEvent(event, page.lock.ref), line, world, rules, now)


def seen_gone(case: Case, ending: Ending) -> None:
    """Journal the end of such a hold. Call it when the ending of a lock, or of one half of it, was noted.

    Raises:
        BookError
    """
    page = case.page
    if not ending.closes or ending.outcome is Outcome.UNWATCHED or not _is_only_seen(page, case.rules):
        return
    event = _event(page, ending.at, acquired=False)
    since, clock = _since(page)
    known = since is not None and since <= ending.at
    ended = msgspec.structs.replace(page, ending=ending)
    hold = EndedHold(since=since if known else None, clock=clock if known else Clock.AWS, lock=page.lock, page=ended)
    line = of_release(event, hold, who_let_go(event, hold, ""))
    journal_once(NotedEvent(event, page.lock.ref), line, case.world, case.rules, ending.at)


def _is_only_seen(page: Page, rules: Rules) -> bool:
    """Return whether the looks of each watch are all that tells of a lock."""
    place = page.lock.ref.place
    return place.traits.small and rules.covers(place) and not rules.stream_of(place)


def _since(page: Page) -> tuple[datetime | None, Clock]:
    """Return when the hold began at its own place, and by whose clock."""
    if page.acquired_at:  # its stream was switched off since
        return page.acquired_at, Clock.AWS
    created, seen = page.lock.ref.since, page.seen_at
    if page.reopened_at:
        return page.reopened_at, Clock.REAPER
    if created != NO_TIME and (seen is None or created <= seen):
        return created, Clock.CLIENT
    return seen, Clock.REAPER


def _event(page: Page, at: datetime, *, acquired: bool) -> LockEvent:
    ref = page.lock.ref
    begun = page.reopened_at or ref.since
    return LockEvent(
        acquired=acquired,
        place=ref.place,
        at=at,
        told_by=ToldBy.SEEN,
        stamp=ref.stamp if acquired else "",
        # All that tells this hold from others of its place: two looks that find its end give one line.
        sequencer=f"{begun.isoformat()} {ref.stamp}",
        lock=page.lock,
    )
