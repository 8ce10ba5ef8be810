"""Translate S3's events as SQS delivers them, in both formats, with or without SNS's envelopes; pure.

The pages named here are in docs.aws.amazon.com/AmazonS3/latest/userguide/: notification-content-structure.html for the
direct notification, ev-events.html for EventBridge's event.

Kind and version of a removal together tell what it was (notification-how-to-event-types-and-destinations.html;
for lifecycle rules lifecycle-configure-notification.html). In an unversioned bucket an object is "permanently deleted"
and the event names no version: the lock is gone. In a versioned bucket a delete marker ends the lock, and the event
names the marker's version. A version that is "permanently deleted", by its ID or by a rule for old versions, is only
history, unless it was a delete marker: then the version beneath it is current again, and S3 sends no event of an
acquire.

A topic or a rule that sends everything also sends events that are no acquire or release of a lock (tags, restores,
transitions). Those are logged once and passed over. A message that cannot be read stays in the queue and becomes a
dead letter.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import unquote_plus

import msgspec

from chalicelib.aws.events.accounts import believed, of_topic
from chalicelib.aws.events.sns_envelopes import EnvelopeError, SubscriptionEndedError, opened
from chalicelib.aws.passed_over import pass_over, say
from chalicelib.core.audit.event import NULL_VERSION, LockEvent, ToldBy
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules

_CREATED, _REMOVED, _EXPIRED = "ObjectCreated", "ObjectRemoved", "LifecycleExpiration"
_TEST = "s3:TestEvent"
_S3_SOURCE = "aws.s3"
_BRIDGE_CREATED, _BRIDGE_REMOVED = "Object Created", "Object Deleted"
_ACCOUNT = re.compile(r"[0-9]{12}")
_SEQUENCER_DIGITS = 18
_ROOM = timedelta(days=366)
"""Times are compared with an event's time only within this distance of it."""
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, UnicodeError)

_Text = str | None
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class UnknownNotificationError(ValueError):
    """A message that is not, or not completely, S3's events. It stays in the queue and becomes a dead letter."""

    def __init__(self, words: str, events: tuple[LockEvent, ...] = ()) -> None:
        super().__init__(words)
        self.events = events
        """The other events of the message, which can be recorded."""


class _Bucket(msgspec.Struct):
    name: str


class _Object(msgspec.Struct, rename="camel"):
    key: str
    version_id: _Text = None
    e_tag: _Text = None
    sequencer: _Text = None


class _S3(msgspec.Struct):
    bucket: _Bucket
    object: _Object


class _Identity(msgspec.Struct, frozen=True, rename="camel"):
    principal_id: _Text = None


class _Request(msgspec.Struct, frozen=True):
    source: _Text = msgspec.field(name="sourceIPAddress", default=None)


class _Record(msgspec.Struct, rename="camel"):
    event_name: str
    event_time: _Time
    s3: _S3
    user_identity: _Identity = _Identity()
    request_parameters: _Request = _Request()


class _Message(msgspec.Struct):
    """The parts of a message that show which of the formats it has."""

    # Each is decoded by itself, so that one that cannot be read does not spoil the others.
    records: list[msgspec.Raw] | msgspec.UnsetType = msgspec.field(name="Records", default=msgspec.UNSET)
    event: str = msgspec.field(name="Event", default="")
    source: str = ""
    detail_type: str = msgspec.field(name="detail-type", default="")


class _BridgeObject(msgspec.Struct, rename="kebab"):
    key: str
    version_id: _Text = None
    etag: _Text = None
    sequencer: _Text = None


class _Detail(msgspec.Struct, rename="kebab"):
    bucket: _Bucket
    object: _BridgeObject
    requester: _Text = None
    source_ip_address: _Text = None
    reason: _Text = None
    deletion_type: _Text = None


class _BridgeEvent(msgspec.Struct):
    time: _Time
    detail: _Detail
    account: _Text = None


def lock_events(body: str, rules: Rules | None = None) -> list[LockEvent]:
    """Return the events in one message that may tell of their buckets; S3's test event has none.

    Raises:
        UnknownNotificationError: a part of the message is not an S3 event; the error has the message's other events.
    """
    topic = ""
    try:
        message, topic = opened(body)
        return _believed(_told(message, rules), topic, rules)
    except UnknownNotificationError as error:
        error.events = tuple(_believed(error.events, topic, rules))
        raise
    except SubscriptionEndedError as error:
        say(str(error))
        return []
    except (EnvelopeError, *_UNREADABLE) as error:
        raise UnknownNotificationError(f"not an S3 event notification: {error}") from None


def _believed(told: Iterable[LockEvent], topic: str, rules: Rules | None) -> list[LockEvent]:
    return list(of_topic(told, topic, rules) if topic and rules else told)


