"""A lock's page in the book: from DynamoDB item to LockRecord, and the attributes that steps have in common.

``HeldSince`` puts a page into the index of ``.chalice/resources.yaml``; a told ending takes it out. ``Attempt``,
``Claim`` and ``ClaimedUntil`` are always there together, or none of them; so are ``Asked``, ``AskedBy`` and
``AskedClick``. ``Withdrawn``, ``QuietAt``, ``Restorers`` and ``ReopenedAt`` are never removed, because SQS may
redeliver a click at any time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools import Logger

from chalicelib.aws.book.table import Item, text, told_as_book_error
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Asked, LockRecord, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import BookError

CLAIM = ("Attempt", "Claim", "ClaimedUntil")
RELEASE = ("Ending", "Told", "ExpiresAt", "Releasing", "Kept", "Restoring", "Undone", "BackAs")
"""What is noted of a lock's end."""
ASKED = ("Asked", "AskedBy", "AskedClick")
STORY = ("Posted", "AlertedAt", "ShownAt", "Appearance", "Owner", "Levels", "Said", "Snooze", "Refused", *ASKED)
"""All that people were told of a held lock, and what they wanted."""

_logger = Logger(child=True)
_T = TypeVar("_T")


def key_of(ref: LockRef) -> dict[str, str]:
    """A lock that replaces another on the same path has another identity, so the two never share a page."""
    return {"StatePath": ref.state_path, "LockIdentity": ref.identity}


def opened(lock: HeldLock) -> dict[str, Any]:
    """What every page of a held lock has."""
    return {"Lock": text(lock), "HeldSince": lock.ref.since.isoformat()}


def claim_of(sending: Sending) -> str:
    """Tells a sending from every other one of its lock. Not all of its JSON: a new release may have one more field."""
    return f"{sending.at.isoformat()} {sending.first.name}"


def record_of(item: Item) -> LockRecord:
    """The record of a page. Raises BookError when it cannot be read."""
    with told_as_book_error():
        return _record(item)


def readable(items: Iterable[Item]) -> list[LockRecord]:
    """The records of pages; one that cannot be read is told in the log, and keeps nobody from the others."""
    return [record for item in items if (record := _if_readable(item))]


def _if_readable(item: Item) -> LockRecord | None:
    try:
        return record_of(item)
    except BookError:
        _logger.exception(
            "a lock is not looked after: its page in the lock book cannot be read",
            state_path=item.get("StatePath"),
            lock_identity=item.get("LockIdentity"),
        )
        return None


def _record(item: Item) -> LockRecord:
    return LockRecord(
        lock=msgspec.json.decode(item["Lock"], type=HeldLock),
        posted=_struct(item, "Posted", Posted),
        level=int(max(item.get("Levels", {0}))),
        alerted_at=_time(item, "AlertedAt"),
        shown_at=_time(item, "ShownAt"),
        appearance=item.get("Appearance", ""),
        said=frozenset(item.get("Said", ())),
        sending=_struct(item, "Attempt", Sending),
        claimed_until=_time(item, "ClaimedUntil"),
        acquired_at=_time(item, "AcquiredAt"),
        principal=item.get("Principal", ""),
        owner=item.get("Owner", ""),
        snooze=_struct(item, "Snooze", Snooze),
        quiet_at=_time(item, "QuietAt"),
        asked=_struct(item, "Asked", Asked),
        withdrawn=frozenset(item.get("Withdrawn", ())),
        refused=frozenset(item.get("Refused", ())),
        releasing=_struct(item, "Releasing", Releasing),
        restoring=_struct(item, "Restoring", Restoring),
        restorers=frozenset(msgspec.json.decode(one, type=Restorer) for one in item.get("Restorers", ())),
        restored_by=item.get("RestoredBy", ""),
        back_as=_struct(item, "BackAs", LockRef),
        reopened_at=_time(item, "ReopenedAt"),
        ending=_ending(item),
        told="Told" in item,
    )


def _ending(item: Item) -> Ending | None:
    ending = _struct(item, "Ending", Ending)
    undone = _struct(item, "Undone", Restorer)
    if ending and undone:
        return msgspec.structs.replace(ending, restored_by=undone.by, restored_click=undone.click)
    return ending


def _struct(item: Item, name: str, kind: type[_T]) -> _T | None:
    return msgspec.json.decode(item[name], type=kind) if name in item else None


def _time(item: Item, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if name in item else None
