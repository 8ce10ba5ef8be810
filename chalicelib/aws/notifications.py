"""S3 event notifications in the direct format, as they come through SQS: pure translation.

docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from datetime import datetime
from urllib.parse import unquote_plus

import msgspec

from chalicelib.core.event import LockChange

_CREATED = "ObjectCreated:"
_REMOVED = "ObjectRemoved:"
_PERMANENT = "ObjectRemoved:Delete"
_TEST = "s3:TestEvent"


class UnknownNotificationError(ValueError):
    """Not an S3 notification; left on the queue, it ends among the dead letters, where it is seen."""


class _Bucket(msgspec.Struct):
    name: str


class _Object(msgspec.Struct, rename="camel"):
    key: str
    version_id: str = ""
    e_tag: str = ""


class _S3(msgspec.Struct):
    bucket: _Bucket
    object: _Object


class _Identity(msgspec.Struct, frozen=True, rename="camel"):
    principal_id: str = ""


class _Request(msgspec.Struct, frozen=True):
    source: str = msgspec.field(name="sourceIPAddress", default="")


class _Record(msgspec.Struct, rename="camel"):
    event_name: str
    event_time: datetime
    s3: _S3
    user_identity: _Identity = _Identity()
    request_parameters: _Request = _Request()


class _Notification(msgspec.Struct):
    records: list[_Record] | msgspec.UnsetType = msgspec.field(name="Records", default=msgspec.UNSET)
    event: str = msgspec.field(name="Event", default="")


def lock_changes(body: str) -> list[LockChange]:
    """What one message tells. The test event that S3 sends when a bucket is wired tells nothing.

    Raises:
        UnknownNotificationError: for anything that is not an S3 notification.
    """
    try:
        notification = msgspec.json.decode(body, type=_Notification)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnknownNotificationError(f"not an S3 event notification: {error}") from None
    if isinstance(notification.records, list):
        return [
            _change(record) for record in notification.records if record.event_name.startswith((_CREATED, _REMOVED))
        ]
    if notification.event != _TEST:
        raise UnknownNotificationError("not an S3 event notification: it has no Records")
    return []


def _change(record: _Record) -> LockChange:
    stored = record.s3.object
    return LockChange(
        acquired=record.event_name.startswith(_CREATED),
        bucket=record.s3.bucket.name,
        # Keys are form-encoded here: a space is "+", a plus "%2B".
        key=unquote_plus(stored.key),
        at=record.event_time,
        principal=record.user_identity.principal_id,
        source_address=record.request_parameters.source,
        version=stored.version_id if record.event_name.startswith(_CREATED) else "",
        # On a versioned bucket a release leaves a delete marker; Delete with a version removes history.
        permanent=record.event_name == _PERMANENT and bool(stored.version_id),
        etag=stored.e_tag,
    )
