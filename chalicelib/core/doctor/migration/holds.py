"""Make holds of the journal's lines: which run locked which state, in the table, in S3, or in both.

The two halves of a dual lock have the same ID. They have a line each, and either can be missing: a half that was gone
before it could be read has no ID, and a table without a stream is only looked at every 15 minutes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.canary import WHO, run_of

NEAR = timedelta(minutes=1)
"""Halves without an ID that are this near to each other may be of one run."""
TURNED_AWAY = timedelta(seconds=2)
"""A run that meets another holder in the table gives its S3 half back within this time."""
_KINDS = {LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED, LineKind.LOCK_ATTEMPTED}
_S3, _TABLE = "s3://", "dynamodb://"


class Told(msgspec.Struct, frozen=True):
    """A line of the journal, and when it was written."""

    line: JournalLine
    written: datetime


class Owner(msgspec.Struct, frozen=True):
    """The table whose locks count, in an account and a region."""

    table: str
    account: str
    region: str

    def has(self, line: JournalLine) -> bool:
        """Return whether a line is about a lock in this table. An account or a region that is not known is ours."""
        ours = line.address.startswith(f"{_TABLE}{self.table}/")
        return ours and line.lock_account in {"", self.account} and line.lock_region in {"", self.region}


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One run's lock on a state, in one place or in both."""

    state_path: str
    since: datetime
    until: datetime | None = None
    """None: it is held, or its end is not known."""
    lock_id: str = ""
    in_table: bool = False
    in_s3: bool = False
    who: str = ""
    version: str = ""

    def near(self, other: "Hold") -> bool:
        """Return whether two holds overlap, or nearly do. One without an end is a moment."""
        begins, ends = self.since - NEAR, (self.until or self.since) + NEAR
        return begins <= (other.until or other.since) and other.since <= ends

    def is_within(self, other: "Hold") -> bool:
        """Return whether a hold began while another one lasted. One without an end may last still."""
        begun = other.since - TURNED_AWAY <= self.since
        return begun and (other.until is None or self.since <= other.until + TURNED_AWAY)

    @property
    def is_brief(self) -> bool:
        """Return whether it may be a run that another holder in the table turned away."""
        return self.until is not None and self.until - self.since <= TURNED_AWAY


def holds_of(told: Iterable[Told], owner: Owner, others: Iterable[Hold] = ()) -> tuple[Hold, ...]:
    """Return the holds that lines tell of and those known from elsewhere, the oldest first; halves of one are joined.

    A copy of a lock in S3 and a canary are no run's, and a lock that is there again is an old run's: none of them
    counts. Nothing copies locks into a table, so there each of them counts.
    """
    parts = [part for one in told if (part := _part(one, owner))]
    return _joined([*parts, *others])


def _part(told: Told, owner: Owner) -> Hold | None:
    line = told.line
    if line.event not in _KINDS or not line.state_path or _is_canarys(line):
        return None
    attempt = line.event is LineKind.LOCK_ATTEMPTED
    in_table = owner.has(line) or (attempt and line.turned_away_at.startswith(f"{_TABLE}{owner.table}/"))
    in_s3 = line.address.startswith(_S3)
    if not (in_table or (in_s3 and not attempt)) or (line.copy_of and not in_table):
        return None
    at = _time(told)
    released = line.event is LineKind.LOCK_RELEASED
    return Hold(
        state_path=line.state_path,
        since=min(line.acquired_at or at, at) if released and not line.clock else at,
        until=at if released or attempt else None,
        lock_id=line.lock_id,
        in_table=in_table,
        in_s3=in_s3,
        who=line.who,
        version=line.terraform_version,
    )


def _is_canarys(line: JournalLine) -> bool:
    """Return whether a line is about a canary. A lock of a run is none, whatever the key of its state is."""
    return bool(run_of(line.state_path)) and line.who in {WHO, ""}


def _time(told: Told) -> datetime:
    """Return when it happened. The time of a lock that was only seen is its client's, which can be years wrong."""
    return told.written if told.line.told_by == ToldBy.SEEN else min(told.line.time, told.written)


def _joined(parts: Sequence[Hold]) -> tuple[Hold, ...]:
    by_lock: dict[tuple[str, str], list[Hold]] = {}
    nameless: dict[str, list[Hold]] = {}
    for part in sorted(parts, key=lambda one: one.since):
        if part.lock_id:
            by_lock.setdefault((part.state_path, part.lock_id), []).append(part)
        else:
            nameless.setdefault(part.state_path, []).append(part)
    whole = [_one(halves) for halves in by_lock.values()]
    for part in (one for own in nameless.values() for one in own):
        _take_in(part, whole)
    return tuple(sorted(whole, key=lambda one: (one.since, one.state_path, one.lock_id)))


def _take_in(part: Hold, whole: list[Hold]) -> None:
    """Join a part without an ID to a hold that it may be a half of, or add it as a hold of its own."""
    for index, one in enumerate(whole):
        if one.state_path == part.state_path and one.near(part):
            whole[index] = _one((one, part))
            return
    whole.append(part)


def _one(parts: Sequence[Hold]) -> Hold:
    ends = [part.until for part in parts if part.until]
    return msgspec.structs.replace(
        parts[0],
        since=min(part.since for part in parts),
        until=max(ends, default=None),
        in_table=any(part.in_table for part in parts),
        in_s3=any(part.in_s3 for part in parts),
        who=next((part.who for part in parts if part.who), ""),
        version=next((part.version for part in parts if part.version), ""),
    )
