"""Translate the batches that Lambda hands over from a lock table's stream; pure.

The form of a record: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html, and
docs.aws.amazon.com/lambda/latest/dg/with-ddb.html for the batch.

A record has the whole item before and after the change, so that the lock need not be read: by then it may be gone, or
be another. It names nobody, except DynamoDB itself for an item whose time to live is over
(docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.aws.passed_over import say
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import LOCK_ID, Item, lock_of_item
from chalicelib.core.partitions import service

_VIEW = "NEW_AND_OLD_IMAGES"
_DYNAMODB = service("dynamodb")
_SEQUENCE_DIGITS = 40
"""Most digits of a sequence number (StreamRecord, SequenceNumber)."""
_ROOM = timedelta(days=366)
"""Times are compared with an event's time only within this distance of it."""
_UNREADABLE = (
    msgspec.MsgspecError,
    RecursionError,
    OverflowError,
    ValueError,
    TypeError,
    LookupError,
    OSError,
    StopIteration,
)


class UnreadableRecordsError(ValueError):
    """Some records of a batch are not changes of a lock table's items, or lack what the reaper needs of them."""


class _Change(msgspec.Struct, rename="pascal"):
    sequence_number: str
    approximate_creation_date_time: float
    keys: Item
    stream_view_type: str = ""
    old_image: Item | None = None
    new_image: Item | None = None


class _Identity(msgspec.Struct, frozen=True, rename="camel"):
    principal_id: str | None = None


class _Record(msgspec.Struct, rename="camel"):
    dynamodb: _Change
    event_source_arn: str = msgspec.field(name="eventSourceARN")
    user_identity: _Identity | None = None


def table_events(batch: Mapping[str, Any], targets: Sequence[Target]) -> Iterator[LockEvent]:
    """Yield the acquires and releases in a batch, in their order; changes of digests are neither.

    Raises:
        UnreadableRecordsError: after the last event, if a record could not be read.
    """
    records, unread = batch.get("Records") or [], []
    for number, record in enumerate(records, 1):
        try:
            events = _events(msgspec.convert(record, _Record), targets)
        except _UNREADABLE as error:
            unread.append(f"record {number} of {len(records)}: {error!r}")
            continue
        yield from events
    if unread:
        raise UnreadableRecordsError(f"not changes of a lock table: {'; '.join(unread)[:1000]}")


def _events(record: _Record, targets: Sequence[Target]) -> list[LockEvent]:
    change = record.dynamodb
    if change.stream_view_type != _VIEW:
        raise UnreadableRecordsError(
            f"the stream {record.event_source_arn[:300]} has {change.stream_view_type[:100]!r}: switch it off and on "
            f"again with StreamViewType={_VIEW}, and put its new ARN into reaper.toml"
        )
    place = _place(record, targets)
    if place is None:
        say(f"the stream {record.event_source_arn[:300]} is of no table in reaper.toml: nothing of it is recorded")
        return []
    old, new = _lock(place, change.old_image), _lock(place, change.new_image)
    if old and new and old.ref.stamp == new.ref.stamp:
        return []
    events = [_event(record, old, acquired=False)] if old else []
    return [*events, _event(record, new, acquired=True)] if new else events


def _place(record: _Record, targets: Sequence[Target]) -> Place | None:
    """Return the place of a record's item within the targets. A stream that was switched on again has a new ARN."""
    arn = record.event_source_arn
    table = arn.split(":", 5)[-1].split("/")[1]
    tables = [target for target in targets if target.kind is Kind.DYNAMODB]
    named = [target for target in tables if target.stream == arn] or [
        target for target in tables if target.container == table and target.stream
    ]
    key = record.dynamodb.keys[LOCK_ID]["S"]
    return named[0].place(str(key)) if named else None


def _lock(place: Place, item: Item | None) -> HeldLock | None:
    return lock_of_item(place, item) if item else None


def _event(record: _Record, lock: HeldLock, *, acquired: bool) -> LockEvent:
    change = record.dynamodb
    at = datetime.fromtimestamp(int(change.approximate_creation_date_time), UTC)
    _ = at - _ROOM, at + _ROOM  # OverflowError near the ends of the calendar
    return LockEvent(
        acquired=acquired,
        place=lock.ref.place,
        at=at,
        told_by=ToldBy.STREAM,
        stamp=lock.ref.stamp if acquired else "",
        sequencer=change.sequence_number.rjust(_SEQUENCE_DIGITS, "0"),
        by_lifecycle=record.user_identity is not None and record.user_identity.principal_id == _DYNAMODB,
        lock=lock,
    )
