"""What is still missing until a table is proved to be safe to delete. What is not proved is named, never assumed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import msgspec

from chalicelib.core.doctor.migration.evidence import Evidence, Metrics
from chalicelib.core.doctor.migration.holds import NEAR, Hold
from chalicelib.core.doctor.migration.standing import LATE, Standing, Way

LONGEST_GAP = timedelta(hours=50)
"""A table is swept every night. Longer than two nights without a sweep, and nobody knows whether the reaper ran."""
_SHOWN = 3
_TO_BE_MOVED = (
    (Way.TABLE, "locked only in the table"),
    (Way.TABLE_AT_LEAST, "locked in the table"),
    (Way.BOTH, "locked in both"),
    (Way.S3_AT_LEAST, "locked in S3, and nothing tells whether in the table too"),
    (Way.NEVER, "not seen to lock anywhere"),
)


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is missing."""

    what: str
    """In words that follow "still needed: "."""
    until: datetime | None = None
    """When it is there if nothing happens; None: somebody has to do something."""


def covered_since(now: datetime, streamed_since: datetime, looks: Iterable[datetime]) -> datetime:
    """Return since when the reaper heard of each lock in a table, without a gap.

    ``looks`` are its sweeps of the table. A stream keeps what it told for a day: after a longer rest of the reaper
    locks may have come and gone unseen.
    """
    since = now
    for look in sorted((one for one in looks if one <= now), reverse=True):
        if since - look > LONGEST_GAP:
            break
        since = look
    return max(since, streamed_since)


def cross_checked(metrics: Metrics, holds: Iterable[Hold], now: datetime) -> Metrics:
    """Return CloudWatch's numbers, without their proof where the journal knows of a lock that they do not count."""
    late = now - LATE
    for hold in (one for one in holds if one.in_table and metrics.since and metrics.since <= one.since <= late):
        if not {(hold.since - NEAR).date(), (hold.since + NEAR).date()} & metrics.writes:
            trouble = f"it counts no write on {hold.since:%Y-%m-%d}, when {hold.state_path} was locked in the table"
            return msgspec.structs.replace(metrics, since=None, asked_since=None, trouble=trouble)
    return metrics


def missing(evidence: Evidence, states: Sequence[Standing]) -> tuple[Missing, ...]:
    """Return all that is missing; nothing: the table is safe to delete."""
    return (*_of_table(evidence), *_of_states(states))


def last_lock(evidence: Evidence) -> datetime | None:
    """Return when the last lock in the table is known to have been taken."""
    if evidence.items.held:
        return evidence.now
    return max((hold.since for hold in evidence.journal.holds if hold.in_table), default=None)


def last_write(evidence: Evidence) -> datetime | None:
    """Return the end of the last day on which CloudWatch counts a write; None: it counts none, or nobody knows."""
    day = max(evidence.metrics.writes, default=None)
    if day is None:
        return None
    return min(datetime.combine(day, time(), UTC) + timedelta(days=1), evidence.now)


def _of_table(evidence: Evidence) -> Iterator[Missing]:
    if evidence.items.unread:
        yield Missing(what=f"a look at all items: about {evidence.items.unread} were not read in this quick look")
    if held := evidence.items.held:
        yield Missing(what=f"no lock in the table; now there is one on {named([one.state_path for one in held])}")
    elif quiet := _quiet(evidence):
        yield quiet
    yield from _watched(evidence)


def _quiet(evidence: Evidence) -> Missing | None:
    """Return that a lock was taken not long ago, or that something wrote to the table, which may have been a lock."""
    lock, write, words = last_lock(evidence), last_write(evidence), in_words(evidence.quiet)
    latest = max((one for one in (lock, write) if one), default=None)
    if latest is None or latest <= evidence.quiet_since:
        return None
    if lock and latest - lock <= timedelta(days=1):
        what = f"{words} without a lock in it; the last one is of {lock:%Y-%m-%d %H:%M}"
    else:
        day = latest - timedelta(seconds=1)
        what = f"{words} without a write; CloudWatch counts the last one on {day:%Y-%m-%d}"
    return Missing(what=what, until=latest + evidence.quiet)


def _watched(evidence: Evidence) -> Iterator[Missing]:
    """Yield why nobody can know that no lock was taken in all that time."""
    begins = [since for since in (evidence.journal.covers_table_since, evidence.metrics.since) if since]
    if any(since <= evidence.quiet_since for since in begins):
        return
    whole = f"a proof that no lock was taken for {in_words(evidence.quiet)}"
    if begins:
        since = min(begins)
        yield Missing(what=f"{whole}; it is known only since {since:%Y-%m-%d %H:%M}", until=since + evidence.quiet)
        return
    journal = f"the journal proves nothing: {evidence.journal.trouble or 'it does not cover the table'}"
    metrics = f"CloudWatch proves nothing: {evidence.metrics.trouble or 'it has no numbers'}"
    yield Missing(what=f"{whole} ({journal}; {metrics})")


def _of_states(states: Sequence[Standing]) -> Iterator[Missing]:
    for way, words in _TO_BE_MOVED:
        paths = [one.state_path for one in states if one.way is way]
        if paths:
            yield Missing(what=f"runs that lock only in S3 of {named(paths)}; now {words}")


def named(paths: Sequence[str]) -> str:
    """Return some paths, and how many more there are."""
    shown, more = ", ".join(paths[:_SHOWN]), len(paths) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def in_words(quiet: timedelta) -> str:
    """Return a time in weeks or days."""
    weeks, rest = divmod(quiet, timedelta(weeks=1))
    return f"{weeks} weeks" if weeks and not rest else f"{quiet.total_seconds() / 86_400:g} days"