def _told(body: str, rules: Rules | None) -> list[LockEvent]:
    message = msgspec.json.decode(body, type=_Message)
    if isinstance(message.records, list):
        return _recorded(message.records)
    if message.source == _S3_SOURCE:
        return _bridged(body, message.detail_type, rules)
    if message.source:
        raise EnvelopeError(f"an event of {message.source[:100]!r}, not of S3: take it out of the rule")
    if message.event != _TEST:
        raise EnvelopeError("it has no Records")
    return []


def _recorded(records: list[msgspec.Raw]) -> list[LockEvent]:
    events, unread = [], []
    for place, record in enumerate(records, 1):
        try:
            event = _change(msgspec.json.decode(record, type=_Record))
        except _UNREADABLE as error:
            unread.append(f"record {place} of {len(records)}: {error}")
            continue
        events += [event] if event else []
    if unread:
        raise UnknownNotificationError(f"not an S3 event notification: {'; '.join(unread)[:1000]}", tuple(events))
    return events


def _bridged(body: str, detail_type: str, rules: Rules | None) -> list[LockEvent]:
    if detail_type not in {_BRIDGE_CREATED, _BRIDGE_REMOVED}:
        pass_over(f"EventBridge's {detail_type[:100]!r} of S3")
        return []
    event = msgspec.json.decode(body, type=_BridgeEvent)
    told = [_as_one_format(_bridge_change(event, acquired=detail_type == _BRIDGE_CREATED))]
    return list(believed(told, event.account or "", rules)) if rules else told


def _change(record: _Record) -> LockEvent | None:
    family, _, kind = record.event_name.removeprefix("s3:").partition(":")
    if family not in {_CREATED, _REMOVED, _EXPIRED}:
        pass_over(f"S3's event {record.event_name[:100]!r}")
        return None
    return _as_one_format(_direct_change(record, family, kind))


def _direct_change(record: _Record, family: str, kind: str) -> LockEvent:
    stored = record.s3.object
    return LockEvent(
        acquired=family == _CREATED,
        # Keys are form-encoded here: a space is "+", a plus "%2B".
        place=Place(Kind.S3, record.s3.bucket.name, unquote_plus(stored.key)),
        at=record.event_time,
        principal=record.user_identity.principal_id or "",
        source_address=record.request_parameters.source or "",
        version=stored.version_id or "",
        stamp=_stamp(stored.e_tag),
        sequencer=stored.sequencer or "",
        by_lifecycle=family == _EXPIRED,
        permanent=kind == "Delete",
    )


def _bridge_change(event: _BridgeEvent, *, acquired: bool) -> LockEvent:
    detail = event.detail
    requester = detail.requester or ""
    return LockEvent(
        acquired=acquired,
        # The key is not encoded here. No page of AWS says so, and powertools decodes it; users of both formats do not.
        place=Place(Kind.S3, detail.bucket.name, detail.object.key),
        at=event.time,
        # This is an account or a service ("s3.amazonaws.com"), never an identity.
        account=requester if _ACCOUNT.fullmatch(requester) else "",
        source_address=detail.source_ip_address or "",
        told_by=ToldBy.EVENTBRIDGE,
        version=detail.object.version_id or "",
        stamp=_stamp(detail.object.etag),
        sequencer=detail.object.sequencer or "",
        by_lifecycle=detail.reason == "Lifecycle Expiration",
        permanent=detail.deletion_type == "Permanently Deleted",
    )


def _as_one_format(event: LockEvent) -> LockEvent:
    """Return the event in one form for both formats. Raises OverflowError for times near the ends of the calendar."""
    _ = event.at - _ROOM, event.at + _ROOM
    permanent = event.permanent and not event.acquired and bool(event.version)
    return msgspec.structs.replace(
        event,
        at=event.at.astimezone(UTC),
        version=_version(event, permanent=permanent),
        stamp=event.stamp if event.acquired else "",
        # The formats spell one number in two ways: AWS's samples have 0055AED6DCD90281E5 and 617f08299329d189,
        # and both begin with the second of the event.
        sequencer=event.sequencer and event.sequencer.upper().rjust(_SEQUENCER_DIGITS, "0"),
        permanent=permanent,
    )


def _stamp(etag: str | None) -> str:
    """Return the stamp for an event's ETag, with the quotes that the ETag has in all of S3's other answers."""
    return f'"{etag}"' if etag else ""


def _version(event: LockEvent, *, permanent: bool) -> str:
    if permanent:
        return event.version
    # A delete marker's version is not the lock's.
    return event.version if event.acquired and event.version != NULL_VERSION else ""
