"""How far each state is on its way from the table to S3 locks, by the locks that its runs took."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.doctor.migration.evidence import Evidence, Journal, Metrics, There
from chalicelib.core.doctor.migration.holds import NEAR, Hold

LATE = timedelta(hours=1)
"""CloudWatch may need minutes to count a write; the last hour proves nothing."""
SETTLED = timedelta(minutes=5)
"""The lines of two halves are minutes apart at most: by then the other half's line is there, if there is one."""


class Way(StrEnum):
    """How a state is locked, in words that follow "locked "."""

    TABLE = "only in the table"
    TABLE_AT_LEAST = "in the table, and perhaps in S3 too"
    BOTH = "in both"
    S3_AT_LEAST = "in S3, and perhaps in the table too"
    S3 = "only in S3"
    NEVER = "never, as far as is known"
    GONE = "no more: the state is gone"


STILL_IN_TABLE = {Way.TABLE, Way.TABLE_AT_LEAST}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one state is locked now."""

    state_path: str
    way: Way
    since: datetime | None = None
    """Since when all its locks that are known were taken in this way."""
    last: datetime | None = None
    """When the last of them was taken."""
    last_in_table: datetime | None = None
    back: datetime | None = None
    """When it was locked only in the table after it had been locked only in S3: such runs do not see each other."""
    trouble: str = ""
    """Why S3 could not be asked about it."""


def in_table_told(at: datetime, evidence: Evidence) -> bool:
    """Return whether a lock in the table at that time would be known, so that none was taken if none is."""
    if at > evidence.now - SETTLED:
        return False
    return _by_journal(at, evidence.journal) or _by_metrics(at, evidence.metrics, evidence.now)


def standings(evidence: Evidence) -> tuple[Standing, ...]:
    """Return how each state stands that was ever locked in the table, sorted by path."""
    by_path: dict[str, list[Hold]] = {}
    for hold in _all_holds(evidence):
        by_path.setdefault(hold.state_path, []).append(hold)
    telling = _telling_since(evidence)
    return tuple(_standing(path, by_path.get(path, []), evidence, telling) for path in evidence.paths)


def _standing(path: str, holds: Sequence[Hold], evidence: Evidence, telling: dict[str, datetime]) -> Standing:
    seen = evidence.states.get(path)
    ways = [(hold.since, _way(hold, holds, evidence, telling)) for hold in holds]
    if seen and seen.there is There.NO and not any(item.state_path == path for item in evidence.items.held):
        return Standing(state_path=path, way=Way.GONE, last_in_table=_last_in_table(holds))
    if not ways:
        return Standing(state_path=path, way=Way.NEVER, trouble=seen.trouble if seen else "")
    last, way = ways[-1]
    return Standing(
        state_path=path,
        way=way,
        since=_since(ways, way),
        last=last,
        last_in_table=_last_in_table(holds),
        back=_back(ways, evidence.quiet_since),
        trouble=seen.trouble if seen else "",
    )


def _since(ways: Sequence[tuple[datetime, Way]], way: Way) -> datetime:
    since = ways[-1][0]
    for at, other in reversed(ways):
        if other is not way:
            break
        since = at
    return since


def _back(ways: Iterable[tuple[datetime, Way]], quiet_since: datetime) -> datetime | None:
    """Return the last time of a lock only in the table, if one only in S3 was taken before it and none in both since.

    Who goes back on purpose takes both again, so that is a new beginning. A run that is gone for long is no danger.
    """
    only_s3, back = False, None
    for at, way in ways:
        if way is Way.BOTH:
            only_s3, back = False, None
        only_s3 = only_s3 or way is Way.S3
        if way is Way.TABLE and only_s3:
            back = at
    return back if back and back > quiet_since else None


def _last_in_table(holds: Iterable[Hold]) -> datetime | None:
    return max((hold.since for hold in holds if hold.in_table), default=None)


def _way(hold: Hold, beside: Sequence[Hold], evidence: Evidence, telling: dict[str, datetime]) -> Way:
    if hold.in_table and hold.in_s3:
        return Way.BOTH
    if hold.in_table:
        told_since = telling.get(hold.state_path.partition("/")[0], evidence.now)
        told = told_since <= hold.since <= evidence.now - SETTLED
        return Way.TABLE if told else Way.TABLE_AT_LEAST
    # A run that the table's holder turned away takes S3's half alone, for a moment.
    turned_away = hold.is_brief and any(other.in_table and hold.is_within(other) for other in beside)
    return Way.S3_AT_LEAST if turned_away or not in_table_told(hold.since, evidence) else Way.S3


def _all_holds(evidence: Evidence) -> list[Hold]:
    """Return the holds of the journal, of the table and of S3, with the halves of one hold joined."""
    told = evidence.journal.holds
    known = {(hold.state_path, hold.lock_id): hold for hold in told if hold.lock_id}
    held = [
        Hold(state_path=one.state_path, since=evidence.now, lock_id=one.lock_id, in_table=True, who=one.who)
        for one in evidence.items.held
        if not one.lock_id or (one.state_path, one.lock_id) not in known
    ]
    seen = [
        Hold(state_path=path, since=one.locked_at, until=evidence.now if one.held else None, in_s3=True)
        for path, one in evidence.states.items()
        if one.locked_at
    ]
    return _with_seen([*told, *held], seen)


def _with_seen(known: list[Hold], seen: Iterable[Hold]) -> list[Hold]:
    """Join what S3 tells of a state's newest lock to the hold that it belongs to."""
    for one in seen:
        near = [hold for hold in known if hold.state_path == one.state_path and hold.near(one)]
        if near:
            its_own = min(near, key=lambda hold: (not hold.in_s3, abs(hold.since - one.since)))
            known[known.index(its_own)] = msgspec.structs.replace(its_own, in_s3=True)
        else:
            known.append(one)
    return sorted(known, key=lambda hold: hold.since)


def _telling_since(evidence: Evidence) -> dict[str, datetime]:
    """Return since when each bucket tells of its locks, by the first lock of it that AWS told."""
    since: dict[str, datetime] = {}
    for hold in (one for one in evidence.journal.holds if one.in_s3):
        since.setdefault(hold.state_path.partition("/")[0], hold.since)
    return since


def _by_journal(at: datetime, journal: Journal) -> bool:
    return journal.covers_table_since is not None and at >= journal.covers_table_since


def _by_metrics(at: datetime, metrics: Metrics, now: datetime) -> bool:
    if metrics.since is None or not metrics.since <= at <= now - LATE:
        return False
    return not {(at - NEAR).date(), (at + NEAR).date()} & metrics.writes
