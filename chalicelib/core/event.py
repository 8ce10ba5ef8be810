"""Events: what S3 says has happened to a lock object, and the journal's lines."""

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.click import Click, Verb
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.release import Ending


class LockChange(msgspec.Struct, frozen=True, kw_only=True):
    """One S3 notification about a lock: a hint that something happened, not the truth about what is there now."""

    acquired: bool
    bucket: str
    key: str
    at: datetime
    principal: str = ""
    source_address: str = ""
    version: str = ""
    etag: str = ""
    """The object's ETag as the event has it: without quotes, "" where it has none."""
    permanent: bool = False
    """A version was deleted by its ID or by a lifecycle rule: history is cleared away, nothing is released."""

    def is_about(self, lock: StateLock) -> bool:
        """Whether this acquire is that lock's; without versions a younger lock may be there when the event is read."""
        return bool(self.version) or self.etag in ("", lock.ref.etag.strip('"'))


class EventType(StrEnum):
    """The kinds of journal lines."""

    LOCK_ACQUIRED = "lock_acquired"
    LOCK_RELEASED = "lock_released"
    RELEASE_REQUESTED = "release_requested"
    RELEASE_REFUSED = "release_refused"
    RELEASE_ANSWERED = "release_answered"
    RELEASE_ASKED = "release_asked"
    RELEASE_WITHDRAWN = "release_withdrawn"
    LOCK_REPLACED = "lock_replaced"
    LOCK_RESTORED = "lock_restored"
    RESTORE_ANSWERED = "restore_answered"
    CLICK_REFUSED = "click_refused"
    ALERT_POSTED = "alert_posted"
    ALERT_RAISED = "alert_raised"
    ALERT_SNOOZED = "alert_snoozed"
    ALERT_WOKEN = "alert_woken"
    ALERT_FAILED = "alert_failed"
    SWEEP_FINISHED = "sweep_finished"
    SWEEP_FAILED = "sweep_failed"


class LockEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the journal. Times are UTC; ``who`` is the client's own word, ``principal`` is IAM's.

    ``incomplete`` says that the lock was gone before it could be read, so its ID and holder are not known.
    """

    event: EventType
    time: datetime
    state_path: str = ""
    lock_id: str = ""
    operation: str = ""
    who: str = ""
    terraform_version: str = ""
    created: str = ""
    acquired_at: datetime | None = None
    held_seconds: float | None = None
    etag: str = ""
    flaw: str = ""
    principal: str = ""
    source_address: str = ""
    slack_user: str = ""
    asked_by: str = ""
    """The first of the two people that a release took."""
    by_reaper: bool = False
    """Released by itself, as its route asks."""
    outcome: str = ""
    detail: str = ""
    channel: str = ""
    message_ts: str = ""
    level: int | None = None
    until: datetime | None = None
    """Until when a snooze lasts."""
    incomplete: bool = False
    target: str = ""
    """The bucket of a sweep."""
    locks: int | None = None
    alerts: int | None = None


def of_lock(event: EventType, lock: StateLock, time: datetime, **fields: object) -> LockEvent:
    """A line about a lock, with all that the lock says of itself."""
    told = _of_ref(lock.ref) | {"flaw": lock.flaw}
    if lock.info:
        info = lock.info
        told |= {
            "lock_id": info.ID,
            "operation": info.Operation,
            "who": info.Who,
            "terraform_version": info.Version,
            "created": info.Created,
        }
    return msgspec.convert({"event": event, "time": time, **told, **fields}, LockEvent)


def of_change(event: EventType, change: LockChange, lock: StateLock | None, **fields: object) -> LockEvent:
    """A line about what a notification told; without a lock it is incomplete."""
    source = {"principal": change.principal, "source_address": change.source_address, **fields}
    if lock:
        return of_lock(event, lock, change.at, **source)
    path = LockRef(change.bucket, change.key, "", change.at).state_path
    return msgspec.convert(
        {"event": event, "time": change.at, "state_path": path, "incomplete": True, **source}, LockEvent
    )


def of_click(
    event: EventType,
    click: Click,
    lock: StateLock | None,
    time: datetime,
    ending: Ending | None = None,
    **others: object,
) -> LockEvent:
    """A line about a click, with its outcome when there is one."""
    fields: dict[str, object] = {
        "slack_user": click.user,
        "channel": click.channel,
        "message_ts": click.message_ts,
        "by_reaper": click.verb is Verb.AUTO_RELEASE,
    }
    if ending:
        fields |= {"outcome": ending.outcome.value, "detail": ending.detail, "asked_by": ending.approved}
    return of_lock(event, lock or StateLock(click.lock), time, **fields, **others)


def _of_ref(ref: LockRef) -> dict[str, object]:
    return {"state_path": ref.state_path, "etag": ref.etag, "acquired_at": ref.last_modified}
