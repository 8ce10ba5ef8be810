"""Make the journal's lines. ``docs/journal.md`` describes them for those who query them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, event_id
from chalicelib.core.audit.hold import EndedHold
from chalicelib.core.bounded import all_bounded
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome
from chalicelib.core.clicks.order import ReleaseOrder
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import HeldLock


class EventType(StrEnum):
    """The kinds of journal lines."""

    LOCK_ACQUIRED = "lock_acquired"
    LOCK_RELEASED = "lock_released"
    LOCK_REAPPEARED = "lock_reappeared"
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
    SWEEPS_ORDERED = "sweeps_ordered"
    WATCH_FINISHED = "watch_finished"


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the journal. Times are UTC, durations seconds; what is not known or does not apply is left out.

    ``who`` is the client's own word, ``principal`` is IAM's.
    """

    event: EventType
    time: datetime
    event_id: str
    """The same each time a line is written again, so a reader counts it once."""
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
    copy_of: str = ""
    """The state path that the lock itself names, if it is another one."""
    principal: str = ""
    session_name: str = ""
    """The end of a role's principal: the name of the session, often a CI run or a person."""
    taken_by: str = ""
    """The principal that took the lock, if ``principal`` is the one that released it or brought it back."""
    account: str = ""
    """The account that did it. EventBridge tells no more."""
    source_address: str = ""
    told_by: str = ""
    """A ``ToldBy``."""
    released_by: str = ""
    """A ``core.clicks.ending.LetGoBy``."""
    slack_user: str = ""
    asked_by: str = ""
    """The first of the two people of a release that takes two."""
    by_reaper: bool = False
    """The reaper released it by itself, as its route asks."""
    outcome: str = ""
    detail: str = ""
    channel: str = ""
    message_ts: str = ""
    level: int | None = None
    until: datetime | None = None
    """When the snooze ends."""
    incomplete: bool = False
    """The lock was gone before it could be read, so its ID and holder are not known."""
    target: str = ""
    """The bucket of a sweep."""
    targets: int | None = None
    locks: int | None = None
    """Held locks, as the sweep found them or the lock book has them."""
    stale: int | None = None
    """Those of them that are over their first threshold."""
    oldest_seconds: float | None = None
    alerts: int | None = None
    objects: int | None = None
    """Objects that a sweep listed."""
    waiting: int | None = None
    """New alerts for which a run had no time; the next run posts them."""
    not_reached: int | None = None
    """Other steps for which a run had no time."""


def of_lock(event: EventType, lock: HeldLock, time: datetime, **fields: object) -> JournalLine:
    """Return a line about a lock, with all that the lock says of itself."""
    said = str(fields.get("message_ts") or time.isoformat())
    return _line(event, time, (event, lock.ref.name, said), lock, **fields)


def of_acquire(change: LockEvent, lock: HeldLock | None, slack_user: str) -> JournalLine:
    """Return the line of an acquire; without a lock it is incomplete."""
    return _of_change(EventType.LOCK_ACQUIRED, change, lock, acquired_at=change.at, slack_user=slack_user)


def of_release(change: LockEvent, hold: EndedHold | None, kind: LetGoBy) -> JournalLine:
    """Return the line of a release, with the hold that it ended if that is known."""
    if hold is None:
        detail = "no lock is known that this release ended"
        return _of_change(EventType.LOCK_RELEASED, change, None, released_by=kind.value, detail=detail)
    page = hold.page
    clicked = page if page and kind is LetGoBy.SLACK else None
    return _of_change(
        EventType.LOCK_RELEASED,
        change,
        hold.lock,
        acquired_at=hold.since,
        held_seconds=(change.at - hold.since).total_seconds(),
        released_by=kind.value,
        taken_by=hold.taken_by,
        # Of two who clicked at once, the one whose delete it was.
        slack_user=clicked.deleter if clicked else "",
        asked_by=clicked.approved if clicked else "",
        by_reaper=kind is LetGoBy.REAPER,
    )


def of_reappearance(change: LockEvent, lock: HeldLock, page: Page | None, detail: str) -> JournalLine:
    """Return the line of a lock that had ended and is current again."""
    taken_by = page.principal if page else ""
    return _of_change(EventType.LOCK_REAPPEARED, change, lock, acquired_at=change.at, taken_by=taken_by, detail=detail)


def of_click(
    event: EventType,
    order: ReleaseOrder,
    lock: HeldLock | None,
    time: datetime,
    ending: Ending | None = None,
    **others: object,
) -> JournalLine:
    """Return a line about a click, or about a release without one, with its outcome when there is one."""
    # Who comes too late may find out how an earlier release ended: the ending says for whom that was.
    whose = ending if ending and ending.outcome is Outcome.UNCONFIRMED else order
    fields: dict[str, object] = {
        "slack_user": whose.user,
        "channel": order.channel,
        "message_ts": order.message,
        "by_reaper": whose.by_reaper,
    }
    if ending:
        fields |= {"outcome": ending.outcome.value, "detail": ending.why, "asked_by": ending.approved}
    # A click delivered again is the same click; what the reaper wants by itself is told apart by its time.
    said = (whose.click or time.isoformat(), str(fields.get("outcome", "")))
    return _line(event, time, (event, order.lock.name, *said), lock or HeldLock(order.lock), **fields, **others)


def of_run(event: EventType, time: datetime, **fields: object) -> JournalLine:
    """Return a line about a run of the reaper, not about one lock."""
    return _line(event, time, (event, time.isoformat(), str(fields.get("target", ""))), None, **fields)


def _of_change(event: EventType, change: LockEvent, lock: HeldLock | None, **fields: object) -> JournalLine:
    told: dict[str, object] = {} if lock else {"state_path": change.ref.state_path, "etag": change.stamp}
    told |= {
        "principal": change.principal,
        "session_name": session_name(change.principal),
        "account": change.account,
        "source_address": change.source_address,
        "told_by": change.told_by.value,
        "incomplete": lock is None,
    }
    return _line(event, change.at, change.known_by, lock, **(told | fields))


def _of_state_lock(lock: HeldLock) -> dict[str, object]:
    ref = lock.ref
    told: dict[str, object] = {"state_path": ref.state_path, "etag": ref.stamp, "acquired_at": ref.since}
    told |= {"flaw": lock.flaw, "copy_of": copy_of(lock)}
    if lock.info:
        info = lock.info
        told |= {
            "lock_id": info.ID,
            "operation": info.Operation,
            "who": info.Who,
            "terraform_version": info.Version,
            "created": info.Created,
        }
    return told


def _line(
    event: EventType, time: datetime, known_by: tuple[str, ...], lock: HeldLock | None, **fields: object
) -> JournalLine:
    about = _of_state_lock(lock) if lock else {}
    told = {"event": event, "time": time, "event_id": event_id(*known_by), **all_bounded(about | fields)}
    return msgspec.convert(told, JournalLine)
